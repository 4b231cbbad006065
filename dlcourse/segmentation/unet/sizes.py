"""Sizes: how long the side of each map is, and which pictures do not fit.

A pooling of 2x2 needs an even side: from an odd one it drops the last row, so that what comes up
again is a pixel short and lies half a pixel off. A valid convolution of 3x3 takes two pixels off a
side, and at some point there is nothing left to take.

Axes:   none; rows and columns follow the same rule, each for itself
Torch:  none
"""

from typing import NamedTuple

__all__ = ["Step", "fits", "least_side", "nearby", "refuse_size", "trace"]


class Step(NamedTuple):
    """One map on the way: what made it, at which level, and its side in pixels."""

    name: str
    level: int
    side: int


def trace(
    side: int, depth: int = 4, padding: str = "valid"
) -> tuple[list[Step], str | None]:
    """Follow one side of a picture through the network.

    Args:
        side: of the picture, in pixels.
        depth: times that the map is halved.
        padding: "valid" or "same".

    Returns:
        The maps in order, up to the first that cannot be made, and why it cannot: None if the
        picture fits.

    >>> steps, fault = trace(572)
    >>> [step.side for step in steps if step.name == "convolved"]
    [568, 280, 136, 64, 28, 52, 100, 196, 388]
    >>> trace(570)[1]
    'the pooling after level 2 would meet an odd side, 279 pixels'
    """
    loss = 4 if padding == "valid" else 0
    steps = [Step("picture", 0, side)]
    for level in range(depth + 1):
        if level:
            if side % 2:
                return steps, (
                    f"the pooling after level {level} would meet an odd side, {side} pixels"
                )
            side //= 2
            steps.append(Step("pooled", level, side))
        if side <= loss:
            return steps, _nothing_left(level, side)
        side -= loss
        steps.append(Step("convolved", level, side))
    for level in reversed(range(depth)):
        side *= 2
        steps.append(Step("doubled", level, side))
        if side <= loss:
            return steps, _nothing_left(level, side)
        side -= loss
        steps.append(Step("convolved", level, side))
    return steps, None


def _nothing_left(level: int, side: int) -> str:
    pixels = "pixel" if side == 1 else "pixels"
    return f"two convolutions at level {level + 1} need more than {side} {pixels}"


def fits(side: int, depth: int = 4, padding: str = "valid") -> bool:
    """Tell whether a picture of this side passes.

    >>> [side for side in range(1, 230) if fits(side)]
    [188, 204, 220]
    >>> [side for side in range(1, 70) if fits(side, padding="same")]
    [16, 32, 48, 64]
    """
    return side >= 1 and trace(side, depth, padding)[1] is None


def least_side(depth: int = 4, padding: str = "valid") -> int:
    """Find the smallest side that passes; the others follow in steps of ``2**depth``.

    >>> least_side(), least_side(3), least_side(padding="same")
    (188, 92, 16)
    """
    return next(side for side in range(1, 64 << depth) if fits(side, depth, padding))


def nearby(side: int, depth: int = 4, padding: str = "valid") -> list[int]:
    """Give the sides that pass nearest to this one: below it, if there is one, and above.

    >>> nearby(570), nearby(572), nearby(100)
    ([556, 572], [572], [188])
    """
    least, step = least_side(depth, padding), 1 << depth
    if side <= least:
        return [least]
    below = side - (side - least) % step
    return [below] if below == side else [below, below + step]


def refuse_size(side: int, depth: int, padding: str) -> None:
    """Refuse a side that does not pass.

    >>> refuse_size(100, 4, "same")
    Traceback (most recent call last):
    ValueError: a side of 100 pixels does not fit: the pooling after level 3 would meet an odd \
side, 25 pixels; 96 or 112 would do
    """
    fault = trace(side, depth, padding)[1]
    if fault:
        would_do = " or ".join(map(str, nearby(side, depth, padding)))
        raise ValueError(
            f"a side of {side} pixels does not fit: {fault}; {would_do} would do"
        )
