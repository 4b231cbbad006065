"""Small: an SSD for scenes of 96 pixels, and weights for it that come with the package.

The maps of the shared backbone have 12, 6 and 3 cells a side. The longer sides of the things are 15
to 60 hundredths of a scene, and the scales of the default boxes are spread over these.

Axes:   b images of 3 channels and 96 pixels a side; others do as well
Torch:  none
"""

from pathlib import Path

from dlcourse.data.scenes import CLASSES
from dlcourse.detection._backbone import Backbone
from dlcourse.training import load_shipped

from .network import SSD, DefaultBoxes

__all__ = ["BOXES", "CHECKSUM", "MAP", "WEIGHTS", "small", "small_pretrained"]

WEIGHTS = Path(__file__).with_name("small.safetensors")
"""The file that is shipped."""

CHECKSUM = "f7dd382b20b307786dfdc359c2185d2f0bcc3199bf0fde9b6ecb84ceeb9650e6"
"""SHA-256 of the file, as the script printed it."""

MAP = 0.8088
"""Mean average precision of these weights on the test scenes, as the script printed it."""

BOXES = DefaultBoxes(
    aspect_ratios=((2, 3), (2, 3), (2,)), scales=(0.17, 0.32, 0.5, 0.7)
)
"""Six boxes a cell on the two finer maps and four on the coarse: 1,116 in all."""


def small(backbone: Backbone | None = None, **options: float) -> SSD:
    """Build the detector.

    Args:
        backbone: gives three maps; left out, one that has learned nothing.
        options: of :class:`SSD`; ``boxes`` may be others than :data:`BOXES`.

    >>> small().boxes.per_cell
    [6, 6, 4]
    """
    body = Backbone() if backbone is None else backbone
    return SSD(body, body.channels, len(CLASSES), **{"boxes": BOXES, **options})


def small_pretrained() -> SSD:
    """Build the detector with the shipped weights, ready to detect.

    Raises:
        ValueError: if the file is not the one that was shipped.

    >>> small_pretrained().training
    False
    """
    script = "dlcourse.detection.ssd.pretrain"
    return load_shipped(small(), WEIGHTS, CHECKSUM, script)
