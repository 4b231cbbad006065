"""Mean: average each window.

Every cell has the same share in the mean, so every cell receives the same share of the gradient.
What a window that hangs over the edge is divided by is a matter of convention, and torch offers
three: the cells with the padding, the cells without it, or a number of your own.

Axes:   b batch, c channels, h w input, oh ow output
Paper:  LeCun, Boser, Denker, Henderson, Howard, Hubbard & Jackel 1990, "Handwritten digit
        recognition with a back-propagation network"
Torch:  torch.nn.functional.avg_pool2d
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx

from dlcourse.nn.convolution.geometry import Sides

from .refusals import refuse_divisor, refuse_map
from .sides import sides_of
from .sweep import PlaneSides, spread, totals

__all__ = ["avg_pool2d", "mean_over"]


class _Mean(Function):
    """``y = the sum of x / divisor`` in each window, with the gradient written out."""

    @staticmethod
    def forward(
        ctx: FunctionCtx, x: Tensor, divisor: Tensor, sides: PlaneSides
    ) -> Tensor:
        ctx.save_for_backward(divisor)
        ctx.sides = sides
        return totals(x, sides).div_(divisor)

    @staticmethod
    def backward(ctx: FunctionCtx, dy: Tensor) -> tuple[Tensor, None, None]:
        (divisor,) = ctx.saved_tensors
        return spread(dy / divisor, ctx.sides), None, None


def mean_over(
    input: Tensor, sides: PlaneSides, rows: list[int], columns: list[int]
) -> Tensor:
    """Average over given windows of ``rows x columns`` cells."""
    divisor = torch.outer(input.new_tensor(rows), input.new_tensor(columns))  # oh ow
    return _Mean.apply(input, divisor, sides)


def avg_pool2d(
    input: Float[Tensor, "*b c h w"],
    kernel_size: Sides,
    stride: Sides | None = None,
    padding: Sides = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Float[Tensor, "*b c oh ow"]:
    """Average each window; spread its gradient evenly over its cells.

    ``y[r, c] = sum over i, j of x[s r + i - p, s c + j - p] / n``, with zeros outside the map.

    Args:
        input: feature maps; the batch axis may be left out.
        kernel_size: height and width of the window, or one number for both.
        stride: cells from one window to the next; without one, the kernel's size.
        padding: cells of zeros on every side, at most half of the kernel.
        ceil_mode: whether a last window that begins inside the map, or in the padding before it,
            may hang over the padding after it.
        count_include_pad: whether the zeros count in ``n``.
        divisor_override: ``n`` itself, for every window.

    Raises:
        TypeError: if the input is not a floating point tensor.
        ValueError: if a number is out of range, or the divisor is zero.

    >>> image = torch.tensor([[[1.0, 5.0], [3.0, 3.0]]])
    >>> avg_pool2d(image, 2).item()
    3.0
    >>> avg_pool2d(image, 2, padding=1, count_include_pad=False).tolist()
    [[[1.0, 5.0], [3.0, 3.0]]]
    """
    refuse_map(input)
    sides = sides_of(
        input.shape[-2:], kernel_size, stride, padding, ceil_mode=ceil_mode
    )
    if divisor_override is not None:
        refuse_divisor(divisor_override)
        return _Mean.apply(input, input.new_tensor(divisor_override), sides)
    return mean_over(input, sides, *(side.counts(count_include_pad) for side in sides))
