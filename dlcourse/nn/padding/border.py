"""Border: continue an image beyond its edge.

A window at the edge needs pixels that nobody photographed. Zeros are cheapest, and tell the layer
where the edge is; the other three modes copy pixels, and differ in which. So each of them is a rule
that sends a place outside the side to a place inside, and the image is read at those places.

Axes:   b batch and whatever else comes first, h w input
Torch:  torch.nn.functional.pad, whose "constant" is called "zeros" here as in torch.nn.Conv2d;
        torch also takes negative numbers, which cut cells off
"""

from collections.abc import Sequence

import torch
from jaxtyping import Int, Num
from torch import Tensor

__all__ = ["MODES", "pad2d", "refuse_mode"]

MODES = ("zeros", "reflect", "replicate", "circular")
"""How an image can go on beyond its edge."""


def pad2d(
    x: Num[Tensor, "*b h w"],
    padding: int | Sequence[int],
    mode: str = "zeros",
    value: float = 0.0,
) -> Num[Tensor, "*b oh ow"]:
    """Surround every image by a border of cells.

    ``abcd`` with two cells on each side is ``00abcd00`` (zeros), ``cbabcdcb`` (reflect),
    ``aaabcddd`` (replicate), ``cdabcdab`` (circular).

    Args:
        x: images; any axes may come before the two sides.
        padding: pixels at (left, right, top, bottom), or one number for all four.
        mode: one of :data:`MODES`.
        value: what mode "zeros" fills the border with.

    Raises:
        ValueError: if the mode is unknown or takes no value, the padding is not four numbers of at
            least 0, or a side is too short to be copied from.

    >>> row = torch.tensor([[1, 2, 3]])
    >>> pad2d(row, (2, 1, 0, 0), mode="reflect").tolist()
    [[3, 2, 1, 2, 3, 2]]
    """
    refuse_mode(mode)
    left, right, top, bottom = _four(padding)
    if mode == "zeros":
        height, width = x.shape[-2:]
        shape = *x.shape[:-2], top + height + bottom, left + width + right
        padded = x.new_full(shape, value)
        padded[..., top : top + height, left : left + width] = x
        return padded
    if value:
        raise ValueError(f'value ({value}) is for mode "zeros", not "{mode}"')
    rows = _sources(x.shape[-2], top, bottom, mode).to(x.device)
    columns = _sources(x.shape[-1], left, right, mode).to(x.device)
    return x[..., rows[:, None], columns]


def refuse_mode(mode: str) -> None:
    """Refuse a mode that is none of :data:`MODES`."""
    if mode not in MODES:
        raise ValueError(f'mode "{mode}" is unknown; there are {", ".join(MODES)}')


def _four(padding: int | Sequence[int]) -> tuple[int, ...]:
    cells = (padding,) * 4 if isinstance(padding, int) else tuple(padding)
    if len(cells) != 4:
        raise ValueError(
            f"padding {cells} has {len(cells)} entries; it needs 4 (left, right, top, bottom)"
        )
    if min(cells) < 0:
        raise ValueError(f"padding {cells} goes below 0; cut cells off with a slice")
    return cells


def _sources(n: int, before: int, after: int, mode: str) -> Int[Tensor, "padded"]:
    """Say for each cell of the padded side which cell of the side it copies."""
    _refuse_short(n, before, after, mode)
    places = torch.arange(-before, n + after)
    if mode == "circular":
        return places % n
    if mode == "replicate":
        return places.clamp(0, n - 1)
    # The edge is the mirror, so it is not repeated: fold at 0, then at n - 1.
    return (n - 1) - ((n - 1) - places.abs()).abs()


def _refuse_short(n: int, before: int, after: int, mode: str) -> None:
    """Refuse to copy a cell from a side that does not have it."""
    wanted = max(before, after)
    there = {"reflect": n - 1, "circular": n}.get(mode, wanted)
    if n == 0 or wanted > there:
        raise ValueError(
            f'"{mode}" cannot add {wanted} cells to a side of {n}; it needs a side of '
            f"{max(1, wanted + n - there)}"
        )
