"""Version 3: predictions on three grids, the fine ones told by the coarse ones what is there.

Small objects need small cells, and a fine map that has seen little does not know what it looks at.
So each coarse map is enlarged and joined to the next finer one, and each grid has priors of its own
size.

Axes:   b images, c channels, h w sides, m priors of a cell, k classes, n predictions
Paper:  Redmon & Farhadi 2018, "YOLOv3: an incremental improvement"
Torch:  none
"""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import interpolate

from dlcourse.axes import Images

from .darknet53 import darknet53_features
from .lattice import Lattice
from .priors import PriorDetector
from .stages import unit
from .v3_loss import yolo_v3_loss

__all__ = ["PRIORS_COCO", "PyramidHead", "YOLOv3", "yolo_v3"]

PRIORS_COCO = (
    ((10, 13), (16, 30), (33, 23)),
    ((30, 61), (62, 45), (59, 119)),
    ((116, 90), (156, 198), (373, 326)),
)
"""Widths and heights in pixels, three for each of the strides 8, 16, 32: k-means on COCO."""


def _neck(i: int, o: int, pairs: int) -> nn.Sequential:
    """Narrow to o channels, then widen to twice as many and narrow again, so many times."""
    layers = [unit(i, o, 1)]
    for _ in range(pairs):
        layers += [unit(o, 2 * o), unit(2 * o, o, 1)]
    return nn.Sequential(*layers)


class PyramidHead(nn.Module):
    """Hand coarse maps down to finer ones, and give out the numbers of every cell of each.

    Args:
        channels: of the backbone's maps, from fine to coarse.
        outputs: numbers of a cell.
        pairs: of convolutions in each neck, before the map is handed down.
    """

    def __init__(self, channels: Sequence[int], outputs: int, pairs: int = 2) -> None:
        super().__init__()
        widths = [c // 2 for c in channels]
        handed = [widths[0], widths[1], 0]  # what comes down to each map
        self.necks = nn.ModuleList(
            _neck(c + more, width, pairs)
            for c, more, width in zip(channels, handed, widths, strict=True)
        )
        self.down = nn.ModuleList(
            unit(coarse, fine, 1)
            for fine, coarse in zip(handed[:2], widths[1:], strict=True)
        )
        self.predict = nn.ModuleList(
            nn.Sequential(unit(w, 2 * w), nn.Conv2d(2 * w, outputs, kernel_size=1))
            for w in widths
        )

    def forward(
        self, maps: Sequence[Float[Tensor, "b _ _ _"]]
    ) -> list[Float[Tensor, "b _ _ _"]]:
        """Give three maps, from fine to coarse."""
        c3, c4, c5 = maps
        p5 = self.necks[2](c5)
        p4 = self.necks[1](torch.cat([_doubled(self.down[1](p5)), c4], dim=1))
        p3 = self.necks[0](torch.cat([_doubled(self.down[0](p4)), c3], dim=1))
        return [layer(p) for layer, p in zip(self.predict, (p3, p4, p5), strict=True)]


def _doubled(x: Images) -> Float[Tensor, "b c oh ow"]:
    """Write each cell four times."""
    return interpolate(x, scale_factor=2, mode="nearest")


class YOLOv3(PriorDetector):
    """Three grids of strides 8, 16 and 32, and a yes or no for every class.

    Args:
        backbone: gives maps of these strides.
        num_classes: classes, without a background.
        priors: widths and heights in pixels, as many for each of the strides.
        pairs: of convolutions in each neck.
        ignore: IoU with an object above which a prediction need not be empty.
        choice: thresholds, as :class:`~.detector.GridDetector` takes them.
    """

    def __init__(
        self,
        backbone: nn.Module,
        num_classes: int = 80,
        priors: Sequence[Sequence[Sequence[float | int]]] = PRIORS_COCO,
        *,
        pairs: int = 2,
        ignore: float = 0.5,
        **choice: Any,
    ) -> None:
        strides = backbone.strides
        sizes = [[(float(w), float(h)) for w, h in grid] for grid in priors]
        super().__init__(num_classes, sizes, strides, strides[-1], **choice)
        self.ignore = ignore
        self.backbone = backbone
        outputs = len(priors[0]) * (5 + num_classes)
        self.head = PyramidHead(backbone.channels, outputs, pairs)

    def maps(self, images: Images) -> list[Float[Tensor, "b _ _ _"]]:
        """Draw the three maps."""
        return self.head(self.backbone(images))

    def probabilities(self, logits: Float[Tensor, "b n k"]) -> Float[Tensor, "b n k"]:
        """Answer for each class by itself."""
        return logits.sigmoid()

    def losses(
        self,
        output: tuple[Tensor, Lattice],
        targets: Sequence[dict[str, Any]],
        size: tuple[int, int],
    ) -> dict[str, Tensor]:
        """Compare with the targets."""
        return yolo_v3_loss(*output, targets, size, self.ignore)


def yolo_v3(num_classes: int = 80) -> YOLOv3:
    """Build the network on Darknet-53.

    >>> with torch.device("meta"):
    ...     codes, places = yolo_v3().raw(torch.empty(1, 3, 416, 416))
    >>> codes.shape
    torch.Size([1, 10647, 85])
    """
    return YOLOv3(darknet53_features(), num_classes)
