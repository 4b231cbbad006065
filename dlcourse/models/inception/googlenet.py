"""GoogLeNet: nine inception modules, 22 layers with weights, the winner of 2014.

Three convolutions bring an image of 224 pixels down to 28x28. Then come two modules, five at half
that side, and two at a quarter; the mean over the last map feeds the only linear layer that
inference needs. In training, two auxiliary classifiers read the fourth module's answer and the
seventh's.

torchvision normalizes every convolution and has a 3x3 kernel where the paper has the 5x5, a slip
made when the weights were carried over, which it keeps because the weights need it. So
``googlenet`` is torchvision's network and ``googlenet_2014`` the paper's.

Axes:   b images, c channels, h w sides, k classes
Paper:  Szegedy et al. 2015, "Going deeper with convolutions", table 1 and figure 3
Torch:  torchvision.models.googlenet
"""

from collections import OrderedDict
from functools import partial
from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images
from dlcourse.models._refusals import refuse_small
from dlcourse.nn.initialization import kaiming_normal_, normal_, zeros_

from .auxiliary import Auxiliary
from .modules import Inception
from .units import Unit, biased, normalized

__all__ = ["WIDTHS", "GoogLeNet", "GoogLeNetOutputs", "googlenet", "googlenet_2014"]

WIDTHS = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
"""Channels of each module: 1x1, reduction and 3x3, reduction and 5x5, projection of the pool."""

Logits = Float[Tensor, "b k"]


class GoogLeNetOutputs(NamedTuple):
    """What the network answers in training, in torchvision's order: the upper classifier first."""

    logits: Logits
    aux_logits2: Logits
    aux_logits1: Logits


class GoogLeNet(nn.Module):
    """Stem, nine modules, a linear classifier, and two auxiliary classifiers for training.

    Args:
        num_classes: classes.
        aux_logits: whether there are auxiliary classifiers.
        dropout: share of the 1,024 features that training drops.
        dropout_aux: the same in the auxiliary classifiers.
        original: whether to build the paper's network instead of torchvision's: a bias instead of
            the normalization, 5x5 kernels, local response normalization in the stem, the last
            pooling over 3x3 and that of the auxiliary classifiers over 5x5.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        aux_logits: bool = True,
        dropout: float = 0.2,
        dropout_aux: float = 0.7,
        *,
        original: bool = False,
    ) -> None:
        super().__init__()
        unit = biased if original else normalized
        module = partial(_module, large=5 if original else 3, unit=unit)
        pool = partial(nn.MaxPool2d, stride=2, ceil_mode=True)
        self.lower = nn.Sequential(
            _stem(unit, original)
            | OrderedDict(
                inception3a=module(192, "3a"),
                inception3b=module(256, "3b"),
                pool3=pool(3),
                inception4a=module(480, "4a"),
            )
        )
        self.middle = nn.Sequential(
            OrderedDict(
                inception4b=module(512, "4b"),
                inception4c=module(512, "4c"),
                inception4d=module(512, "4d"),
            )
        )
        self.upper = nn.Sequential(
            OrderedDict(
                inception4e=module(528, "4e"),
                pool4=pool(3 if original else 2),
                inception5a=module(832, "5a"),
                inception5b=module(832, "5b"),
            )
        )
        self.aux1 = self.aux2 = None
        if aux_logits:
            self.aux1 = Auxiliary(512, num_classes, dropout_aux, original=original)
            self.aux2 = Auxiliary(528, num_classes, dropout_aux, original=original)
        self.classifier = _classifier(1024, num_classes, dropout)

    def forward(self, x: Images) -> Logits | GoogLeNetOutputs:
        """Classify; in training, with the auxiliary classifiers' answers.

        Raises:
            ValueError: for an image of fewer than 15 pixels a side.
        """
        refuse_small(x, 15)
        lower = self.lower(x)
        middle = self.middle(lower)
        logits = self.classifier(self.upper(middle))
        if not self.training or self.aux1 is None or self.aux2 is None:
            return logits
        return GoogLeNetOutputs(logits, self.aux2(middle), self.aux1(lower))


def _stem(unit: Unit, contrast: bool) -> OrderedDict[str, nn.Module]:
    """List the layers before the modules, with local response normalization if asked for."""
    pool = partial(nn.MaxPool2d, 3, stride=2, ceil_mode=True)
    layers = OrderedDict(conv1=unit(3, 64, 7, 2), pool1=pool())
    if contrast:
        layers["contrast1"] = nn.LocalResponseNorm(5)
    layers |= OrderedDict(conv2=unit(64, 64, 1), conv3=unit(64, 192, 3))
    if contrast:
        layers["contrast2"] = nn.LocalResponseNorm(5)
    return layers | OrderedDict(pool2=pool())


def _module(in_channels: int, name: str, large: int, unit: Unit) -> Inception:
    return Inception(in_channels, *WIDTHS[name], large=large, unit=unit)


def _classifier(in_channels: int, num_classes: int, dropout: float) -> nn.Sequential:
    """Average over places, drop out, and take one linear layer."""
    return nn.Sequential(
        OrderedDict(
            pool=nn.AdaptiveAvgPool2d(1),
            flat=nn.Flatten(),
            dropout=nn.Dropout(dropout),
            output=nn.Linear(in_channels, num_classes),
        )
    )


def googlenet(
    num_classes: int = 1000,
    aux_logits: bool = True,
    dropout: float = 0.2,
    dropout_aux: float = 0.7,
) -> GoogLeNet:
    """Build torchvision's GoogLeNet; the weights start with a standard deviation of 0.01.

    >>> with torch.device("meta"):
    ...     model = googlenet(aux_logits=False)
    >>> sum(p.numel() for p in model.parameters())
    6624904
    """
    model = GoogLeNet(num_classes, aux_logits, dropout, dropout_aux)
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            normal_(layer.weight, std=0.01)
    return model


def googlenet_2014(
    num_classes: int = 1000,
    aux_logits: bool = True,
    dropout: float = 0.4,
    dropout_aux: float = 0.7,
) -> GoogLeNet:
    """Build the paper's GoogLeNet.

    The paper does not say how its weights start. Without normalization that matters, so ours start
    as He et al. 2015 have it, and the linear layers that answer with a standard deviation of 0.01.

    >>> with torch.device("meta"):
    ...     model = googlenet_2014(aux_logits=False)
    >>> sum(p.numel() for p in model.parameters())
    6998552
    """
    model = GoogLeNet(num_classes, aux_logits, dropout, dropout_aux, original=True)
    for name, layer in model.named_modules():
        if not isinstance(layer, nn.Conv2d | nn.Linear):
            continue
        if name.endswith("output"):
            normal_(layer.weight, std=0.01)
        else:
            kaiming_normal_(layer.weight)
        zeros_(layer.bias)
    return model
