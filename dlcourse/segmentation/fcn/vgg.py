"""VGG: FCN-32s, 16s and 8s on VGG-16, as in the paper.

The classifier keeps its weights: the five stages as they are, the two hidden layers of the head as
convolutions, and only the last layer is new. The first convolution pads by 100 pixels, so that even
a small picture leaves the 7x7 cells that the head reads.

Axes:   b images of 3 channels
Paper:  Long, Shelhamer & Darrell 2015, sections 3.1 and 4.2
Torch:  none
"""

from torch import nn

from dlcourse.models.vgg import SIDE, VGG, convolutional_head

from .grid import Grid
from .network import FCN

__all__ = ["PAD", "fcn_vgg16"]

PAD = 100
"""Pixels that the first convolution adds on each side."""

STAGES = ("pool1", "pool2", "pool3", "pool4", "pool5")


def fcn_vgg16(model: VGG, num_classes: int = 21, stride: int = 8) -> FCN:
    """Read a VGG as a segmentation network; its weights are shared, its last layer is replaced.

    Args:
        model: of sixteen layers, or of another number.
        num_classes: with the ground as one.
        stride: 32, 16 or 8.

    >>> from dlcourse.models.vgg import vgg16
    >>> with torch.device("meta"):
    ...     model = fcn_vgg16(vgg16(), stride=32)
    ...     scores = model(torch.zeros(1, 3, 97, 130))
    >>> scores.shape
    torch.Size([1, 21, 97, 130])
    """
    layers = dict(model.features.named_children())
    stages = _cut(layers)
    stages[0][0] = _padded(layers["conv1_1"])
    head = nn.Sequential(*list(convolutional_head(model.classifier))[:-1])
    channels = (
        layers["conv3_1"].out_channels,
        layers["conv4_1"].out_channels,
        model.classifier[-1].in_features,
    )
    return FCN(stages, head, channels, vgg_grids(), num_classes, stride)


def _cut(layers: dict[str, nn.Module]) -> list[nn.Sequential]:
    """Cut behind each pooling; an odd side keeps its last row, as in the paper's code."""
    stages, stage = [], []
    for name, layer in layers.items():
        if name in STAGES:
            layer = nn.MaxPool2d(2, 2, ceil_mode=True)
        stage.append(layer)
        if name in STAGES:
            stages.append(nn.Sequential(*stage))
            stage = []
    return stages


def _padded(first: nn.Conv2d) -> nn.Conv2d:
    """Give the first convolution's weights to one that pads more."""
    padded = nn.Conv2d(
        first.in_channels, first.out_channels, 3, padding=PAD, device="meta"
    )
    padded.weight, padded.bias = first.weight, first.bias
    return padded


def vgg_grids() -> tuple[Grid, Grid, Grid]:
    """Follow the cells of the third, the fourth and the head's map.

    The other convolutions pad by one and leave the middles where they are.

    >>> vgg_grids()[2]
    Grid(step=32.0, start=12.5)
    """
    grid, grids = Grid().through(3, padding=PAD), []
    for _ in STAGES:
        grid = grid.through(2, stride=2)
        grids.append(grid)
    return grids[2], grids[3], grid.through(SIDE)
