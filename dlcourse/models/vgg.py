"""VGG: nothing but 3x3 convolutions and 2x2 poolings, repeated until the network is deep.

Two 3x3 kernels see as much as one of 5x5 and three as much as one of 7x7, with fewer weights and a
ReLU after each. Then there is little left to choose: five stages, each with half the pixels and, up
to 512, twice the channels of the one before. A size is a list of five numbers.

Axes:   b images, c channels, h w sides, k classes, oh ow places of the 7x7 window
Paper:  Simonyan & Zisserman 2015, "Very deep convolutional networks for large-scale image
        recognition"
Torch:  torchvision.models.vgg11, vgg11_bn ... vgg19_bn
"""

from collections import OrderedDict
from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images

from ._refusals import refuse_small
from ._start import start_classifier, start_convolutions
from .alexnet import fully_connected

__all__ = [
    "DEPTHS",
    "VGG",
    "WIDTHS",
    "convolutional_head",
    "convolutions",
    "fully_convolutional",
    "vgg11",
    "vgg11_bn",
    "vgg13",
    "vgg13_bn",
    "vgg16",
    "vgg16_bn",
    "vgg19",
    "vgg19_bn",
]

DEPTHS = {
    11: (1, 1, 2, 2, 2),
    13: (2, 2, 2, 2, 2),
    16: (2, 2, 3, 3, 3),
    19: (2, 2, 4, 4, 4),
}
"""Convolutions of the five stages, by the number of layers with weights."""

WIDTHS = (64, 128, 256, 512, 512)
"""Channels of the five stages."""

SIDE = 7
"""Pixels on each side of the last map, for images of 224."""

LEAST = 32
"""Pixels that five poolings leave one of."""


def convolutions(
    depths: Sequence[int], widths: Sequence[int] = WIDTHS, *, norm: bool = False
) -> nn.Sequential:
    """Stack the stages, each some convolutions with ReLU and a pooling.

    Args:
        depths: convolutions of each stage.
        widths: channels of each stage.
        norm: whether to normalize over the batch before each ReLU.

    >>> list(dict(convolutions((2,), (8,)).named_children()))
    ['conv1_1', 'relu1_1', 'conv1_2', 'relu1_2', 'pool1']
    """
    layers, channels = OrderedDict(), 3
    for stage, (depth, width) in enumerate(zip(depths, widths, strict=True), start=1):
        for n in range(1, depth + 1):
            name = f"{stage}_{n}"
            layers[f"conv{name}"] = nn.Conv2d(channels, width, kernel_size=3, padding=1)
            if norm:
                layers[f"norm{name}"] = nn.BatchNorm2d(width)
            layers[f"relu{name}"] = nn.ReLU(inplace=True)
            channels = width
        layers[f"pool{stage}"] = nn.MaxPool2d(kernel_size=2, stride=2)
    return nn.Sequential(layers)


class VGG(nn.Module):
    """Five stages of convolutions, a map of 7x7, fully connected layers.

    Images of 224 pixels leave 7x7; the map of any other is averaged or stretched to as many.

    Args:
        features: as :func:`convolutions` makes them.
        classifier: the head of AlexNet, as its :func:`fully_connected` makes it.

    >>> model = VGG(convolutions(DEPTHS[11], (2, 2, 2, 2, 2)), fully_connected(2 * 49, 8, 10))
    >>> model(torch.rand(2, 3, 32, 64)).shape
    torch.Size([2, 10])
    """

    def __init__(self, features: nn.Sequential, classifier: nn.Sequential) -> None:
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d(SIDE)
        self.classifier = classifier
        self._initialize()

    def _initialize(self) -> None:
        """Draw as torchvision does: He's rule for what leaves a convolution, 0.01 for the rest."""
        start_convolutions(self)
        for layer in self.classifier:
            if isinstance(layer, nn.Linear):
                start_classifier(layer)

    def forward(self, x: Images) -> Float[Tensor, "b k"]:
        """Score the classes.

        Raises:
            ValueError: if the images are too small for five poolings.
        """
        refuse_small(x, LEAST)
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


