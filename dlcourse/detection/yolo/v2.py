"""Version 2: a map instead of a fully connected layer, priors, and a fine map folded in.

Every cell applies the same weights, so the network takes any size of image, and what it learns of
an object at one place it knows everywhere. The passthrough gives the coarse map the finer one's
sense of place.

Axes:   b images, c channels, h w sides, m priors of a cell, k classes, n predictions
Paper:  Redmon & Farhadi 2017, "YOLO9000: better, faster, stronger"; widths and priors are those of
        the authors' configuration for VOC
Torch:  none
"""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images

from .darknet19 import darknet19_features
from .lattice import Lattice
from .priors import PriorDetector
from .reorg import reorg
from .stages import unit
from .v2_loss import yolo_v2_loss

__all__ = ["PRIORS_VOC", "PassthroughHead", "YOLOv2", "yolo_v2"]

PRIORS_VOC = (
    (1.3221, 1.73145),
    (3.19275, 4.00944),
    (5.05587, 8.09892),
    (9.47112, 4.84053),
    (11.2364, 10.0071),
)
"""Widths and heights in cells of 32 pixels, for images of 416: k-means on VOC."""


class PassthroughHead(nn.Module):
    """Join the two last maps of a backbone, and give out the numbers of each cell.

    Args:
        channels: of the backbone's maps.
        outputs: numbers of a cell.
        passed: channels that the finer map is narrowed to before it is folded.
    """

    def __init__(self, channels: Sequence[int], outputs: int, passed: int = 64) -> None:
        super().__init__()
        _, fine, coarse = channels
        self.conv1 = unit(coarse, coarse)
        self.conv2 = unit(coarse, coarse)
        self.narrow = unit(fine, passed, 1)
        self.conv3 = unit(4 * passed + coarse, coarse)
        self.predict = nn.Conv2d(coarse, outputs, kernel_size=1)

    def forward(
        self, fine: Float[Tensor, "b c4 h4 w4"], coarse: Float[Tensor, "b c5 h w"]
    ) -> Float[Tensor, "b _ h w"]:
        """Give a map of the coarse one's size."""
        passed = reorg(self.narrow(fine))
        joined = torch.cat([passed, self.conv2(self.conv1(coarse))], dim=1)
        return self.predict(self.conv3(joined))


class YOLOv2(PriorDetector):
    """One grid of stride 32, and a class for every prediction.

    Args:
        backbone: gives maps of strides 8, 16 and 32; the last two are used.
        num_classes: classes, without a background.
        priors: widths and heights in cells.
        passed: channels of the finer map that are passed through.
        ignore: IoU with an object above which a prediction need not be empty.
        object_weight: weight of the owners' confidences in the loss.
        choice: thresholds, as :class:`~.detector.GridDetector` takes them.
    """

    def __init__(
        self,
        backbone: nn.Module,
        num_classes: int = 20,
        priors: Sequence[Sequence[float | int]] = PRIORS_VOC,
        *,
        passed: int = 64,
        ignore: float = 0.6,
        object_weight: float = 5.0,
        **choice: Any,
    ) -> None:
        stride = backbone.strides[-1]
        pixels = [[(w * stride, h * stride) for w, h in priors]]
        super().__init__(num_classes, pixels, [stride], stride, **choice)
        self.weights = (ignore, object_weight)
        self.backbone = backbone
        outputs = len(priors) * (5 + num_classes)
        self.head = PassthroughHead(backbone.channels, outputs, passed)

    def maps(self, images: Images) -> list[Float[Tensor, "b _ _ _"]]:
        """Draw the one map."""
        _, fine, coarse = self.backbone(images)
        return [self.head(fine, coarse)]

    def probabilities(self, logits: Float[Tensor, "b n k"]) -> Float[Tensor, "b n k"]:
        """Share one probability out over the classes."""
        return logits.softmax(dim=-1)

    def losses(
        self,
        output: tuple[Tensor, Lattice],
        targets: Sequence[dict[str, Any]],
        size: tuple[int, int],
    ) -> dict[str, Tensor]:
        """Compare with the targets."""
        return yolo_v2_loss(*output, targets, size, *self.weights)


def yolo_v2(num_classes: int = 20) -> YOLOv2:
    """Build the network on Darknet-19.

    >>> with torch.device("meta"):
    ...     codes, places = yolo_v2().raw(torch.empty(1, 3, 416, 416))
    >>> codes.shape
    torch.Size([1, 845, 25])
    """
    return YOLOv2(darknet19_features(), num_classes)
