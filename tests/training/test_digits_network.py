"""Digits: a small network of this course's own parts reads held-out digits.

One seed's share of 450 digits has a standard error of about half a point, so five are averaged.
"""

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from dlcourse.data.digits import digits
from dlcourse.nn.convolution import Conv2d
from dlcourse.nn.normalization import BatchNorm2d
from dlcourse.nn.pooling import MaxPool2d
from dlcourse.optim.optimizers import AdamW
from dlcourse.optim.schedules import OneCycleLR
from dlcourse.training import Batches, fixed_seed, generator, train

SEEDS, EPOCHS, SIZE = 5, 10, 64


def network() -> nn.Sequential:
    return nn.Sequential(
        *(Conv2d(1, 32, 3, padding=1), BatchNorm2d(32), nn.ReLU()),
        *(Conv2d(32, 64, 3, padding=1), BatchNorm2d(64), nn.ReLU(), MaxPool2d(2)),
        *(Conv2d(64, 64, 3, padding=1), BatchNorm2d(64), nn.ReLU()),
        *(nn.Flatten(), nn.Dropout(0.3), nn.Linear(64 * 16, 10)),
    )


def share_right(seed: int) -> float:
    """Train from a seed; the share of held-out digits read rightly."""
    images, labels = digits("train")
    batches = Batches(images, labels, SIZE, generator=generator(seed))
    with fixed_seed(seed):
        model = network()
        optimizer = AdamW(model.parameters(), lr=1e-3, weight_decay=1e-2)
        schedule = OneCycleLR(optimizer, max_lr=5e-3, total_steps=EPOCHS * len(batches))
        train(model, batches, cross_entropy, optimizer, EPOCHS, schedule=schedule)
    unseen, truth = digits("test")
    with torch.no_grad():
        return (model.eval()(unseen).argmax(dim=1) == truth).float().mean().item()


def test_five_networks_read_digits():
    shares = [share_right(seed) for seed in range(SEEDS)]
    assert sum(shares) / SEEDS >= 0.987, shares
