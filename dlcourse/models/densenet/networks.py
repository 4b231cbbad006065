"""Networks: 121 to 201 layers for ImageNet, and the paper's smaller ones for CIFAR.

Axes:   b images, c channels, h w sides, k classes
Paper:  Huang et al. 2017, "Densely connected convolutional networks", table 1 and section 4
Torch:  torchvision.models.densenet121, densenet161, densenet169, densenet201
"""

from collections import OrderedDict
from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images
from dlcourse.models._refusals import refuse_small
from dlcourse.nn.initialization import kaiming_normal_, zeros_

from .dense import DenseBlock
from .transition import Transition

__all__ = [
    "DenseNet",
    "cifar_densenet",
    "densenet121",
    "densenet161",
    "densenet169",
    "densenet201",
]


class DenseNet(nn.Module):
    """A stem, dense blocks with transitions between them, and a linear classifier.

    Args:
        growth_rate: channels that each layer adds.
        block_config: layers of each block.
        num_init_features: channels of the stem.
        bn_size: width of the bottlenecks in growth rates; 0 for none.
        drop_rate: share of each layer's numbers that training drops.
        num_classes: classes.
        memory_efficient: whether concatenations are made again for the backward pass.
        compression: share of the channels that a transition keeps.
        stem: the first layers, from the image to ``num_init_features`` channels; without one,
            ImageNet's, which makes the side a quarter.
        least: the shortest side of an image.
    """

    def __init__(
        self,
        growth_rate: int = 32,
        block_config: Sequence[int] = (6, 12, 24, 16),
        num_init_features: int = 64,
        bn_size: int = 4,
        drop_rate: float = 0.0,
        num_classes: int = 1000,
        memory_efficient: bool = False,
        *,
        compression: float = 0.5,
        stem: nn.Module | None = None,
        least: int = 29,
    ) -> None:
        super().__init__()
        self.least = least
        layers = OrderedDict(stem=stem or _stem(num_init_features))
        channels = num_init_features
        for place, depth in enumerate(block_config, start=1):
            if place > 1:
                layers[f"transition{place - 1}"] = Transition(channels, compression)
                channels = int(compression * channels)
            layers[f"block{place}"] = DenseBlock(
                *(depth, channels, growth_rate, bn_size, drop_rate, memory_efficient)
            )
            channels += depth * growth_rate
        layers["norm"] = nn.BatchNorm2d(channels)
        layers["activation"] = nn.ReLU(inplace=True)
        self.features = nn.Sequential(layers)
        self.classifier = nn.Linear(channels, num_classes)
        _initialize(self)

    def forward(self, x: Images) -> Float[Tensor, "b k"]:
        """Classify by the mean over places.

        Raises:
            ValueError: for images that a pooling would shrink to nothing.
        """
        refuse_small(x, self.least)
        return self.classifier(self.features(x).mean(dim=(2, 3)))


def _stem(channels: int) -> nn.Sequential:
    """Convolve by 7x7 and pool by 3x3, each at stride 2."""
    layers = OrderedDict(
        conv=nn.Conv2d(3, channels, 7, stride=2, padding=3, bias=False),
        norm=nn.BatchNorm2d(channels),
        activation=nn.ReLU(inplace=True),
        pool=nn.MaxPool2d(3, stride=2, padding=1),
    )
    return nn.Sequential(layers)


def _initialize(model: nn.Module) -> None:
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d):
            kaiming_normal_(layer.weight)
        elif isinstance(layer, nn.Linear):
            zeros_(layer.bias)


def densenet121(num_classes: int = 1000, memory_efficient: bool = False) -> DenseNet:
    """Build 58 dense layers of growth rate 32: 2 x 58 + 5 layers with weights.

    >>> with torch.device("meta"):
    ...     sum(p.numel() for p in densenet121().parameters())
    7978856
    """
    return DenseNet(num_classes=num_classes, memory_efficient=memory_efficient)


def densenet161(num_classes: int = 1000, memory_efficient: bool = False) -> DenseNet:
    """Build 78 dense layers of growth rate 48."""
    return DenseNet(
        *(48, (6, 12, 36, 24), 96),
        num_classes=num_classes,
        memory_efficient=memory_efficient,
    )


def densenet169(num_classes: int = 1000, memory_efficient: bool = False) -> DenseNet:
    """Build 82 dense layers of growth rate 32."""
    return DenseNet(
        *(32, (6, 12, 32, 32)),
        num_classes=num_classes,
        memory_efficient=memory_efficient,
    )


def densenet201(num_classes: int = 1000, memory_efficient: bool = False) -> DenseNet:
    """Build 98 dense layers of growth rate 32."""
    return DenseNet(
        *(32, (6, 12, 48, 32)),
        num_classes=num_classes,
        memory_efficient=memory_efficient,
    )


def cifar_densenet(
    depth: int,
    growth_rate: int,
    *,
    bottleneck: bool = True,
    compression: float = 0.5,
    num_classes: int = 10,
    in_channels: int = 3,
) -> DenseNet:
    """Build the paper's network for small images: a 3x3 stem and three blocks of equal depth.

    With ``bottleneck=False, compression=1.0`` it is the paper's DenseNet, with the defaults its
    DenseNet-BC.

    Args:
        depth: layers with weights: 3n + 4, or 6n + 4 with bottlenecks.
        growth_rate: channels that each layer adds.
        bottleneck: whether a 1x1 convolution to four growth rates comes first.
        compression: share of the channels that a transition keeps.
        num_classes: classes.
        in_channels: channels of an image.

    Raises:
        ValueError: if there is no such n.

    >>> with torch.device("meta"):
    ...     sum(p.numel() for p in cifar_densenet(100, 12).parameters())  # 0.8 million
    769162
    """
    step = 6 if bottleneck else 3
    layers, rest = divmod(depth - 4, step)
    if rest or layers < 1:
        raise ValueError(
            f"depth ({depth}) must be {step}n + 4 for a whole n from 1 on: "
            f"{step + 4}, {2 * step + 4}, ..."
        )
    channels = 2 * growth_rate if bottleneck else 16
    return DenseNet(
        *(growth_rate, 3 * (layers,), channels, 4 if bottleneck else 0),
        num_classes=num_classes,
        compression=compression,
        stem=nn.Conv2d(in_channels, channels, 3, padding=1, bias=False),
        least=4,
    )
