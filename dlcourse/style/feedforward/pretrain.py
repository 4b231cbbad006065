"""Pretrain: learn one style, once with instance and once with batch normalization.

Run it by ``python -m dlcourse.style.feedforward.pretrain``; it needs three minutes or so on one
core for each, and prints its log: the mean losses of every so many steps, and the checksum that
:mod:`.small` keeps. The network with batch normalization is there for comparison and is not kept.
Another processor may round differently and end at other weights of the same worth.

Torch:  none
"""

import torch
from torch import nn

from dlcourse.training import fixed_seed, generator, save_shipped

from .fitting import fit, photographs
from .small import WEIGHTS, loss_of_style, small

__all__ = ["main"]

SEED = 0
STEPS = 300
EACH = 20
"""Steps over which the log takes a mean."""


def learned(norm: type[nn.Module]) -> nn.Module:
    """Train one network and print its log."""
    with fixed_seed(SEED):
        model = small(norm)
    loss, pictures = loss_of_style(), photographs()
    history = fit(model, loss, pictures, STEPS, generator=generator(SEED))
    for start in range(0, STEPS, EACH):
        some = history[start : start + EACH]
        told = "   ".join(
            f"{name} {sum(entry[name] for entry in some) / len(some):.4f}"
            for name in ("content", "style", "variation", "total")
        )
        print(f"{norm.__name__}   step {start + EACH}   {told}", flush=True)
    return model


def main() -> None:
    """Train, print the log, write the file."""
    torch.set_num_threads(1)  # so that sums are taken in one order
    model = learned(nn.InstanceNorm2d)
    print(f"checksum   {save_shipped(model, WEIGHTS)}", flush=True)
    learned(nn.BatchNorm2d)


if __name__ == "__main__":
    main()
