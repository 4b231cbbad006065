"""Small: a version 3 on the backbone that all detectors of this part share, and weights for it.

Things in a scene of 96 pixels are 14 to 58 pixels long. The coarse grid has 9 cells for
them, so this is a version 3 and no version 2. Its priors are those that k-means finds in scenes of
the training split.

Axes:   b scenes of 96 pixels; other multiples of 32 do as well
Torch:  none
"""

from pathlib import Path

from torch import nn

from dlcourse.data.scenes import CLASSES
from dlcourse.detection._backbone import Backbone
from dlcourse.training import load_shipped

from .v1 import YOLOv1
from .v2 import YOLOv2
from .v3 import YOLOv3

__all__ = [
    "CHECKSUM",
    "PRECISION",
    "PRIORS",
    "PRIORS_V2",
    "WEIGHTS",
    "small",
    "small_pretrained",
    "small_v1",
    "small_v2",
]

WEIGHTS = Path(__file__).with_name("small.safetensors")
"""The file that is shipped."""

CHECKSUM = "392c53ffe8ed12c8b2fa75e4857274d04119d8c88bb368935fa1a83a381c4934"
"""SHA-256 of the file, as the script printed it."""

PRECISION = 0.6669
"""Mean average precision on the test scenes, a mean of three seeds, as the script printed it."""

PRIORS = (
    ((7, 16), (16, 14), (12, 23)),
    ((22, 20), (16, 33), (28, 26)),
    ((24, 46), (38, 34), (47, 45)),
)
"""Widths and heights in pixels, three for each of the strides 8, 16, 32."""

PRIORS_V2 = ((0.29, 0.60), (0.56, 0.53), (0.57, 1.20), (0.90, 0.83), (1.31, 1.28))
"""Widths and heights in cells of 32 pixels: the five that k-means finds."""


def small(backbone: nn.Module | None = None) -> YOLOv3:
    """Build the detector, with random weights unless the backbone has others.

    >>> codes, _ = small().raw(torch.zeros(1, 3, 96, 96))
    >>> codes.shape  # (144 + 36 + 9) cells of three priors
    torch.Size([1, 567, 10])
    """
    return YOLOv3(backbone or Backbone(), len(CLASSES), PRIORS, pairs=1)


def small_v2(backbone: nn.Module | None = None) -> YOLOv2:
    """Build a version 2 to compare with: one grid of 3x3 cells, and the passthrough.

    >>> codes, _ = small_v2().raw(torch.zeros(1, 3, 96, 96))
    >>> codes.shape  # 9 cells of five priors
    torch.Size([1, 45, 10])
    """
    return YOLOv2(backbone or Backbone(), len(CLASSES), PRIORS_V2, passed=24)


def small_v1(backbone: nn.Module | None = None) -> YOLOv1:
    """Build a version 1 to compare with: 6x6 cells of two boxes, one object each.

    >>> small_v1().raw(torch.zeros(1, 3, 96, 96)).shape
    torch.Size([1, 6, 6, 15])
    """
    sizes = {"image_size": (96, 96), "grid_size": (6, 6), "hidden": 256, "stride": 1}
    return YOLOv1(backbone or Backbone(), len(CLASSES), **sizes, dropout=0.2)


def small_pretrained() -> YOLOv3:
    """Build the detector with the shipped weights.

    Raises:
        ValueError: if the file is not the one that was shipped.

    >>> small_pretrained().num_classes
    5
    """
    return load_shipped(small(), WEIGHTS, CHECKSUM, "dlcourse.detection.yolo.pretrain")
