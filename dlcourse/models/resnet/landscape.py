"""Landscape: a loss with a million variables, looked at along two directions.

Weights before a normalization can be doubled without any effect, so a step of one length means much
in a network of small weights and little in one of large weights. Therefore each filter of a random
direction is given the length of the filter it will be added to. Then two pictures can be compared.

Axes:   steps along the first direction, then along the second
Paper:  Li, Xu, Taylor, Studer & Goldstein 2018, "Visualizing the loss landscape of neural nets"
Torch:  none
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

__all__ = ["filter_normalized", "loss_surface"]


@torch.no_grad()
def filter_normalized(model: nn.Module, generator: Generator) -> list[Tensor]:
    """Draw a direction in which each filter is as long as the model's own.

    Biases and normalizations stay where they are, as in the paper: their direction is zero.

    >>> model = nn.Linear(2, 1)
    >>> weight, bias = filter_normalized(model, torch.Generator().manual_seed(0))
    >>> torch.allclose(weight.norm(), model.weight.norm()), bias.item()
    (True, 0.0)
    """
    return [_of_length(p, generator) for p in model.parameters()]


def _of_length(
    parameter: Float[Tensor, "*shape"], generator: Generator
) -> Float[Tensor, "*shape"]:
    """Draw a tensor whose entries along the first axis are as long as the parameter's."""
    if parameter.ndim < 2:
        return torch.zeros_like(parameter)
    drawn = torch.empty_like(parameter).normal_(generator=generator)
    own, other = (
        torch.linalg.vector_norm(t.flatten(1), dim=1) for t in (parameter, drawn)
    )
    return torch.einsum("o...,o->o...", drawn, own / other)


@torch.no_grad()
def loss_surface(
    loss: Callable[[], Tensor],
    parameters: Sequence[nn.Parameter],
    directions: tuple[Sequence[Tensor], Sequence[Tensor]],
    steps: Float[Tensor, "n"],
) -> Float[Tensor, "n n"]:
    """Move the parameters by all pairs of steps along two directions and note the loss.

    The parameters come back to where they were.

    >>> w = nn.Parameter(torch.tensor([1.0, 2.0]))
    >>> axes = [torch.tensor([1.0, 0.0])], [torch.tensor([0.0, 1.0])]
    >>> loss_surface(lambda: w.square().sum(), [w], axes, torch.tensor([-1.0, 0.0])).tolist()
    [[1.0, 4.0], [2.0, 5.0]]
    """
    before = [p.clone() for p in parameters]
    surface = steps.new_empty(len(steps), len(steps))
    for row, first in enumerate(steps):
        for column, second in enumerate(steps):
            for p, start, one, other in zip(
                parameters, before, *directions, strict=True
            ):
                p.copy_(start + first * one + second * other)
            surface[row, column] = loss()
    for p, start in zip(parameters, before, strict=True):
        p.copy_(start)
    return surface
