"""Transposed: each cell of the input stamps the kernel onto a larger output, and stamps add up.

A convolution gathers many cells into one. Its gradient spreads one cell over many, and so makes an
image larger. The transposed convolution is this gradient, used as a layer: it gives back the shape
that a convolution took away, not the values.

Axes:   b batch, i o channels in and out, g groups, h w input, kh kw kernel, oh ow output
Paper:  Zeiler, Krishnan, Taylor & Fergus 2010, "Deconvolutional networks"; Dumoulin & Visin 2016,
        "A guide to convolution arithmetic for deep learning"
Torch:  torch.nn.functional.conv_transpose2d
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx
from torch.nn.functional import pad

from dlcourse.nn.convolution.columns import scatter
from dlcourse.nn.convolution.functional import (
    batch_parts,
    column_parts,
    kernel_rows,
    samples_first,
    samples_inside,
)
from dlcourse.nn.convolution.geometry import Geometry, Sides, per_side

from .refusals import refuse_nothing_left, refuse_output_padding, refuse_tensors

__all__ = ["conv_transpose2d"]


class _Stamps(Function):
    """Add all stamps up on a canvas that holds them whole, with the gradients written out."""

    @staticmethod
    def forward(
        ctx: FunctionCtx, x: Tensor, weight: Tensor, geometry: Geometry, groups: int
    ) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.geometry, ctx.groups = geometry, groups
        rows, sides = kernel_rows(weight, groups), _canvas(x.shape[2:], geometry)
        canvas = x.new_empty(len(x), weight.shape[1] * groups, *sides)
        for part in batch_parts(canvas, geometry):
            columns = rows.mT @ samples_inside(x[part], groups)  # g K n_stamps
            columns = columns.flatten(0, 1).unflatten(1, (len(x[part]), -1))
            canvas[part] = scatter(columns.transpose(0, 1), sides, geometry)
        return canvas

    @staticmethod
    def backward(ctx: FunctionCtx, dcanvas: Tensor) -> tuple[Tensor | None, ...]:
        (x, weight), geometry, groups = ctx.saved_tensors, ctx.geometry, ctx.groups
        rows = kernel_rows(weight, groups)
        needs_dx, needs_dweight, *_ = ctx.needs_input_grad
        dx = torch.zeros_like(x) if needs_dx else None
        dweight = torch.zeros_like(rows) if needs_dweight else None
        for part, columns in column_parts(dcanvas, geometry, groups):  # g K n_stamps
            if needs_dx:  # the convolution that this transposes
                dx[part] = samples_first(rows @ columns, x[part])
            if needs_dweight:
                dweight += samples_inside(x[part], groups) @ columns.mT
        return dx, None if dweight is None else dweight.view_as(weight), None, None


def _canvas(sides: tuple[int, ...], geometry: Geometry) -> tuple[int, ...]:
    """Count the cells that all stamps together span: ``(n - 1) s + d (k - 1) + 1``."""
    return tuple(
        (n - 1) * s + extent
        for n, s, extent in zip(sides, geometry.stride, geometry.extent, strict=True)
    )


def conv_transpose2d(
    input: Float[Tensor, "*b i h w"],
    weight: Float[Tensor, "i o_per_group kh kw"],
    bias: Float[Tensor, "o"] | None = None,
    stride: Sides = 1,
    padding: Sides = 0,
    output_padding: Sides = 0,
    groups: int = 1,
    dilation: Sides = 1,
) -> Float[Tensor, "*b o oh ow"]:
    """Stamp the kernel, times each cell of the input, at ``stride`` times the cell's place.

    ``y[b, o, s r + d u - p, s c + d v - p] += sum over i of x[b, i, r, c] * weight[i, o, u, v]``,
    plus a bias. A side of n cells becomes one of ``(n - 1) s - 2 p + d (k - 1) + output_padding
    + 1``.

    Args:
        input: images; the batch axis may be left out.
        weight: for each channel in, one kernel for every channel out of its group.
        bias: one number for each channel out.
        stride: cells from one stamp to the next.
        padding: cells cropped from every side, since a convolution would have added them.
        output_padding: cells cropped less after each side. A convolution whose stride does not
            divide maps several sizes to one; this says which of them to return to.
        groups: parts the channels are divided into.
        dilation: cells from one entry of the kernel to the next.

    Raises:
        TypeError: if a tensor is not floating point, or the types differ.
        ValueError: if the shapes do not belong together, nothing is left after cropping, or a
            number is out of range; the message names the value and the rule.

    >>> x, weight = torch.tensor([[[[1.0, 2.0]]]]), torch.tensor([[[[1.0, 10.0, 100.0]]]])
    >>> conv_transpose2d(x, weight, stride=2).tolist()
    [[[[1.0, 10.0, 102.0, 20.0, 200.0]]]]
    """
    refuse_tensors(input, weight, bias, groups)
    geometry = Geometry.of(weight.shape[2:], stride, 0, dilation)
    crop = per_side("padding", padding, least=0)
    extra = per_side("output_padding", output_padding, least=0)
    refuse_output_padding(extra, geometry)
    refuse_nothing_left(_canvas(input.shape[-2:], geometry), crop, extra)
    batch = input if input.dim() == 4 else input[None]
    canvas = _Stamps.apply(batch, weight, geometry, groups)
    (top, left), (bottom, right) = crop, extra
    # A negative width crops; where output_padding is the larger, zeros are added.
    y = pad(canvas, (-left, right - left, -top, bottom - top))
    if bias is not None:
        y = y + bias[:, None, None]
    return y if input.dim() == 4 else y[0]
