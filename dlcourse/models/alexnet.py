"""AlexNet: five convolutions and three fully connected layers, large enough for ImageNet.

LeNet's plan was 14 years old when two graphics cards made a network of 60 million weights possible.
ReLU kept its gradient alive and dropout kept it from learning the training images by heart. It won
the ImageNet challenge of 2012 by ten points, and the field changed over to such networks.

Axes:   b images, c channels, h w sides, k classes
Paper:  Krizhevsky, Sutskever & Hinton 2012, "ImageNet classification with deep convolutional neural
        networks"; Krizhevsky 2014, "One weird trick for parallelizing convolutional neural
        networks" (the single tower that torchvision builds)
Torch:  torchvision.models.alexnet
"""

from collections import OrderedDict
from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images
from dlcourse.nn.initialization import constant_, normal_

from ._refusals import refuse_small

__all__ = ["AlexNet", "alexnet", "alexnet_2012", "convolutions", "fully_connected"]

KERNELS = (11, 5, 3, 3, 3)
"""Sides of the five kernels."""

POOLED = (1, 2, 5)
"""Convolutions that a pooling follows."""

APART = (2, 4, 5)
"""Convolutions that stay on their own graphics card; the third reads from both."""

SIDE = 6
"""Pixels on each side of the last map."""


def response_norm() -> nn.LocalResponseNorm:
    """Make the paper's normalization: k = 2, n = 5, alpha = 1e-4, beta = 0.75.

    torch divides alpha by n and the paper does not, so torch's is five times as much.

    >>> response_norm().alpha
    0.0005
    """
    return nn.LocalResponseNorm(size=5, alpha=5 * 1e-4, beta=0.75, k=2.0)


def convolutions(
    widths: Sequence[int],
    *,
    padding: int = 0,
    groups: int = 1,
    response: bool = False,
) -> nn.Sequential:
    """Stack convolution, ReLU, normalization and overlapping pooling, in this order.

    Args:
        widths: channels that leave each of the five convolutions.
        padding: of the first convolution; the others keep the size of the map.
        groups: parts that convolutions 2, 4 and 5 divide their channels into.
        response: whether to normalize after the first two ReLUs.

    >>> list(dict(convolutions((8, 8, 8, 8, 8), response=True).named_children()))[:5]
    ['conv1', 'relu1', 'norm1', 'pool1', 'conv2']
    """
    layers, channels = OrderedDict(), 3
    for n, (width, side) in enumerate(zip(widths, KERNELS, strict=True), start=1):
        layers[f"conv{n}"] = nn.Conv2d(
            *(channels, width, side),
            stride=4 if n == 1 else 1,
            padding=padding if n == 1 else side // 2,
            groups=groups if n in APART else 1,
        )
        layers[f"relu{n}"] = nn.ReLU(inplace=True)
        if response and n <= 2:
            layers[f"norm{n}"] = response_norm()
        if n in POOLED:
            layers[f"pool{n}"] = nn.MaxPool2d(kernel_size=3, stride=2)
        channels = width
    return nn.Sequential(layers)


def fully_connected(
    inputs: int,
    hidden: int = 4096,
    num_classes: int = 1000,
    dropout: float = 0.5,
    *,
    drop_inputs: bool = False,
) -> nn.Sequential:
    """Stack two hidden layers with ReLU and dropout, and the layer of scores.

    Args:
        inputs: numbers that the convolutions leave of an image.
        hidden: units of both hidden layers.
        num_classes: scores.
        dropout: share of the numbers that is dropped in training.
        drop_inputs: whether to drop what enters the hidden layers instead of what leaves them.

    >>> list(dict(fully_connected(4, drop_inputs=True).named_children()))
    ['drop6', 'fc6', 'relu6', 'drop7', 'fc7', 'relu7', 'fc8']
    """
    layers = OrderedDict()
    for n, entering in ((6, inputs), (7, hidden)):
        unit = {
            f"fc{n}": nn.Linear(entering, hidden),
            f"relu{n}": nn.ReLU(inplace=True),
        }
        drop = {f"drop{n}": nn.Dropout(dropout)}
        layers |= drop | unit if drop_inputs else unit | drop
    layers["fc8"] = nn.Linear(hidden, num_classes)
    return nn.Sequential(layers)


class AlexNet(nn.Module):
    """Convolutions, a map of 6x6, fully connected layers.

    Images of the size that the network is made for leave 6x6 pixels; those of any other are
    averaged to as many.

    Args:
        features: as :func:`convolutions` makes them.
        classifier: as :func:`fully_connected` makes it.

    >>> features = convolutions((8, 8, 8, 8, 8))
    >>> model = AlexNet(features, fully_connected(8 * 6 * 6, 16, num_classes=10))
    >>> model(torch.rand(2, 3, 67, 80)).shape
    torch.Size([2, 10])
    """

    def __init__(self, features: nn.Sequential, classifier: nn.Sequential) -> None:
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d(SIDE)
        self.classifier = classifier

    @property
    def least(self) -> int:
        """The smallest side of an image that leaves a pixel after the last pooling.

        That is one for which the first convolution makes 15, and the poolings of these 7, 3, 1.
        """
        first = self.features.conv1
        return 14 * first.stride[0] + first.kernel_size[0] - 2 * first.padding[0]

    def forward(self, x: Images) -> Float[Tensor, "b k"]:
        """Score the classes.

        Raises:
            ValueError: if the images are too small for the poolings.
        """
        refuse_small(x, self.least)
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


def alexnet(num_classes: int = 1000, dropout: float = 0.5) -> AlexNet:
    """Build the network that torchvision builds: one narrower tower, no normalization.

    Made for 224 pixels; 61,100,840 parameters.
    """
    features = convolutions((64, 192, 384, 256, 256), padding=2)
    inputs = 256 * SIDE**2
    return AlexNet(
        features,
        fully_connected(inputs, 4096, num_classes, dropout, drop_inputs=True),
    )


def alexnet_2012(
    num_classes: int = 1000, dropout: float = 0.5, groups: int = 2
) -> AlexNet:
    """Build the paper's network with the paper's initial weights.

    Made for 227 pixels; 60,965,224 parameters in two groups, one for each of the paper's graphics
    cards, and 62,378,344 in a single tower.

    Args:
        num_classes: scores.
        dropout: share of the hidden units that is dropped in training.
        groups: 2 as in the paper, or 1 for a single tower.
    """
    features = convolutions((96, 256, 384, 384, 256), groups=groups, response=True)
    inputs = 256 * SIDE**2
    model = AlexNet(features, fully_connected(inputs, 4096, num_classes, dropout))
    initialize_2012(model)
    return model


def initialize_2012(model: AlexNet) -> None:
    """Draw weights of std 0.01, and set biases to 0, or to 1 to have most ReLUs on at first.

    The ones are in convolutions 2, 4 and 5 and in the two hidden layers.
    """
    for part in (model.features, model.classifier):
        for name, layer in part.named_children():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                normal_(layer.weight, 0.0, 0.01)
                on = name in ("conv2", "conv4", "conv5", "fc6", "fc7")
                constant_(layer.bias, float(on))
