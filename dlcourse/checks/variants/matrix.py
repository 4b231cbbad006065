"""Matrix: the check of convolution_matrix."""

from itertools import product

from torch import Tensor

from dlcourse.checks.convolution.layers import LIBRARY
from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn import variants as reference
from dlcourse.nn.convolution.geometry import Geometry

__all__ = ["convolution_matrix"]


def _matrix(kernel: Tensor, height: int, width: int, stride: int) -> Tensor:
    return reference.convolution_matrix(kernel[None, None], (height, width), stride)


def _places(kernel: Tensor, height: int, width: int, stride: int) -> tuple[int, ...]:
    return Geometry.of(kernel.shape, stride).output((height, width))


def _unspaced(kernel: Tensor, height: int, width: int, stride: int) -> Tensor:
    """Write all entries of the kernel next to each other."""
    places = product(*map(range, _places(kernel, height, width, stride)))
    matrix = 0 * _matrix(kernel, height, width, stride)
    for line, (row, column) in zip(matrix, places, strict=True):
        start = row * stride * width + column * stride
        line[start : start + kernel.numel()] = kernel.flatten()
    return matrix


def _places_by_column(kernel: Tensor, **sizes: int) -> Tensor:
    matrix = _matrix(kernel, **sizes).unflatten(0, _places(kernel, **sizes))
    return matrix.transpose(0, 1).flatten(0, 1)


def _pixels_by_column(kernel: Tensor, height: int, width: int, stride: int) -> Tensor:
    matrix = _matrix(kernel, height, width, stride).unflatten(1, (height, width))
    return matrix.transpose(1, 2).flatten(1)


def _draw_matrix(draw: Draw) -> Case:
    kernel = draw.integer(2, 3), draw.integer(2, 3)
    return Case(
        {
            "kernel": draw.tensor(*kernel),
            "height": draw.side(3),
            "width": draw.side(4),
            "stride": draw.integer(1, 2),
        }
    )


convolution_matrix = Check(
    task="convolution_matrix",
    draw=_draw_matrix,
    reference=_matrix,
    mistakes=(
        Mistake(
            "the matrix is transposed",
            "It has a row for every place of the kernel and a column for every pixel.",
            lambda **arguments: _matrix(**arguments).mT,
        ),
        Mistake(
            "the rows of the kernel follow each other without a gap",
            "The next row of the kernel meets the next row of the image: width pixels further on.",
            _unspaced,
        ),
        Mistake(
            "the kernel is flipped",
            "Its upper left entry meets the window's upper left pixel.",
            lambda kernel, **sizes: _matrix(kernel.flip(0, 1), **sizes),
        ),
        Mistake(
            "the kernel moves by one pixel whatever the stride",
            "The place (r, c) starts at the pixel (r * stride, c * stride); fewer places remain.",
            lambda kernel, height, width, stride: _matrix(kernel, height, width, 1),
        ),
        Mistake(
            "the places are taken column by column",
            "The rows of the matrix follow the first row of places, then the second.",
            _places_by_column,
        ),
        Mistake(
            "the pixels are numbered column by column",
            "flatten numbers the first row of the image, then the second.",
            _pixels_by_column,
        ),
    ),
    forbidden=LIBRARY,
    lends=("dlcourse.nn.convolution",),
)
