"""Auxiliary: classifiers halfway up a network, and the loss that adds them.

In a deep network without normalization the lower layers hear little of the loss. A small classifier
on top of a middle layer gives them a loss of their own. It is used in training and then dropped.
Szegedy et al. found two years later that it speeds nothing up: it acts as a regularizer.

Axes:   b images, c channels, h w sides, k classes
Paper:  Szegedy et al. 2015, "Going deeper with convolutions", section 5; Szegedy et al. 2016,
        "Rethinking the inception architecture for computer vision", section 4
Torch:  torchvision.models.googlenet.InceptionAux, torchvision.models.inception.InceptionAux
"""

from collections.abc import Callable

from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from dlcourse.axes import Images

from .units import biased, normalized

__all__ = ["Auxiliary", "SmallAuxiliary", "auxiliary_loss"]

Logits = Float[Tensor, "b k"]


class Auxiliary(nn.Module):
    """GoogLeNet's: pool to 4x4, reduce to 128 channels, then two linear layers.

    Args:
        in_channels: channels of the layer it reads.
        num_classes: classes.
        dropout: share of the first linear layer's units that training drops.
        original: whether to build the paper's, which pools by windows of 5x5 and has a bias for
            the normalization; torchvision's cuts maps of any size into 4x4 bins.
    """

    def __init__(
        self,
        in_channels: int,
        num_classes: int,
        dropout: float = 0.7,
        *,
        original: bool = False,
    ) -> None:
        super().__init__()
        self.original = original
        self.pool = nn.AvgPool2d(5, stride=3) if original else nn.AdaptiveAvgPool2d(4)
        self.conv = (biased if original else normalized)(in_channels, 128, 1)
        self.hidden = nn.Linear(128 * 4 * 4, 1024)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(1024, num_classes)

    def forward(self, x: Images) -> Logits:
        """Classify a map of features.

        Raises:
            ValueError: if windows of 5x5 would not make the map 4x4.
        """
        if self.original and not all(14 <= side <= 16 for side in x.shape[2:]):
            height, width = x.shape[2:]
            raise ValueError(
                "the auxiliary classifier averages 5x5 cells into a map of 4x4, which takes 14 to "
                f"16 cells a side; it got {height}x{width}: give images of 224 pixels or build the "
                "network with aux_logits=False"
            )
        features = self.conv(self.pool(x)).flatten(1)
        return self.output(self.dropout(self.hidden(features).relu()))


class SmallAuxiliary(nn.Sequential):
    """Inception v3's: a mean over 5x5, two convolutions, the mean of what is left, linear.

    Args:
        in_channels: channels of the layer it reads, which must be 17x17 or larger.
        num_classes: classes.
    """

    def __init__(self, in_channels: int, num_classes: int) -> None:
        super().__init__()
        self.pool = nn.AvgPool2d(5, stride=3)
        self.reduce = normalized(in_channels, 128, 1)
        self.conv = normalized(128, 768, 5, padding=0)
        self.mean = nn.AdaptiveAvgPool2d(1)
        self.flat = nn.Flatten()
        self.output = nn.Linear(768, num_classes)


def auxiliary_loss(
    outputs: Logits | tuple[Logits, ...],
    targets: Int[Tensor, "b"],
    weight: float = 0.3,
    loss: Callable[[Tensor, Tensor], Tensor] = cross_entropy,
) -> Float[Tensor, ""]:
    """Add the losses of the auxiliary classifiers, at a weight, to the network's own.

    ``loss(logits) + weight (loss(first auxiliary) + loss(second) + ...)``. In evaluation mode a
    network answers with its logits alone, and nothing is added.

    Args:
        outputs: the network's answer: its logits, or a tuple that begins with them.
        targets: the classes.
        weight: of each auxiliary loss, 0.3 in GoogLeNet.
        loss: of logits and targets.

    >>> even, sure = torch.zeros(1, 2), torch.tensor([[99.0, 0.0]])
    >>> label = torch.tensor([0])
    >>> f"{auxiliary_loss((sure, even, even), label):.3f}"  # 0 + 0.3 (log 2 + log 2)
    '0.416'
    """
    if isinstance(outputs, Tensor):
        return loss(outputs, targets)
    logits, *others = outputs
    total = loss(logits, targets)
    for other in others:
        total = total + weight * loss(other, targets)
    return total
