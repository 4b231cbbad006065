"""Small: a U-Net for scenes of 96 pixels, and weights for it that come with the package.

Eight channels at the top instead of 64 make a network of half a million weights, with the paper's
four levels. Its twin has all skips cut; what it cannot draw is what they carry.

Axes:   b images of 3 channels, k classes: what a scene can hold, and nothing
Torch:  none
"""

from pathlib import Path

from dlcourse.data.scenes import CLASSES
from dlcourse.training import load_shipped

from .network import UNet

__all__ = ["CHECKSUMS", "FILES", "small", "small_pretrained"]

FILES = {
    skips: Path(__file__).with_name(f"{name}.safetensors")
    for skips, name in {True: "small", False: "twin"}.items()
}
"""The files that are shipped: with skips and without."""

CHECKSUMS = {
    True: "8d122f3f8691a0fb51474a535b93732c800914c1551a951d962543565e739c25",
    False: "acbb54ef22fb696d3c27b977298249134d989a444e9811957f9906a17b43ddbe",
}
"""SHA-256 of the files, as the script printed them."""


def small(*skips: bool) -> UNet:
    """Build the network, as it is used today: same padding and batch normalization.

    Args:
        skips: as of :class:`UNet`; none given means all.

    >>> sum(p.numel() for p in small().parameters())
    486598
    """
    return UNet(
        *(3, len(CLASSES) + 1),
        width=8,
        padding="same",
        normalize=True,
        skips=skips or None,
    )


def small_pretrained(skips: bool = True) -> UNet:
    """Build the network, or its twin without skips, with the shipped weights.

    Raises:
        ValueError: if a file is not the one that was shipped.

    >>> small_pretrained().training
    False
    """
    script = "dlcourse.segmentation.unet.compare"
    return load_shipped(small(*[skips] * 4), FILES[skips], CHECKSUMS[skips], script)
