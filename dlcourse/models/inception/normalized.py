"""Normalized: BN-Inception, GoogLeNet with batch normalization and two 3x3 for each 5x5.

Two 3x3 kernels see what one 5x5 sees, with 18 weights for 25 and a ReLU in between. The grid is
halved by a module of stride 2 instead of a pooling: its 3x3 step by two, and its pooling hands all
channels on.

The paper's table gives 576 channels after modules 4c and 4d, but its rows add up to 608. Here the
rows hold, as in the ports of the network that are in use. Its first convolution is separable there;
here it is an ordinary one.

Axes:   b images, c channels, h w sides, k classes
Paper:  Ioffe & Szegedy 2015, "Batch normalization: accelerating deep network training by reducing
        internal covariate shift", figure 5
Torch:  none
"""

from collections import OrderedDict
from functools import partial

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images
from dlcourse.nn.initialization import kaiming_normal_, normal_

from .branches import Branches
from .units import normalized

__all__ = ["BNInception", "bn_inception", "double_module", "striding_module"]

_MEAN = partial(nn.AvgPool2d, 3, stride=1, padding=1)
_LARGEST = partial(nn.MaxPool2d, 3, stride=1, padding=1)


def double_module(
    in_channels: int,
    ch1x1: int,
    ch3x3red: int,
    ch3x3: int,
    doublered: int,
    double: int,
    pool_proj: int,
    *,
    pool: nn.Module | None = None,
) -> Branches:
    """Build an inception module whose 5x5 is two 3x3.

    Args:
        in_channels: channels that enter.
        ch1x1: channels of the 1x1 convolution.
        ch3x3red: channels to which the input is reduced for the 3x3.
        ch3x3: channels of the 3x3.
        doublered: channels to which the input is reduced for the two 3x3.
        double: channels of each of the two.
        pool_proj: channels to which the pooled input is reduced.
        pool: the pooling; without one, the mean over 3x3.

    >>> with torch.device("meta"):
    ...     module = double_module(192, 64, 64, 64, 64, 96, 32)
    ...     module(torch.empty(1, 192, 28, 28)).shape  # 64 + 64 + 96 + 32
    torch.Size([1, 256, 28, 28])
    """
    branches = {
        "small": normalized(in_channels, ch1x1, 1),
        "middle": nn.Sequential(
            normalized(in_channels, ch3x3red, 1), normalized(ch3x3red, ch3x3, 3)
        ),
        "large": nn.Sequential(
            normalized(in_channels, doublered, 1),
            normalized(doublered, double, 3),
            normalized(double, double, 3),
        ),
        "pool": nn.Sequential(pool or _MEAN(), normalized(in_channels, pool_proj, 1)),
    }
    return Branches(branches)


def striding_module(
    in_channels: int, ch3x3red: int, ch3x3: int, doublered: int, double: int
) -> Branches:
    """Build the module that halves the grid: no 1x1 branch, stride 2, the pool handed on.

    Arguments as for :func:`double_module`.

    >>> with torch.device("meta"):
    ...     module = striding_module(320, 128, 160, 64, 96)
    ...     module(torch.empty(1, 320, 28, 28)).shape  # 160 + 96 + 320
    torch.Size([1, 576, 14, 14])
    """
    branches = {
        "middle": nn.Sequential(
            normalized(in_channels, ch3x3red, 1), normalized(ch3x3red, ch3x3, 3, 2)
        ),
        "large": nn.Sequential(
            normalized(in_channels, doublered, 1),
            normalized(doublered, double, 3),
            normalized(double, double, 3, 2),
        ),
        "pool": nn.MaxPool2d(3, stride=2, padding=1),
    }
    return Branches(branches)


class BNInception(nn.Sequential):
    """Stem, ten modules of which two halve the grid, and a linear classifier.

    Args:
        num_classes: classes.
    """

    def __init__(self, num_classes: int = 1000) -> None:
        pool = partial(nn.MaxPool2d, 3, stride=2, padding=1)
        layers = OrderedDict(
            conv1=normalized(3, 64, 7, 2),
            pool1=pool(),
            conv2=normalized(64, 64, 1),
            conv3=normalized(64, 192, 3),
            pool2=pool(),
            inception3a=double_module(192, 64, 64, 64, 64, 96, 32),
            inception3b=double_module(256, 64, 64, 96, 64, 96, 64),
            inception3c=striding_module(320, 128, 160, 64, 96),
            inception4a=double_module(576, 224, 64, 96, 96, 128, 128),
            inception4b=double_module(576, 192, 96, 128, 96, 128, 128),
            inception4c=double_module(576, 160, 128, 160, 128, 160, 128),
            inception4d=double_module(608, 96, 128, 192, 160, 192, 128),
            inception4e=striding_module(608, 128, 192, 192, 256),
            inception5a=double_module(1056, 352, 192, 320, 160, 224, 128),
            inception5b=double_module(
                1024, 352, 192, 320, 192, 224, 128, pool=_LARGEST()
            ),
            mean=nn.AdaptiveAvgPool2d(1),
            flat=nn.Flatten(),
            output=nn.Linear(1024, num_classes),
        )
        super().__init__(layers)

    def forward(self, x: Images) -> Float[Tensor, "b k"]:
        """Classify."""
        return super().forward(x)


def bn_inception(num_classes: int = 1000) -> BNInception:
    """Build BN-Inception, its convolutions started as He et al. 2015 have it.

    >>> with torch.device("meta"):
    ...     bn_inception()(torch.empty(1, 3, 224, 224)).shape
    torch.Size([1, 1000])
    """
    model = BNInception(num_classes)
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d):
            kaiming_normal_(layer.weight)
    normal_(model.output.weight, std=0.01)
    return model
