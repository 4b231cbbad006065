"""Pretrain: learn the weights that are shipped, from the pretrained backbone to the file.

Run it by ``python -m dlcourse.detection.yolo.pretrain``; it needs a quarter of an hour on one core,
prints its log, and ends with the mean average precision of three seeds and the checksum that
:mod:`.small` keeps. The file holds the first seed's weights. Versions 1 and 2 learn from the same
scenes for as long, once each, to be compared with; their weights are not kept.

Torch:  none
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import nn

from dlcourse.data.scenes import scenes
from dlcourse.detection._backbone import backbone_pretrained
from dlcourse.detection._ship import judged, learned
from dlcourse.training import save_shipped

from .detector import GridDetector
from .small import WEIGHTS, small, small_v1, small_v2

__all__ = ["main"]

RUNS = (("v3", 0), ("v3", 1), ("v3", 2), ("v2", 0), ("v1", 0))
"""Version and seed."""

BUILDS = {"v1": small_v1, "v2": small_v2, "v3": small}
EPOCHS = 18

RATES = {"v1": 1e-3, "v2": 3e-3, "v3": 3e-3}
"""Version 1 has no normalization in its head, and learns nothing at all at the others' rate."""


def _on_backbone(build: Callable[[nn.Module], GridDetector]) -> GridDetector:
    return build(backbone_pretrained())


def main() -> None:
    """Train, print the log, write the file."""
    torch.set_num_threads(1)  # so that sums are taken in one order
    train, test = scenes(1000), scenes(200, split="test", seed=1)
    values: dict[str, list[float]] = {}
    for version, seed in RUNS:
        build = partial(_on_backbone, BUILDS[version])
        model, history = learned(build, seed, train, EPOCHS, lr=RATES[version])
        for epoch, losses in enumerate(history):
            told = "   ".join(f"{name} {value:.3f}" for name, value in losses.items())
            print(f"{version}   seed {seed}   epoch {epoch}   {told}")
        values.setdefault(version, []).append(judged(model, test))
        print(f"{version}   seed {seed}   mAP {values[version][-1]:.4f}", flush=True)
        if (version, seed) == RUNS[0]:
            checksum = save_shipped(model, WEIGHTS)
    for version, found in values.items():
        mean = sum(found) / len(found)
        print(f"{version}   mean of {len(found)} seeds   mAP {mean:.4f}")
    print(f"checksum   {checksum}")


if __name__ == "__main__":
    main()
