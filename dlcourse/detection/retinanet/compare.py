"""Compare: all detectors of this part on the same scenes, their precision and their time.

The papers' tables differ in data, backbone and machine. Here all stand on one backbone, learned
from scenes of one kind, and are judged on the same 200. Run it by
``python -m dlcourse.detection.retinanet.compare``; it needs a minute or two on one core.

Axes:   b images of 3 channels and 96 pixels a side
Torch:  none
"""

from collections.abc import Callable
from statistics import median
from time import perf_counter

import torch
from torch import nn

from dlcourse.axes import Images
from dlcourse.data.scenes import scenes
from dlcourse.detection.precision import mean_average_precision
from dlcourse.detection.rcnn.shipped import (
    fast_pretrained,
    faster_pretrained,
    rcnn_pretrained,
)
from dlcourse.detection.ssd.small import small_pretrained as ssd_pretrained
from dlcourse.detection.yolo.small import small_pretrained as yolo_pretrained

from .small import small_pretrained

__all__ = ["DETECTORS", "main", "seconds"]

DETECTORS: dict[str, Callable[[], nn.Module]] = {
    "R-CNN": rcnn_pretrained,
    "Fast R-CNN": fast_pretrained,
    "Faster R-CNN": faster_pretrained,
    "YOLOv3": yolo_pretrained,
    "SSD": ssd_pretrained,
    "RetinaNet": small_pretrained,
}
"""Makers of the detectors, each with its shipped weights, in the order of their papers."""


@torch.no_grad()
def seconds(model: nn.Module, images: Images) -> float:
    """Time one image at a time, from pixels to boxes; give the median."""
    model(images[:1])  # the first call also allocates
    times = []
    for image in images.split(1):
        start = perf_counter()
        model(image)
        times.append(perf_counter() - start)
    return median(times)


@torch.no_grad()
def main() -> None:
    """Print one line for each detector."""
    torch.set_num_threads(1)
    test = scenes(200, split="test", seed=1)
    for name, build in DETECTORS.items():
        model = build()
        found = [each for image in test.images.split(1) for each in model(image)]
        value = mean_average_precision(found, test.targets)
        print(f"{name:13} mAP {value:.4f}")


if __name__ == "__main__":
    main()
