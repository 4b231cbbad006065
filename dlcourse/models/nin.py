"""NiN: a small network slid over the image in place of a kernel, and no dense layer at the end.

A convolution is linear in its window, so it can only ask for one pattern. Two more layers at every
pixel, which are 1x1 convolutions, let it ask for combinations. The last of them gives one map for
each class, and the mean of a map is the score of its class.

Axes:   b images, c channels, h w sides, k classes, oh ow sides of the class maps
Paper:  Lin, Chen & Yan 2014, "Network in network"; the widths are those of the networks that its
        authors published
Torch:  none
"""

from collections import OrderedDict
from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images
from dlcourse.nn.initialization import kaiming_normal_, zeros_

from ._refusals import refuse_small

__all__ = ["NiN", "global_average", "mlpconv", "nin", "nin_2014"]


def mlpconv(
    in_channels: int,
    widths: Sequence[int],
    kernel_size: int,
    stride: int = 1,
    padding: int = 0,
) -> nn.Sequential:
    """Stack a convolution and 1x1 convolutions, with a ReLU after each.

    Args:
        in_channels: channels that enter.
        widths: channels that leave each of the convolutions, the one with the kernel first.
        kernel_size: height and width of the first kernel.
        stride: cells from one window to the next, in the first convolution.
        padding: cells of zeros on each side, in the first convolution.

    >>> list(dict(mlpconv(3, (8, 8, 4), kernel_size=5).named_children()))
    ['conv', 'relu', 'mix1', 'relu1', 'mix2', 'relu2']
    """
    first, *others = widths
    layers = OrderedDict(
        conv=nn.Conv2d(in_channels, first, kernel_size, stride, padding),
        relu=nn.ReLU(inplace=True),
    )
    channels = first
    for n, width in enumerate(others, start=1):
        layers[f"mix{n}"] = nn.Conv2d(channels, width, kernel_size=1)
        layers[f"relu{n}"] = nn.ReLU(inplace=True)
        channels = width
    return nn.Sequential(layers)


def global_average(maps: Float[Tensor, "b k oh ow"]) -> Float[Tensor, "b k"]:
    """Average each map: one number a channel, without a weight.

    >>> global_average(torch.tensor([[[[1.0, 3.0]], [[0.0, 2.0]]]])).tolist()
    [[2.0, 1.0]]
    """
    return maps.mean(dim=(2, 3))


class NiN(nn.Module):
    """Blocks that end in one map for each class, and the mean of each map.

    Args:
        features: mlpconvs and poolings; the last has as many channels as there are classes.
        least: the smallest side of an image that leaves a pixel.

    >>> model = NiN(nn.Sequential(mlpconv(3, (8, 10), kernel_size=5)), least=5)
    >>> model(torch.rand(2, 3, 9, 7)).shape, model.maps(torch.rand(2, 3, 9, 7)).shape
    (torch.Size([2, 10]), torch.Size([2, 10, 5, 3]))
    """

    def __init__(self, features: nn.Sequential, least: int) -> None:
        super().__init__()
        self.features = features
        self.least = least
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                kaiming_normal_(layer.weight, nonlinearity="relu")
                zeros_(layer.bias)

    def maps(self, x: Images) -> Float[Tensor, "b k oh ow"]:
        """Draw a map for each class: where in the image its score comes from.

        Raises:
            ValueError: if the images are too small.
        """
        refuse_small(x, self.least)
        return self.features(x)

    def forward(self, x: Images) -> Float[Tensor, "b k"]:
        """Score the classes: the mean of each one's map.

        Raises:
            ValueError: if the images are too small.
        """
        return global_average(self.maps(x))


def nin(num_classes: int = 1000, dropout: float = 0.5, in_channels: int = 3) -> NiN:
    """Build the network for ImageNet: AlexNet's windows, each with two 1x1 convolutions.

    Made for 224 pixels; 7,439,608 parameters.

    Args:
        num_classes: class maps.
        dropout: share of the numbers that is dropped before the last block.
        in_channels: 3 for colour, 1 for grey.
    """
    blocks = OrderedDict(
        mlpconv1=mlpconv(in_channels, (96,) * 3, kernel_size=11, stride=4),
        pool1=nn.MaxPool2d(kernel_size=3, stride=2),
        mlpconv2=mlpconv(96, (256,) * 3, kernel_size=5, padding=2),
        pool2=nn.MaxPool2d(kernel_size=3, stride=2),
        mlpconv3=mlpconv(256, (384,) * 3, kernel_size=3, padding=1),
        pool3=nn.MaxPool2d(kernel_size=3, stride=2),
        drop=nn.Dropout(dropout),
        mlpconv4=mlpconv(384, (num_classes,) * 3, kernel_size=3, padding=1),
    )
    return NiN(nn.Sequential(blocks), least=67)


def nin_2014(num_classes: int = 10, dropout: float = 0.5, in_channels: int = 3) -> NiN:
    """Build the paper's three mlpconvs for the 32 pixels of CIFAR-10; 966,986 parameters.

    Arguments as in :func:`nin`; dropout stands after both poolings.
    """
    blocks = OrderedDict(
        mlpconv1=mlpconv(in_channels, (192, 160, 96), kernel_size=5, padding=2),
        pool1=nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True),
        drop1=nn.Dropout(dropout),
        mlpconv2=mlpconv(96, (192, 192, 192), kernel_size=5, padding=2),
        pool2=nn.AvgPool2d(kernel_size=3, stride=2, ceil_mode=True),
        drop2=nn.Dropout(dropout),
        mlpconv3=mlpconv(192, (192, 192, num_classes), kernel_size=3, padding=1),
    )
    return NiN(nn.Sequential(blocks), least=4)
