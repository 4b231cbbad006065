"""Pretrain: learn the weights that are shipped, from start to file.

Run it by ``python -m dlcourse.models.transfer.pretrain``; it needs a minute or two on one core,
prints its log, and ends with the accuracy and the checksum that :mod:`.small` keeps. Another
processor may round differently and end at other weights of the same worth.

Torch:  none
"""

import sys
from hashlib import sha256
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR

from dlcourse.training import Batches, fixed_seed, generator, train

from .patches import SOURCE, patches
from .small import WEIGHTS, small

__all__ = ["accuracy", "main", "source_test"]

SEED = 0
EPOCHS = 8


def source_test() -> tuple[Tensor, Tensor]:
    """Cut the patches by which the source task is judged: 200 of each photograph."""
    return patches(SOURCE, 200, "test", generator(SEED + 1))


@torch.no_grad()
def accuracy(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Count the share of right answers.

    >>> accuracy(nn.Identity(), torch.tensor([[0.0, 1.0], [0.0, 1.0]]), torch.tensor([1, 0]))
    0.5
    """
    return (model(images).argmax(dim=1) == labels).double().mean().item()


def main(path: Path = WEIGHTS) -> None:
    """Train, print the log, write the file."""
    from safetensors.torch import save_file

    torch.set_num_threads(1)  # so that sums are taken in one order
    held_out = source_test()
    images, labels = patches(SOURCE, 2500, "train", generator(SEED))
    with fixed_seed(SEED):
        model = small()
    batches = Batches(images, labels, 64, generator(SEED))
    optimizer = AdamW(model.parameters(), lr=1e-2, weight_decay=0.05)
    rise_and_fall = OneCycleLR(optimizer, 1e-2, total_steps=EPOCHS * len(batches))
    history = train(
        model,
        batches,
        cross_entropy,
        optimizer,
        EPOCHS,
        schedule=rise_and_fall,
        evaluate=lambda m: {"accuracy": accuracy(m, *held_out)},
    )
    for entry in history:
        print(
            "epoch {epoch}   loss {loss:.3f}   accuracy {accuracy:.4f}".format(**entry)
        )
    save_file(model.state_dict(), path)
    print(f"parameters {sum(p.numel() for p in model.parameters())}")
    print(f"accuracy   {history[-1]['accuracy']:.4f}")
    print(f"checksum   {sha256(path.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