def _vgg(layers: int, num_classes: int, dropout: float, *, norm: bool = False) -> VGG:
    features = convolutions(DEPTHS[layers], norm=norm)
    inputs = WIDTHS[-1] * SIDE**2
    return VGG(features, fully_connected(inputs, 4096, num_classes, dropout))


def vgg11(num_classes: int = 1000, dropout: float = 0.5) -> VGG:
    """Build the paper's network A: 8 convolutions, 132,863,336 parameters."""
    return _vgg(11, num_classes, dropout)


def vgg11_bn(num_classes: int = 1000, dropout: float = 0.5) -> VGG:
    """Build network A with batch normalization, which came after the paper."""
    return _vgg(11, num_classes, dropout, norm=True)


def vgg13(num_classes: int = 1000, dropout: float = 0.5) -> VGG:
    """Build the paper's network B: 10 convolutions, 133,047,848 parameters."""
    return _vgg(13, num_classes, dropout)


def vgg13_bn(num_classes: int = 1000, dropout: float = 0.5) -> VGG:
    """Build network B with batch normalization."""
    return _vgg(13, num_classes, dropout, norm=True)


def vgg16(num_classes: int = 1000, dropout: float = 0.5) -> VGG:
    """Build the paper's network D: 13 convolutions, 138,357,544 parameters."""
    return _vgg(16, num_classes, dropout)


def vgg16_bn(num_classes: int = 1000, dropout: float = 0.5) -> VGG:
    """Build network D with batch normalization."""
    return _vgg(16, num_classes, dropout, norm=True)


def vgg19(num_classes: int = 1000, dropout: float = 0.5) -> VGG:
    """Build the paper's network E: 16 convolutions, 143,667,240 parameters."""
    return _vgg(19, num_classes, dropout)


def vgg19_bn(num_classes: int = 1000, dropout: float = 0.5) -> VGG:
    """Build network E with batch normalization."""
    return _vgg(19, num_classes, dropout, norm=True)


def convolutional_head(classifier: nn.Sequential, side: int = SIDE) -> nn.Sequential:
    """Turn fully connected layers into convolutions with the same weights.

    The first reads a window of ``side`` x ``side`` pixels, all others a single one. What they give
    for a map of just that size is what the fully connected layers give; a larger map has more
    windows, and every window gets its scores. The weights are shared, not copied.

    Args:
        classifier: linear layers, and others that treat each number alone.
        side: pixels on each side of the map that was flattened before.

    >>> one = nn.Linear(4, 1)
    >>> _ = nn.init.ones_(one.weight), nn.init.zeros_(one.bias)
    >>> head = convolutional_head(nn.Sequential(one), side=2)
    >>> head(torch.tensor([[[[1.0, 2, 3], [4, 5, 6]]]])).tolist()  # 1+2+4+5 and 2+3+5+6
    [[[[12.0, 16.0]]]]
    """
    layers, window = OrderedDict(), side
    for name, layer in classifier.named_children():
        if isinstance(layer, nn.Linear):
            layers[name] = _as_convolution(layer, window)
            window = 1
        else:
            layers[name] = layer
    return nn.Sequential(layers)


def _as_convolution(linear: nn.Linear, side: int) -> nn.Conv2d:
    """Cut each row of weights into channels and a window."""
    channels, left = divmod(linear.in_features, side**2)
    if left:
        raise ValueError(
            f"the layer reads {linear.in_features} numbers, which is no number of channels times "
            f"{side}x{side} pixels"
        )
    conv = nn.Conv2d(channels, linear.out_features, side, device="meta")
    weight = linear.weight.detach().unflatten(1, (channels, side, side))
    conv.weight = nn.Parameter(weight)
    conv.bias = nn.Parameter(linear.bias.detach())
    return conv


def fully_convolutional(model: VGG) -> nn.Sequential:
    """Join the convolutions and the head as convolutions: a map of scores for any larger image.

    >>> with torch.device("meta"):
    ...     dense = fully_convolutional(vgg11())
    ...     dense(torch.empty(1, 3, 224, 256)).shape
    torch.Size([1, 1000, 1, 2])
    """
    head = convolutional_head(model.classifier)
    return nn.Sequential(OrderedDict(features=model.features, classifier=head))
