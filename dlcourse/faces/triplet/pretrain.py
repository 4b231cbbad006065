"""Pretrain: learn the weights that are shipped, and compare what mining does.

Run it by ``python -m dlcourse.faces.triplet.pretrain``; it needs half a minute for each of its five
seeds on one core, and two minutes for the comparison. It prints its log, and the checksum that
:mod:`.small` keeps. The file holds the first seed's weights, not the best ones. Another processor
may round differently and end at other weights of the same worth.

Torch:  none
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import torch
from torch import nn

from dlcourse.data.portraits import Portraits, portraits
from dlcourse.faces._embedding import Embedding
from dlcourse.faces._fit import embedded, fit, verification_accuracy
from dlcourse.training import fixed_seed, generator, save_shipped

from .mined import mined_triplet_loss
from .mining import (
    active_triplets,
    hard_triplets,
    random_triplets,
    semi_hard_triplets,
)
from .small import WEIGHTS, held_out_people

__all__ = ["judged", "learned", "main", "train_people"]

CHOICES = {
    "random": random_triplets,
    "all": active_triplets,
    "hard": hard_triplets,
    "semi-hard": semi_hard_triplets,
}
MARGIN = 0.2
STEPS = 1000
SHORT = 300
"""Batches from which the networks learn that are only compared."""


def train_people() -> Portraits:
    """Draw the people that are learned from: eight hundred, on eight pictures each."""
    return portraits(800, 8)


def learned(data: Portraits, choice: str, steps: int, seed: int) -> nn.Module:
    """Train one embedding; the seed draws its first weights and its batches."""
    with fixed_seed(seed):
        model = Embedding()
    mine = CHOICES[choice]
    if mine is random_triplets:
        mine = partial(mine, generator=generator(100 + seed))
    loss = partial(mined_triplet_loss, margin=MARGIN, mine=mine)
    fit(model, loss, data.images, data.identities, steps, generator=generator(seed))
    return model


def judged(model: nn.Module, data: Portraits) -> tuple[float, float]:
    """Measure the verification accuracy, and the mean squared distance of two embeddings."""
    found = embedded(model, data.images)
    accuracy = verification_accuracy(found, data.identities)
    return accuracy, torch.pdist(found).square().mean().item()


def main(
    path: Path = WEIGHTS,
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    short_seeds: Sequence[int] = (0, 1, 2),
) -> None:
    """Train, print the log, write the file."""
    torch.set_num_threads(1)  # so that sums are taken in one order
    train, test = train_people(), held_out_people()
    accuracies = []
    for seed in seeds:
        model = learned(train, "semi-hard", STEPS, seed)
        accuracies.append(judged(model, test)[0])
        print(
            f"shipped semi-hard seed {seed} accuracy {accuracies[-1]:.4f}", flush=True
        )
        if seed == seeds[0]:
            checksum = save_shipped(model, path)
    for choice in CHOICES:
        for seed in short_seeds:
            model = learned(train, choice, SHORT, seed)
            accuracy, spread = judged(model, test)
            told = f"accuracy {accuracy:.4f} spread {spread:.4f}"
            print(f"short {choice} seed {seed} {told}", flush=True)
    print(f"mean of {len(accuracies)} seeds {sum(accuracies) / len(accuracies):.4f}")
    print(f"checksum {checksum}")


if __name__ == "__main__":
    main()
