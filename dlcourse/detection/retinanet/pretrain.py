"""Pretrain: learn the weights that are shipped, from the pretrained backbone to the file.

Run it by ``python -m dlcourse.detection.retinanet.pretrain``; it needs some minutes a seed on one
core, prints its log, and ends with the mean average precision of three seeds and the checksum that
:mod:`.small` keeps. The file holds the first seed's weights.

Torch:  none
"""

from collections.abc import Sequence
from pathlib import Path

from dlcourse.data.scenes import scenes
from dlcourse.detection._backbone import backbone_pretrained
from dlcourse.detection._ship import SEEDS, ship

from .small import WEIGHTS, small

__all__ = ["main"]


def main(path: Path = WEIGHTS, seeds: Sequence[int] = SEEDS) -> float:
    """Train, print the log, write the file; give the mean average precision."""
    return ship(
        lambda: small(backbone_pretrained()),
        path,
        train=scenes(1500),
        test=scenes(200, split="test", seed=1),
        epochs=8,
        seeds=seeds,
    )


if __name__ == "__main__":
    main()
