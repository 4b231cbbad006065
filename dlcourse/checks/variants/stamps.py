"""Stamps: the check of conv_transpose2d."""

from itertools import product

import torch
from torch import Tensor
from torch.nn.functional import pad

from dlcourse.checks.convolution.layers import LIBRARY
from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn import variants as reference

__all__ = ["conv_transpose2d"]


def _transposed(
    x: Tensor, weight: Tensor, stride: int, padding: int, output_padding: int
) -> Tensor:
    return reference.conv_transpose2d(x, weight, None, stride, padding, output_padding)


def _canvas(x: Tensor, weight: Tensor, stride: int) -> Tensor:
    """All stamps, nothing cropped."""
    return reference.conv_transpose2d(x, weight, None, stride)


def _overwritten(
    x: Tensor, weight: Tensor, stride: int, padding: int, output_padding: int
) -> Tensor:
    """Set the cells of each stamp instead of adding to them; the last stamp stays."""
    canvas = torch.zeros_like(_canvas(x, weight, stride))
    height, width = weight.shape[2:]
    for row, column in product(*map(range, x.shape[2:])):
        stamp = x[:, :, row, column] @ weight.flatten(1)
        top, left = row * stride, column * stride
        cells = canvas[:, :, top : top + height, left : left + width]
        cells[:] = stamp.view_as(cells)
    return _cropped(canvas, padding, padding - output_padding)


def _side_by_side(
    x: Tensor, weight: Tensor, stride: int, padding: int, output_padding: int
) -> Tensor:
    """Move by one cell from stamp to stamp but keep the size that the stride gives."""
    close = _canvas(x, weight, 1)
    rows, columns = _canvas(x, weight, stride).shape[2:]
    canvas = pad(close, (0, columns - close.shape[3], 0, rows - close.shape[2]))
    return _cropped(canvas, padding, padding - output_padding)


def _cropped(canvas: Tensor, before: int, after: int) -> Tensor:
    return pad(canvas, (-before, -after, -before, -after))


def _cropped_by_slice(
    x: Tensor, weight: Tensor, stride: int, padding: int, output_padding: int
) -> Tensor:
    canvas = _cropped(_canvas(x, weight, stride), 0, -output_padding)
    return canvas[..., padding:-padding, padding:-padding]


def _draw_stamps(draw: Draw) -> Case:
    kernel = draw.integer(2, 4), draw.integer(2, 3)
    channels, filters, stride = (
        draw.integer(1, 3),
        draw.integer(1, 3),
        draw.integer(2, 3),
    )
    shape = draw.integer(1, 2), channels, draw.side(3), draw.side(3)
    return Case(
        {
            "x": draw.tensor(*shape),
            "weight": draw.tensor(channels, filters, *kernel),
            "stride": stride,
            "padding": draw.integer(0, min(kernel) - 1),
            "output_padding": draw.integer(0, stride - 1),
        }
    )


conv_transpose2d = Check(
    task="conv_transpose2d",
    draw=_draw_stamps,
    reference=_transposed,
    mistakes=(
        Mistake(
            "stamps overwrite each other",
            "Where they overlap, they add up: use += on the cells of the stamp.",
            _overwritten,
        ),
        Mistake(
            "the padding is added instead of cropped",
            "A convolution adds padding; its transpose takes as much away from every side.",
            lambda x, weight, stride, padding, output_padding: _cropped(
                _canvas(x, weight, stride), -padding, -padding - output_padding
            ),
        ),
        Mistake(
            "the padding is ignored",
            "Crop as many cells from every side of the canvas.",
            lambda x, weight, stride, padding, output_padding: _transposed(
                x, weight, stride, 0, output_padding
            ),
        ),
        Mistake(
            "nothing is left where the padding is 0",
            "A slice that ends at -0 is empty; let it end at the number of rows less the padding.",
            _cropped_by_slice,
        ),
        Mistake(
            "the padding is cropped at the end only",
            "The output has moved: half of what goes away goes away before the first row.",
            lambda x, weight, stride, padding, output_padding: _cropped(
                _canvas(x, weight, stride), 0, 2 * padding - output_padding
            ),
        ),
        Mistake(
            "output_padding is on the wrong side",
            "Its cells come after the last row and column, not before the first.",
            lambda x, weight, stride, padding, output_padding: _cropped(
                _canvas(x, weight, stride), padding - output_padding, padding
            ),
        ),
        Mistake(
            "output_padding is ignored",
            "The output has as many rows and columns more, at the end.",
            lambda x, weight, stride, padding, output_padding: _transposed(
                x, weight, stride, padding, 0
            ),
        ),
        Mistake(
            "output_padding shows zeros where the canvas goes on",
            "It crops less of the canvas at the end; only beyond the canvas are there zeros.",
            lambda x, weight, stride, padding, output_padding: _cropped(
                _transposed(x, weight, stride, padding, 0), 0, -output_padding
            ),
        ),
        Mistake(
            "the kernel is flipped",
            "The stamp is the kernel as it is, times the cell of the image.",
            lambda x, weight, **options: _transposed(x, weight.flip(2, 3), **options),
        ),
        Mistake(
            "stamps move by one cell whatever the stride",
            "The stamp of cell (r, c) starts at (r * stride, c * stride).",
            _side_by_side,
        ),
    ),
    forbidden=LIBRARY,
    cases=12,
    lends=("dlcourse.nn.convolution",),
)
