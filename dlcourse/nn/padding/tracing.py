"""Tracing: which cells reach an output, asked of the gradient.

The formula believes what the layers are said to be. The gradient asks the network: a cell that can
change an output has a slope there, and one out of sight has exactly none.

Axes:   b images, c channels, then any sides
Paper:  Luo, Li, Urtasun & Zemel 2016, "Understanding the effective receptive field in deep
        convolutional neural networks"
Torch:  torch.autograd.grad
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from .receptive import ReceptiveField

__all__ = ["reached", "receptive_field_by_gradient"]

Network = Callable[[Tensor], Tensor]


def reached(
    network: Network, x: Float[Tensor, "b c *sides"], place: Sequence[int]
) -> Bool[Tensor, "*sides"]:
    """Mark the cells where the sum of the outputs at ``place`` has a gradient that is not zero.

    A cell counts if it does so in any channel of any image. A maximum hands its slope to one cell
    only, so a network with max pooling wants many images.

    >>> reached(lambda x: x[..., 1:] - x[..., :-1], torch.rand(1, 1, 4), [2]).tolist()
    [False, False, True, True]
    """
    leaf = x.detach().clone().requires_grad_()
    with torch.enable_grad():
        output = network(leaf)[(..., *place)].sum()
    (slope,) = torch.autograd.grad(output, leaf)
    return (slope != 0).flatten(0, 1).any(dim=0)


def receptive_field_by_gradient(
    network: Network, x: Float[Tensor, "b c *sides"]
) -> ReceptiveField:
    """Measure the field along the last side, at the output in the middle and the one before it.

    Raises:
        ValueError: if ``x`` is so small that a field reaches its border, where it may be cut off,
            or nothing reaches the output.

    >>> receptive_field_by_gradient(lambda x: x[..., 1:] - x[..., :-1], torch.rand(1, 1, 9))
    ReceptiveField(size=2, jump=1, start=0)
    """
    with torch.no_grad():
        *others, middle = (n // 2 for n in network(x).shape[2:])
    first, last = _ends(reached(network, x, [*others, middle]))
    # At an only output this is the same place; its field then fills x and is refused below.
    before, _ = _ends(reached(network, x, [*others, middle - 1]))
    if before == 0 or last == x.shape[-1] - 1:
        raise ValueError(
            f"the fields in the middle reach from cell {before} to {last} of {x.shape[-1]}, up to "
            "the border, where they may be cut off; give a larger x"
        )
    jump = first - before
    return ReceptiveField(last - first + 1, jump, first - middle * jump)


def _ends(cells: Bool[Tensor, "*sides"]) -> tuple[int, int]:
    """Find the first and the last marked cell along the last side."""
    (marked,) = cells.reshape(-1, cells.shape[-1]).any(dim=0).nonzero(as_tuple=True)
    if len(marked) == 0:
        raise ValueError(
            "no cell of x reaches the output; a ReLU may be off: give more images"
        )
    return int(marked[0]), int(marked[-1])
