"""Maximum: keep the largest cell of each window.

The maximum depends on one cell only, so that cell receives the whole gradient and the others
receive none. After a ReLU equal cells are common; one of them has to be chosen, and torch chooses
the first.

Axes:   b batch, c channels, h w input, oh ow output
Paper:  Riesenhuber & Poggio 1999, "Hierarchical models of object recognition in cortex"; Ranzato,
        Huang, Boureau & LeCun 2007, "Unsupervised learning of invariant feature hierarchies with
        applications to object recognition"
Torch:  torch.nn.functional.max_pool2d
"""

from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx

from dlcourse.nn.convolution.geometry import Sides

from .refusals import refuse_map
from .sides import sides_of
from .sweep import PlaneSides, largest, winners

__all__ = ["MaxPooled", "max_over", "max_pool2d"]

MaxPooled = (
    Float[Tensor, "*b c oh ow"]
    | tuple[Float[Tensor, "*b c oh ow"], Int[Tensor, "*b c oh ow"]]
)
"""The maxima, or the maxima and their places."""


class _Max(Function):
    """``y = the largest of x`` in each window, with the gradient written out."""

    @staticmethod
    def forward(ctx: FunctionCtx, x: Tensor, sides: PlaneSides) -> Tensor:
        ctx.save_for_backward(x)
        ctx.sides = sides
        return largest(x, sides)

    @staticmethod
    def backward(ctx: FunctionCtx, dy: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors
        # Where the winners lie is asked only here: a forward pass alone has no use for it.
        places = winners(x.detach(), ctx.sides)
        dx = dy.new_zeros(x.shape).flatten(-2)
        # A cell that wins several windows hears from each of them: the slopes add up.
        dx = dx.scatter_add(-1, places.flatten(-2), dy.flatten(-2))
        return dx.view(x.shape), None


def max_over(input: Tensor, sides: PlaneSides, return_indices: bool) -> MaxPooled:
    """Take the maximum over given windows, with its places if asked."""
    y = _Max.apply(input, sides)
    return (y, winners(input.detach(), sides)) if return_indices else y


def max_pool2d(
    input: Float[Tensor, "*b c h w"],
    kernel_size: Sides,
    stride: Sides | None = None,
    padding: Sides = 0,
    dilation: Sides = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> MaxPooled:
    """Keep the largest cell of each window; send its gradient to the first cell that has it.

    ``y[r, c] = max over i, j of x[s r + d i - p, s c + d j - p]``, where cells outside the map do
    not take part.

    Args:
        input: feature maps; the batch axis may be left out.
        kernel_size: height and width of the window, or one number for both.
        stride: cells from one window to the next; without one, the kernel's size.
        padding: cells by which windows may hang over, at most half of the kernel.
        dilation: cells from one entry of the window to the next.
        ceil_mode: whether a last window that begins inside the map, or in the padding before it,
            may hang over the padding after it.
        return_indices: whether to return the places too, each as ``row * w + column``.

    Raises:
        TypeError: if the input is not a floating point tensor.
        ValueError: if a number is out of range, or a window would hold no cell.

    >>> image = torch.tensor([[[1.0, 5.0, 5.0, 2.0], [0.0, 5.0, 3.0, 4.0]]])
    >>> max_pool2d(image, 2, return_indices=True)
    (tensor([[[5., 5.]]]), tensor([[[1, 2]]]))
    """
    refuse_map(input)
    shape = input.shape[-2:]
    sides = sides_of(shape, kernel_size, stride, padding, dilation, ceil_mode)
    return max_over(input, sides, return_indices)
