"""Shipped: the four detectors for scenes of 96 pixels, with weights that come with the package.

All stand on the same backbone and were trained and judged on the same scenes. R-CNN and SPP-Net
keep its weights as they are; Fast and Faster R-CNN have moved them.

Axes:   b images of 3 channels and 96 pixels a side
Torch:  none
"""

from pathlib import Path

from torch import nn

from dlcourse.data.scenes import CLASSES
from dlcourse.detection._backbone import Backbone, backbone_pretrained
from dlcourse.training import load_shipped

from .describing import LEVELS, PyramidFeatures, WarpedFeatures
from .fast import FastRCNN
from .faster import FasterRCNN
from .slow import RCNN

__all__ = [
    "CHECKSUMS",
    "LOG",
    "fast_pretrained",
    "fast_small",
    "faster_pretrained",
    "faster_small",
    "rcnn_pretrained",
    "rcnn_small",
    "spp_pretrained",
    "spp_small",
    "weights",
]

SCRIPT = "dlcourse.detection.rcnn.pretrain"

LOG = Path(__file__).with_name("pretrain.log")
"""What the script printed."""

CHECKSUMS = {
    "rcnn": "52ac23292e0eca094831c79d999214a53bcc18151bced6b7ccfe5466ded0607c",
    "spp": "bfd1ff4f33e5aa3876b61692b5d9fd1154596a19eb0b1f20ebf199ef373cf022",
    "fast": "d019cfcfb951537917c146dc5b6e78408b9ffb4df15dd707361d452991af0090",
    "faster": "1ca8cabc2ca1e67e232ac7e06a1e986bbb2918a75ec4eb2110bed85baeaeaa8f",
}
"""SHA-256 of each file, as the script printed it."""


def weights(name: str) -> Path:
    """Name the file of a detector's weights."""
    return Path(__file__).with_name(f"{name}.safetensors")


def rcnn_small(backbone: nn.Module) -> RCNN:
    """Build R-CNN, whose judges have learned nothing yet."""
    return _slow(WarpedFeatures(backbone), backbone)


def spp_small(backbone: nn.Module) -> RCNN:
    """Build SPP-Net, whose judges have learned nothing yet."""
    return _slow(PyramidFeatures(backbone), backbone)


def _slow(features: nn.Module, backbone: nn.Module) -> RCNN:
    bins = sum(level**2 for level in LEVELS)
    return RCNN(features, len(CLASSES), sum(backbone.channels) * bins)


def fast_small(backbone: nn.Module) -> FastRCNN:
    """Build Fast R-CNN; a step learns from 32 proposals of an image."""
    return FastRCNN(backbone, len(CLASSES), batch_size_per_image=32)


def faster_small(backbone: nn.Module) -> FasterRCNN:
    """Build Faster R-CNN, with 50 proposals of an image in testing."""
    rpn = {
        "pre_nms_top_n": (300, 300),
        "post_nms_top_n": (100, 50),
        "batch_size_per_image": 64,
    }
    return FasterRCNN(backbone, len(CLASSES), batch_size_per_image=32, rpn=rpn)


def rcnn_pretrained() -> RCNN:
    """Build R-CNN with the shipped weights.

    Raises:
        ValueError: if the file is not the one that was shipped.
    """
    return _judging(rcnn_small(backbone_pretrained()), "rcnn")


def spp_pretrained() -> RCNN:
    """Build SPP-Net with the shipped weights.

    Raises:
        ValueError: if the file is not the one that was shipped.
    """
    return _judging(spp_small(backbone_pretrained()), "spp")


def _judging(model: RCNN, name: str) -> RCNN:
    load_shipped(model.judges, weights(name), CHECKSUMS[name], SCRIPT)
    return model.eval()


def fast_pretrained() -> FastRCNN:
    """Build Fast R-CNN with the shipped weights.

    Raises:
        ValueError: if the file is not the one that was shipped.

    >>> fast_pretrained().training
    False
    """
    model = fast_small(Backbone())
    return load_shipped(model, weights("fast"), CHECKSUMS["fast"], SCRIPT)


def faster_pretrained() -> FasterRCNN:
    """Build Faster R-CNN with the shipped weights, trained jointly.

    Raises:
        ValueError: if the file is not the one that was shipped.

    >>> faster_pretrained().training
    False
    """
    model = faster_small(Backbone())
    return load_shipped(model, weights("faster"), CHECKSUMS["faster"], SCRIPT)
