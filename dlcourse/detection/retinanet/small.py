"""Small: a RetinaNet for scenes of 96 pixels, and weights for it that come with the package.

Three levels are enough for such pictures: P3, P4 and P5 of 48 channels. The towers are two
convolutions deep and normalized by groups, so that a few hundred steps can train them.

Axes:   b images of 3 channels and 96 pixels a side; others do as well
Paper:  Wu & He 2018, "Group normalization"
Torch:  torchvision.models.detection.retinanet_resnet50_fpn_v2, which is normalized so as well
"""

from functools import partial
from pathlib import Path

from torch import nn

from dlcourse.data.scenes import CLASSES
from dlcourse.detection._backbone import Backbone
from dlcourse.training import load_shipped

from .heads import RetinaNetHead
from .levels import bases_of_levels
from .network import PyramidBackbone, RetinaNet
from .pyramid import FeaturePyramidNetwork

__all__ = ["CHECKSUM", "MAP", "WEIGHTS", "small", "small_pretrained"]

WEIGHTS = Path(__file__).with_name("small.safetensors")
"""The file that is shipped."""

CHECKSUM = "8c34a16efdc4182990cc1dd930dab4fd3c4a8a61eccc884b3067a34cb0f6895c"
"""SHA-256 of the file, as the script printed it."""

MAP = 0.7896
"""Mean average precision on the test scenes, the mean of three seeds, as the script printed it."""

CHANNELS = 48
SIDES = (12, 24, 48)


def small(backbone: Backbone | None = None, **options: float) -> RetinaNet:
    """Build the detector.

    Args:
        backbone: gives three maps; left out, one that has learned nothing.
        options: of :class:`RetinaNet`.

    >>> import torch
    >>> logits, codes, anchors = small().answer(torch.zeros(1, 3, 96, 96))
    >>> [len(level) for level in anchors]  # 9 at each of 12 12, 6 6 and 3 3 cells
    [1296, 324, 81]
    """
    body = Backbone() if backbone is None else backbone
    fpn = FeaturePyramidNetwork(body.channels, CHANNELS)
    head = partial(RetinaNetHead, depth=2, norm_layer=partial(nn.GroupNorm, 8))
    return RetinaNet(
        PyramidBackbone(body, fpn, CHANNELS),
        len(CLASSES),
        bases=bases_of_levels(SIDES),
        strides=body.strides,
        head=head,
        **options,
    )


def small_pretrained() -> RetinaNet:
    """Build the detector with the shipped weights, ready to detect.

    Raises:
        ValueError: if the file is not the one that was shipped.

    >>> small_pretrained().training
    False
    """
    script = "dlcourse.detection.retinanet.pretrain"
    return load_shipped(small(), WEIGHTS, CHECKSUM, script)
