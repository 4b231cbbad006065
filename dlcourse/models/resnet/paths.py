"""Paths: a residual network is many networks of all lengths, from short to deep.

A signal may pass each block by its layers or by its shortcut. With n blocks that makes 2^n paths,
most of them half as long as the network; a plain network has one. So a block that is taken out of a
residual network ends half of the paths, and of a plain one all.

Axes:   b images, c channels, h w pixels; i and oh ow of the first block's input
Paper:  Veit, Wilber & Belongie 2016, "Residual networks behave like ensembles of relatively shallow
        networks"
Torch:  none
"""

from collections.abc import Collection
from copy import deepcopy
from math import comb

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images

from .blocks import Block
from .network import ResNet

__all__ = ["blocks_of", "gradient_along", "path_shares", "without_block"]


def path_shares(blocks: int) -> Float[Tensor, "lengths"]:
    """Give the share of paths that pass the layers of 0, 1, ... blocks: ``C(n, k) / 2^n``.

    >>> path_shares(2).tolist()
    [0.25, 0.5, 0.25]
    """
    counts = [comb(blocks, length) for length in range(blocks + 1)]
    return torch.tensor(counts, dtype=torch.float64) / 2**blocks


def blocks_of(model: ResNet) -> list[Block]:
    """List the blocks of all stages in their order."""
    return [block for stage in model.stages for block in stage]


class _Zero(nn.Module):
    """The residual of a block that has been taken out."""

    def forward(self, x: Tensor) -> float:
        return 0.0


def without_block(model: ResNet, place: int) -> ResNet:
    """Copy the model and take the layers of one block out; what is left is its shortcut.

    A plain block is replaced by nothing at all, which needs a block that keeps the shape.

    Raises:
        ValueError: if the block is plain and changes the shape.
    """
    copy = deepcopy(model)
    block = blocks_of(copy)[place]
    if block.shortcut is None and _changes_shape(block):
        raise ValueError(
            f"block {place} is plain and changes the shape, so the others need it"
        )
    block.shortcut = block.shortcut or nn.Identity()
    block.residual = _Zero()
    return copy


def _changes_shape(block: Block) -> bool:
    first = block.residual[0].conv
    return first.stride != (1, 1) or first.in_channels != block.out_channels


def gradient_along(
    model: ResNet, x: Images, layers: Collection[int]
) -> Float[Tensor, "b i oh ow"]:
    """Give the gradient that comes to the first block's input along one path.

    The way forward is the whole network's, up to the sum of its scores. On the way back, the blocks
    in ``layers`` pass the gradient through their layers alone, the others through their shortcut.
    """
    start = model.stem(x).detach().requires_grad_()
    y = start
    for place, block in enumerate(blocks_of(model)):
        residual, past = block.residual(y), block.shortcut(y)
        if place in layers:
            past = past.detach()
        else:
            residual = residual.detach()
        y = (residual + past).relu()
    scores = model.fc(model.tail(y).mean(dim=(2, 3)))
    return torch.autograd.grad(scores.sum(), start)[0]
