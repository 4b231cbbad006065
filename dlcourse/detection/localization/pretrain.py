"""Pretrain: learn the weights that are shipped, from the pretrained backbone to the file.

Run it by ``python -m dlcourse.detection.localization.pretrain``; it needs a minute or so a seed on
one core, prints its log, and ends with the mean average precision of three seeds and the checksum
that :mod:`.pretrained` keeps. The file holds the first seed's weights.

Torch:  none
"""

from collections.abc import Sequence
from pathlib import Path

from dlcourse.data.scenes import CLASSES, scenes
from dlcourse.detection._backbone import backbone_pretrained
from dlcourse.detection._ship import SEEDS, ship

from .model import Localizer
from .pretrained import WEIGHTS

__all__ = ["main"]


def main(path: Path = WEIGHTS, seeds: Sequence[int] = SEEDS) -> float:
    """Train, print the log, write the file; give the mean average precision."""
    return ship(
        lambda: Localizer(backbone_pretrained(), num_classes=len(CLASSES)),
        path,
        train=scenes(1000, objects=(0, 1)),
        test=scenes(200, split="test", seed=1, objects=(0, 1)),
        epochs=12,
        seeds=seeds,
        lr=2e-3,
    )


if __name__ == "__main__":
    main()
