"""Sides: check of answer_side."""

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.segmentation import unet as reference

__all__ = ["answer_side"]


def _answer(side: int, depth: int) -> int:
    steps, fault = reference.trace(side, depth)
    return 0 if fault else steps[-1].side


def _walk(
    side: int, depth: int, *, loss: int = 4, bottom: int = 4, least: int = 0
) -> int:
    """Follow the side without looking whether it is odd, down to ``least`` pixels."""
    for _ in range(depth):
        side = (side - loss) // 2
    side -= bottom
    for _ in range(depth):
        if side <= least:
            return 0
        side = 2 * side - loss
    return max(side, 0)


def _only_the_first(side: int, depth: int) -> int:
    return 0 if side % 2 else _walk(side, depth)


def _whole_multiple(side: int, depth: int) -> int:
    """Ask of the picture what only same padding asks."""
    return 0 if side % (1 << depth) else _walk(side, depth)


def _blank_to_zero(side: int, depth: int) -> int:
    """Look for odd sides, and not for those with nothing left."""
    for _ in range(depth):
        side -= 4
        if side % 2:
            return 0
        side //= 2
    side -= 4
    for _ in range(depth):
        side = 2 * side - 4
    return side


def _draw_side(draw: Draw) -> Case:
    """Draw a size that fits in two cases of five; the others are odd somewhere or too small."""
    depth = draw.integer(2, 3 + draw.hard)
    least, step = reference.least_side(depth), 1 << depth
    side = least + step * draw.integer(0, 12)
    kind = draw.integer(0, 4)
    if kind == 2:
        side += step // 2
    elif kind == 3:
        side += 2 * draw.integer(0, step // 2 - 1) + 1
    elif kind == 4:
        side = least - step * draw.integer(1, 2)
    return Case({"side": side, "depth": depth})


answer_side = Check(
    task="answer_side",
    draw=_draw_side,
    reference=_answer,
    mistakes=(
        Mistake(
            "only the picture's own side has to be even",
            "Every pooling needs an even side; look before each.",
            _only_the_first,
        ),
        Mistake(
            "odd sides are rounded down",
            "From an odd side a pooling drops a row: such a picture does not fit, and gives 0.",
            _walk,
        ),
        Mistake(
            "the picture's side has to be a multiple of 2**depth",
            "That is the rule of same padding. Here four pixels go before each pooling.",
            _whole_multiple,
        ),
        Mistake(
            "a side with nothing left is not noticed",
            "Two convolutions need more than four pixels, on the way down and on the way up.",
            _blank_to_zero,
        ),
        Mistake(
            "one convolution a level is counted, and not two",
            "Each level has two valid convolutions of 3x3, which take four pixels off a side.",
            lambda side, depth: (
                _answer(side, depth) and _walk(side, depth, loss=2, bottom=2)
            ),
        ),
        Mistake(
            "the convolutions of the way up are left out",
            "After each doubling two more convolutions follow.",
            lambda side, depth: (
                _answer(side, depth) and _answer(side, depth) + 4 * ((1 << depth) - 1)
            ),
        ),
    ),
    cases=40,
)
