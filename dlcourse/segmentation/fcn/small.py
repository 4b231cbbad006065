"""Small: the same three networks for scenes of 64 pixels, with weights that come with the package.

Five stages of two convolutions with batch normalization, about as many weights as the small U-Net,
trained from nothing. The head is a 1x1 convolution, and the padding is that of any 3x3 convolution:
at this size, a hundred pixels on each side would be most of the picture.

Axes:   b images of 3 channels, k classes: what a scene can hold, and nothing
Torch:  none
"""

from pathlib import Path

from torch import nn

from dlcourse.data.scenes import CLASSES
from dlcourse.nn.initialization import kaiming_normal_
from dlcourse.training import load_shipped

from .grid import Grid
from .network import FCN

__all__ = ["CHECKSUMS", "FILES", "WIDTHS", "small", "small_pretrained"]

WIDTHS = (16, 32, 64, 96, 128)
"""Channels of the five stages."""

FILES = {
    stride: Path(__file__).with_name(f"small{stride}.safetensors")
    for stride in (32, 16, 8)
}
"""The files that are shipped, by stride."""

CHECKSUMS = {
    32: "3b51a548e18fe44f8e217fe38b098f23f900e6e6b5806112309f5772f9f016c6",
    16: "2e71949f2738ed37582097e6027ccbc1a633524406e309e645e0626277a94fea",
    8: "5c0a64ad5b8532b711ffa5cca506154b8d0e9cc52ab28f55ee5ee8c76d9f5d88",
}
"""SHA-256 of the files, as the script printed them."""


def small(stride: int = 8) -> FCN:
    """Build the network.

    Args:
        stride: 32, 16 or 8.

    >>> sum(p.numel() for p in small(8).parameters() if p.requires_grad)
    488066
    """
    sides = zip((3, *WIDTHS), WIDTHS, strict=False)
    stages = [_stage(enter, leave) for enter, leave in sides]
    head = nn.Sequential(*_layers(WIDTHS[-1], WIDTHS[-1], kernel=1))
    grid, grids = Grid(), []
    for _ in WIDTHS:
        grid = grid.through(2, stride=2)
        grids.append(grid)
    places = grids[2], grids[3], grids[4]
    model = FCN(stages, head, (*WIDTHS[2:4], WIDTHS[-1]), places, _classes(), stride)
    for layer in [*model.stages.modules(), *model.head.modules()]:
        if isinstance(layer, nn.Conv2d):
            kaiming_normal_(layer.weight)
    return model


def small_pretrained(stride: int = 8) -> FCN:
    """Build the network with the shipped weights.

    Raises:
        ValueError: if a file is not the one that was shipped.

    >>> small_pretrained().training
    False
    """
    script = "dlcourse.segmentation.fcn.compare"
    return load_shipped(small(stride), FILES[stride], CHECKSUMS[stride], script)


def _classes() -> int:
    return len(CLASSES) + 1


def _stage(enter: int, leave: int) -> nn.Sequential:
    pool = nn.MaxPool2d(2, 2, ceil_mode=True)
    return nn.Sequential(*_layers(enter, leave), *_layers(leave, leave), pool)


def _layers(enter: int, leave: int, kernel: int = 3) -> list[nn.Module]:
    conv = nn.Conv2d(enter, leave, kernel, padding=kernel // 2, bias=False)
    return [conv, nn.BatchNorm2d(leave), nn.ReLU(inplace=True)]
