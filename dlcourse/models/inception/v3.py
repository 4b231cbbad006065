"""Inception v3: images of 299 pixels, with factorised kernels throughout.

Three modules on a grid of 35x35, four on 17x17, two on 8x8, and between the grids a reduction that
convolves and pools side by side. One auxiliary classifier is left, on top of the second grid.

Axes:   b images, c channels, h w sides, k classes
Paper:  Szegedy et al. 2016, "Rethinking the inception architecture for computer vision", table 1
Torch:  torchvision.models.inception_v3
"""

from collections import OrderedDict
from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images
from dlcourse.models._refusals import refuse_small
from dlcourse.nn.initialization import normal_

from .auxiliary import SmallAuxiliary
from .factorised import asymmetric_module, expanded_module, small_module
from .reduction import last_reduction, reduction_module
from .units import normalized

__all__ = ["Inception3", "InceptionOutputs", "inception_v3"]

Logits = Float[Tensor, "b k"]


class InceptionOutputs(NamedTuple):
    """What the network answers in training."""

    logits: Logits
    aux_logits: Logits


class Inception3(nn.Module):
    """Stem, modules on three grids, a linear classifier, and an auxiliary one for training.

    Args:
        num_classes: classes.
        aux_logits: whether there is an auxiliary classifier; it needs images of 299 pixels.
        dropout: share of the 2,048 features that training drops.
    """

    def __init__(
        self, num_classes: int = 1000, aux_logits: bool = True, dropout: float = 0.5
    ) -> None:
        super().__init__()
        self.stem = _stem()
        self.lower = nn.Sequential(
            OrderedDict(
                mixed5b=small_module(192, 32),
                mixed5c=small_module(256, 64),
                mixed5d=small_module(288, 64),
                mixed6a=reduction_module(288),
                mixed6b=asymmetric_module(768, 128),
                mixed6c=asymmetric_module(768, 160),
                mixed6d=asymmetric_module(768, 160),
                mixed6e=asymmetric_module(768, 192),
            )
        )
        self.aux = SmallAuxiliary(768, num_classes) if aux_logits else None
        self.upper = nn.Sequential(
            OrderedDict(
                mixed7a=last_reduction(768),
                mixed7b=expanded_module(1280),
                mixed7c=expanded_module(2048),
                pool=nn.AdaptiveAvgPool2d(1),
                flat=nn.Flatten(),
                dropout=nn.Dropout(dropout),
                output=nn.Linear(2048, num_classes),
            )
        )

    def forward(self, x: Images) -> Logits | InceptionOutputs:
        """Classify; in training, with the auxiliary classifier's answer.

        Raises:
            ValueError: for an image of fewer than 75 pixels a side, or 299 for the auxiliary
                classifier.
        """
        asked = self.training and self.aux is not None
        refuse_small(x, 299 if asked else 75)
        lower = self.lower(self.stem(x))
        logits = self.upper(lower)
        if not self.training or self.aux is None:
            return logits
        return InceptionOutputs(logits, self.aux(lower))


def _stem() -> nn.Sequential:
    """Bring 299 pixels down to 35, the 7x7 of GoogLeNet replaced by three 3x3."""
    return nn.Sequential(
        OrderedDict(
            conv1a=normalized(3, 32, 3, 2, padding=0),
            conv2a=normalized(32, 32, 3, padding=0),
            conv2b=normalized(32, 64, 3),
            pool1=nn.MaxPool2d(3, stride=2),
            conv3b=normalized(64, 80, 1),
            conv4a=normalized(80, 192, 3, padding=0),
            pool2=nn.MaxPool2d(3, stride=2),
        )
    )


def inception_v3(
    num_classes: int = 1000, aux_logits: bool = True, dropout: float = 0.5
) -> Inception3:
    """Build Inception v3; the weights start with a standard deviation of 0.1, as in torchvision.

    >>> with torch.device("meta"):
    ...     model = inception_v3()
    >>> sum(p.numel() for p in model.parameters())
    27161264
    """
    model = Inception3(num_classes, aux_logits, dropout)
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            normal_(layer.weight, std=0.1)
    if model.aux is not None:
        normal_(model.aux.conv.conv.weight, std=0.01)
        normal_(model.aux.output.weight, std=0.001)
    return model
