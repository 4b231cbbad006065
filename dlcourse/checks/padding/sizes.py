"""Sizes: checks of output_size, left_over and same_padding, whole numbers along one side."""

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn import padding as reference

__all__ = ["left_over", "output_size", "same_padding"]


def _draw_side(draw: Draw) -> Case:
    window = {
        "kernel_size": draw.integer(1, 5),
        "stride": draw.integer(1, 4),
        "padding": draw.integer(0, 3),
        "dilation": draw.integer(1, 3),
    }
    span = reference.extent(window["kernel_size"], window["dilation"])
    return Case({"n": span + draw.integer(0, 200 if draw.hard else 12), **window})


# output_size


def _moves(n: int, kernel_size: int, padding: int, dilation: int) -> int:
    """Cells by which the first window can move."""
    return n + 2 * padding - reference.extent(kernel_size, dilation)


output_size = Check(
    task="output_size",
    draw=_draw_side,
    reference=reference.output_size,
    mistakes=(
        Mistake(
            "the dilation is forgotten",
            "A kernel with holes spans more cells than it reads.",
            lambda n, kernel_size, stride, padding, dilation: (
                _moves(n, kernel_size, padding, 1) // stride + 1
            ),
        ),
        Mistake(
            "the kernel's extent is taken for dilation times kernel_size",
            "Count it on paper: 3 entries, every second cell. The last one has no hole after it.",
            lambda n, kernel_size, stride, padding, dilation: (
                (n + 2 * padding - dilation * kernel_size) // stride + 1
            ),
        ),
        Mistake(
            "the division is rounded up",
            "A last window that does not fit is left out: round down.",
            lambda n, kernel_size, stride, padding, dilation: (
                -(-_moves(n, kernel_size, padding, dilation) // stride) + 1
            ),
        ),
        Mistake(
            "the padding is counted once",
            "It lies on both ends of the side.",
            lambda n, kernel_size, stride, padding, dilation: (
                (_moves(n, kernel_size, padding, dilation) - padding) // stride + 1
            ),
        ),
        Mistake(
            "the first window is not counted",
            "The division counts the moves of the window; there is one more place than moves.",
            lambda n, kernel_size, stride, padding, dilation: (
                _moves(n, kernel_size, padding, dilation) // stride
            ),
        ),
    ),
    cases=24,
)


# left_over


def _unread(
    n: int, kernel_size: int, stride: int, padding: int, dilation: int = 1
) -> int:
    """Cells beyond the last window, padding among them."""
    return _moves(n, kernel_size, padding, dilation) % stride


left_over = Check(
    task="left_over",
    draw=_draw_side,
    reference=reference.left_over,
    mistakes=(
        Mistake(
            "cells of the padding are counted as well",
            "Only the side's own cells are asked for; the padding at the far end falls off first.",
            _unread,
        ),
        Mistake(
            "the padding is left out",
            "It gives the windows more room on both ends, and at the far end it falls off first.",
            lambda n, kernel_size, stride, padding, dilation: _unread(
                n, kernel_size, stride, 0, dilation
            ),
        ),
        Mistake(
            "the number goes below zero",
            "Where less falls off than there is padding, none of the side's cells does.",
            lambda padding, **rest: _unread(padding=padding, **rest) - padding,
        ),
        Mistake(
            "the dilation is forgotten",
            "A kernel with holes spans more cells than it reads.",
            lambda dilation, **rest: reference.left_over(**rest),
        ),
    ),
    builds_on=(output_size,),
    cases=24,
)


# same_padding


def _total(kernel_size: int, dilation: int) -> int:
    return reference.extent(kernel_size, dilation) - 1


same_padding = Check(
    task="same_padding",
    draw=lambda draw: Case(
        {
            "kernel_size": draw.integer(1, 12 if draw.hard else 6),
            "dilation": draw.integer(1, 4),
        }
    ),
    reference=reference.same_padding,
    mistakes=(
        Mistake(
            "the padding all lies on one side",
            "The size is kept, but the picture moves; divide the cells between the two ends.",
            lambda kernel_size, dilation: (0, _total(kernel_size, dilation)),
        ),
        Mistake(
            "both ends are rounded down",
            "With an even kernel the output is one cell short: the spare cell has to go somewhere.",
            lambda kernel_size, dilation: (_total(kernel_size, dilation) // 2,) * 2,
        ),
        Mistake(
            "the spare cell lies before the side",
            "The size is kept, but torch puts the spare cell after the side.",
            lambda kernel_size, dilation: reference.same_padding(kernel_size, dilation)[
                ::-1
            ],
        ),
        Mistake(
            "the dilation is forgotten",
            "A kernel with holes spans more cells, and so it loses more of them.",
            lambda kernel_size, dilation: reference.same_padding(kernel_size),
        ),
        Mistake(
            "each end gets half the kernel",
            "That fits an odd kernel without holes; count the cells that the kernel takes away.",
            lambda kernel_size, dilation: (kernel_size // 2,) * 2,
        ),
        Mistake(
            "each end gets the whole padding",
            "The two ends share what the kernel loses.",
            lambda kernel_size, dilation: (_total(kernel_size, dilation),) * 2,
        ),
    ),
    cases=16,
)
