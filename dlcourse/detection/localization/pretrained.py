"""Pretrained: a localizer with the weights that ``pretrain`` learned on scenes.

Torch:  none
"""

from pathlib import Path

from dlcourse.training import load_shipped

from .model import Localizer

__all__ = ["CHECKSUM", "WEIGHTS", "localizer_pretrained"]

WEIGHTS = Path(__file__).with_name("localizer.safetensors")
"""The file that is shipped."""

CHECKSUM = "006a588732f5b4f748ce27060020dd42c937fc642589e571510951063110af27"
"""SHA-256 of the file, as the script printed it."""


def localizer_pretrained() -> Localizer:
    """Build the localizer for scenes of 96 pixels with the shipped weights.

    Raises:
        ValueError: if the file is not the one that was shipped.

    >>> localizer_pretrained()(torch.zeros(1, 3, 96, 96))[0]["boxes"].shape
    torch.Size([1, 4])
    """
    script = "dlcourse.detection.localization.pretrain"
    return load_shipped(Localizer(num_classes=5), WEIGHTS, CHECKSUM, script)
