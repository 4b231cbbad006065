"""Batches: cut tensors into mini-batches, in a new order at every pass.

Everything already lies in memory, so no worker processes are needed, and a pass is a permutation
cut into pieces. The permutation comes from a generator of its own, which lets a run repeat.

Axes:   n samples, then whatever a sample has
Torch:  torch.utils.data.DataLoader, for data that does not fit into memory
"""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor

__all__ = ["Batches"]


class Batches:
    """Iterate over ``(inputs, targets)``, shuffled if a generator is given.

    Args:
        inputs: one entry a sample, along the first axis.
        targets: as many.
        size: samples in a batch; the last batch holds what is left.
        generator: source of the orders; without one, the samples keep theirs.

    Raises:
        ValueError: if there are not as many targets as inputs, none at all, or ``size`` is below 1.

    >>> [y.tolist() for x, y in Batches(torch.rand(5, 2), torch.arange(5), size=2)]
    [[0, 1], [2, 3], [4]]
    """

    def __init__(
        self,
        inputs: Tensor,
        targets: Tensor,
        size: int,
        generator: Generator | None = None,
    ) -> None:
        if len(inputs) != len(targets) or not len(inputs):
            raise ValueError(
                f"there are {len(inputs)} inputs and {len(targets)} targets; there must be as "
                "many of both, and at least one"
            )
        if size < 1:
            raise ValueError(f"size ({size}) must be at least 1")
        self.inputs, self.targets = inputs, targets
        self.size, self.generator = size, generator

    def __len__(self) -> int:
        """Count the batches of one pass."""
        return -(-len(self.inputs) // self.size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Make one pass."""
        order = torch.arange(len(self.inputs))
        if self.generator is not None:
            order = torch.randperm(len(self.inputs), generator=self.generator)
        for part in order.split(self.size):
            yield self.inputs[part], self.targets[part]
