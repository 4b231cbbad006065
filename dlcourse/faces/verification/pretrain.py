"""Pretrain: learn the siamese networks that are shipped, and judge each by people it has not seen.

Run it by ``python -m dlcourse.faces.verification.pretrain``; it needs half a minute a network on
one idle core, prints its log, and ends each comparison with the checksum that :mod:`.small` keeps.
The files hold the first seed's weights.

Torch:  none
"""

from collections.abc import Sequence

import torch
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR

from dlcourse.data.portraits import Portraits, portraits
from dlcourse.faces._fit import embedded, people_and_pictures
from dlcourse.training import fixed_seed, generator, save_shipped

from .curves import equal_error_rate, tar_at_far
from .pairs import pairs_of
from .siamese import COMPARISONS, Siamese, siamese_loss
from .small import small, weights

__all__ = ["SEEDS", "fit_siamese", "judged", "main"]

SEEDS = (0, 1, 2)
STEPS = 600


def fit_siamese(
    model: Siamese, data: Portraits, steps: int, *, lr: float = 3e-3, seed: int = 0
) -> list[float]:
    """Train in place on all pairs of each batch, which embeds every picture once."""
    optimizer = AdamW(model.parameters(), lr=lr)
    cycle = OneCycleLR(optimizer, lr, total_steps=steps, pct_start=0.2)
    history = []
    model.train()
    batches = people_and_pictures(data.identities, 16, 4, steps, generator(seed))
    for batch in batches:
        one, other, same = pairs_of(data.identities[batch])
        x = model.embedding(data.images[batch])
        error = siamese_loss(model.head(x[one], x[other]), same)
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
        cycle.step()
        history.append(error.item())
    model.eval()
    return history


def judged(model: Siamese, data: Portraits) -> dict[str, float]:
    """Measure the equal error rate, and TAR at a FAR of a hundredth, over all pairs."""
    x = embedded(model.embedding, data.images)
    one, other, same = pairs_of(data.identities)
    with torch.no_grad():
        distances = -model.head(x[one], x[other])
    return {
        "EER": equal_error_rate(distances, same)[0],
        "TAR@FAR=0.01": tar_at_far(distances, same, 0.01)[0],
    }


def main(seeds: Sequence[int] = SEEDS, steps: int = STEPS) -> None:
    """Train with each comparison and seed, print the log, write the files."""
    torch.set_num_threads(1)  # so that sums are taken in one order
    data, test = portraits(500, 10), portraits(100, 8, split="test")
    for comparison in COMPARISONS:
        for seed in seeds:
            with fixed_seed(seed):
                model = small(comparison)
            history = fit_siamese(model, data, steps, seed=seed)
            last = sum(history[-100:]) / len(history[-100:])
            figures = "   ".join(f"{k} {v:.4f}" for k, v in judged(model, test).items())
            print(
                f"{comparison:10} seed {seed}   loss {last:.4f}   {figures}", flush=True
            )
            if seed == seeds[0]:
                checksum = save_shipped(model, weights(comparison))
        print(f"{comparison:10} checksum {checksum}", flush=True)


if __name__ == "__main__":
    main()
