"""Digits: how well and how fast a small network learns to read, over five seeds.

Run it with ``python -m benchmarks digits``.
"""

import time
from collections.abc import Iterator
from statistics import mean

import torch
import torch.nn.functional as F
from torch import nn

from benchmarks.family import run
from benchmarks.place import Place
from benchmarks.result import Result
from dlcourse.data.digits import digits
from dlcourse.optim.optimizers import AdamW
from dlcourse.optim.schedules import OneCycleLR
from dlcourse.training import Batches, fixed_seed, generator, train

SEEDS, EPOCHS, BATCH, RATE = range(5), 10, 64, 1e-2
WIDTHS = (16, 32, 32, 64)
ACCURACY, SECONDS = 98.7, 3.0
"""At least so many percent, in at most so much time."""


def _network() -> nn.Module:
    """Four convolutions with batch normalization; the map is halved after every second."""
    layers: list[nn.Module] = []
    channels = 1
    for depth, width in enumerate(WIDTHS):
        layers += [
            nn.Conv2d(channels, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
        ]
        if depth % 2:
            layers.append(nn.MaxPool2d(2))
        channels = width
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(4 * channels, 10))


def _learn(seed: int, place: Place) -> tuple[float, float]:
    """Learn from one start; give percent right on unseen digits, and seconds."""
    (images, labels), (unseen, truth) = digits("train"), digits("test")
    began = time.process_time()
    with fixed_seed(seed):
        model = _network().to(place.device)
    batches = Batches(images, labels, size=BATCH, generator=generator(seed))
    optimizer = AdamW(model.parameters(), lr=RATE, weight_decay=1e-2)
    schedule = OneCycleLR(optimizer, max_lr=RATE, total_steps=EPOCHS * len(batches))
    train(model, batches, F.cross_entropy, optimizer, EPOCHS, schedule=schedule)
    took = time.process_time() - began
    model.eval()
    with torch.no_grad():
        answers = model(unseen.to(place.device)).argmax(dim=1).cpu()
    return 100 * (answers == truth).double().mean().item(), took


def measure(place: Place) -> Iterator[Result]:
    """Learn from every seed."""
    right, took = zip(*(_learn(seed, place) for seed in SEEDS), strict=True)
    for case, values, unit, bar in (
        ("accuracy, mean of five seeds", right, "%", ACCURACY),
        ("seconds, mean of five seeds", took, "s", SECONDS),
    ):
        yield Result(
            "digits CNN",
            "the bar",
            case,
            mean(values),
            unit,
            low=min(values),
            high=max(values),
            bar=bar,
            at_least=unit == "%",
        )


if __name__ == "__main__":
    run("digits", measure)
