"""Detectors: the shipped weights reach what their pages say, and can be learned again.

A page quotes what its script printed once. Here the shipped weights are judged anew on
the 200 test scenes, and with ``--learn`` one seed of each training that takes minutes
is run from the start. Whatever falls below its floor ends the script with an error.

Run it with ``python -m benchmarks.detectors``, every night with ``--learn``.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import torch

from dlcourse.data.scenes import scenes
from dlcourse.detection._ship import judged
from dlcourse.detection.localization.pretrain import main as learn_localizer
from dlcourse.detection.retinanet.compare import DETECTORS
from dlcourse.detection.retinanet.pretrain import main as learn_retinanet
from dlcourse.detection.ssd.pretrain import main as learn_ssd

SHIPPED = {
    "R-CNN": 0.64,
    "Fast R-CNN": 0.62,
    "Faster R-CNN": 0.66,
    "YOLOv3": 0.67,
    "SSD": 0.79,
    "RetinaNet": 0.77,
}
"""Floors of the weights, which give the same answers but for rounding."""

LEARNED = {
    "Localizer": (learn_localizer, 0.28),
    "SSD": (learn_ssd, 0.77),
    "RetinaNet": (learn_retinanet, 0.74),
}
"""Floors of one new training: seeds differ by a few hundredths."""


def shipped() -> Iterator[tuple[str, float, float]]:
    """Judge the weights as they are: name, mean average precision, floor."""
    test = scenes(200, split="test", seed=1)
    for name, make in DETECTORS.items():
        yield name, judged(make(), test), SHIPPED[name]


def learned() -> Iterator[tuple[str, float, float]]:
    """Learn the first seed of each again, into a file that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        for name, (learn, floor) in LEARNED.items():
            yield name, learn(Path(folder) / "again.safetensors", seeds=(0,)), floor


def main() -> int:
    """Print a line each; 1 if one is below its floor."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learn", action="store_true", help="train again as well")
    rounds = [shipped, learned] if parser.parse_args().learn else [shipped]
    torch.set_num_threads(1)
    low = 0
    for name, value, floor in (line for each in rounds for line in each()):
        low += value < floor
        sign = "below" if value < floor else "reaches"
        print(f"{name:14} mAP {value:.3f}   {sign} {floor:.2f}", flush=True)
    return int(low > 0)


if __name__ == "__main__":
    sys.exit(main())
