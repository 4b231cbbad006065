"""Version 1: 24 convolutions, two fully connected layers, and every number of the grid at once.

The grid's numbers come out of one fully connected layer that sees the whole image. That is fast and
knows the scene around an object, and it binds the network to one size of image.

Axes:   b images, oh ow cells of the grid, d = 5 m + k numbers of a cell with m boxes, k classes
Paper:  Redmon, Divvala, Girshick & Farhadi 2016, "You only look once: unified, real-time object
        detection"
Torch:  none
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images

from .detector import GridDetector
from .stages import Stages, leaky
from .v1_decoding import decode_cells
from .v1_loss import yolo_v1_loss
from .v1_target import encode_cells

__all__ = ["YOLOv1", "convolutions_v1", "yolo_v1"]


def _conv(i: int, o: int, kernel_size: int = 3, stride: int = 1) -> nn.Sequential:
    """Stack a convolution with a bias and a leaky ReLU: batch normalization came later."""
    return nn.Sequential(
        nn.Conv2d(i, o, kernel_size, stride, padding=kernel_size // 2), leaky()
    )


def _alternating(channels: int, narrow: int, wide: int, times: int) -> list[nn.Module]:
    """Repeat a 1x1 convolution that mixes and a 3x3 one that looks around."""
    layers = []
    for n in range(times):
        layers += [_conv(wide if n else channels, narrow, 1), _conv(narrow, wide)]
    return layers


def _halve() -> nn.MaxPool2d:
    return nn.MaxPool2d(kernel_size=2)


def convolutions_v1() -> Stages:
    """Build the first 20 convolutions, which were pretrained to classify.

    >>> with torch.device("meta"):
    ...     maps = convolutions_v1()(torch.empty(1, 3, 448, 448))
    >>> [tuple(map_.shape[1:]) for map_ in maps]
    [(512, 56, 56), (1024, 28, 28), (1024, 14, 14)]
    """
    stages = (
        [_conv(3, 64, kernel_size=7, stride=2)],
        [_halve(), _conv(64, 192)],
        [
            _halve(),
            _conv(192, 128, 1),
            _conv(128, 256),
            *_alternating(256, 256, 512, 1),
        ],
        [_halve(), *_alternating(512, 256, 512, 4), *_alternating(512, 512, 1024, 1)],
        [_halve(), *_alternating(1024, 512, 1024, 2)],
    )
    return Stages([nn.Sequential(*stage) for stage in stages], (512, 1024, 1024))


class YOLOv1(GridDetector):
    """A grid of cells, each with one object at most.

    Args:
        backbone: gives maps of strides 8, 16 and 32; the last is used.
        num_classes: classes, without a background.
        image_size: height and width in pixels, the only ones it takes.
        grid_size: rows and columns of cells.
        num_boxes: boxes of a cell.
        hidden: numbers between the two fully connected layers.
        stride: of the second of four convolutions that follow the backbone.
        dropout: share of the hidden numbers that is dropped.
        coord: weight of places and sizes in the loss.
        noobj: weight of the confidences of empty boxes.
        choice: thresholds, as :class:`~.detector.GridDetector` takes them.
    """

    def __init__(
        self,
        backbone: nn.Module,
        num_classes: int = 20,
        image_size: tuple[int, int] = (448, 448),
        grid_size: tuple[int, int] = (7, 7),
        num_boxes: int = 2,
        *,
        hidden: int = 4096,
        stride: int = 2,
        dropout: float = 0.5,
        coord: float = 5.0,
        noobj: float = 0.5,
        **choice: Any,
    ) -> None:
        super().__init__(num_classes, **choice)
        self.image_size, self.grid_size = tuple(image_size), tuple(grid_size)
        self.num_boxes, self.weights = num_boxes, (coord, noobj)
        c = backbone.channels[-1]
        cells = [-(-side // (backbone.strides[-1] * stride)) for side in image_size]
        numbers = (*grid_size, 5 * num_boxes + num_classes)
        self.backbone = backbone
        self.head = nn.Sequential(
            OrderedDict(
                conv21=_conv(c, c),
                conv22=_conv(c, c, stride=stride),
                conv23=_conv(c, c),
                conv24=_conv(c, c),
                flatten=nn.Flatten(),
                fc1=nn.Linear(c * cells[0] * cells[1], hidden),
                leaky=leaky(),
                drop=nn.Dropout(dropout),
                fc2=nn.Linear(hidden, numbers[0] * numbers[1] * numbers[2]),
                grid=nn.Unflatten(1, numbers),
            )
        )

    def raw(self, images: Images) -> Float[Tensor, "b oh ow d"]:
        """Give the numbers of each cell."""
        size = tuple(images.shape[-2:])
        if size != self.image_size:
            raise ValueError(
                f"the images have {size[0]}x{size[1]} pixels; the fully connected layers "
                f"take {self.image_size[0]}x{self.image_size[1]} and nothing else"
            )
        return self.head(self.backbone(images)[-1])

    def losses(
        self,
        output: Float[Tensor, "b oh ow d"],
        targets: Sequence[dict[str, Any]],
        size: tuple[int, int],
    ) -> dict[str, Tensor]:
        """Compare with the targets."""
        encoded = [
            encode_cells(
                t["boxes"], t["labels"], size, self.grid_size, self.num_classes
            )
            for t in targets
        ]
        return yolo_v1_loss(output, torch.stack(encoded), self.num_boxes, *self.weights)

    def decode(
        self, output: Float[Tensor, "b oh ow d"], size: tuple[int, int]
    ) -> tuple[Float[Tensor, "b n 4"], Float[Tensor, "b n k"]]:
        """Read boxes and scores."""
        return decode_cells(output, size, self.num_boxes)


def yolo_v1(num_classes: int = 20) -> YOLOv1:
    """Build the paper's network for images of 448 pixels.

    >>> with torch.device("meta"):
    ...     model = yolo_v1()
    ...     model.raw(torch.empty(1, 3, 448, 448)).shape
    torch.Size([1, 7, 7, 30])
    """
    return YOLOv1(convolutions_v1(), num_classes)
