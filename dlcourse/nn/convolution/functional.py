"""Functional: convolution as one matrix product, and its gradient as two more.

With the windows as columns ``X`` and the kernels as rows ``W``, the forward pass is ``Y = W X``.
Matrix calculus gives the backward pass: ``dW = dY X^T`` and ``dX = W^T dY``, whose columns are then
added back where their windows lay. Nothing in it knows how many sides there are, so one function
serves signals, images and films.

Axes:   b batch, i o channels in and out, g groups, h w input, kh kw kernel, oh ow output
Paper:  Chellapilla, Puri & Simard 2006, "High performance convolutional neural networks for
        document processing"
Torch:  torch.nn.functional.conv1d, conv2d, conv3d
"""

from collections.abc import Iterator
from math import prod

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx

from .columns import entries, scatter
from .geometry import Geometry, Sides
from .refusals import refuse_tensors

__all__ = [
    "batch_parts",
    "column_parts",
    "conv1d",
    "conv2d",
    "conv3d",
    "kernel_rows",
    "samples_first",
    "samples_inside",
]

CACHED_ENTRIES = 2_000_000
"""8 MB in single precision, a share of the last cache of common processors."""

WIDE = 128
"""Columns from which on a matrix product is as fast as it gets."""


class _Convolution(Function):
    """``Y = W X + bias`` over columns, group by group, with the gradients written out."""

    @staticmethod
    def forward(
        ctx: FunctionCtx,
        x: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        geometry: Geometry,
        groups: int,
    ) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.geometry, ctx.groups = geometry, groups
        y = x.new_empty(len(x), len(weight), *geometry.output(x.shape[2:]))
        rows = kernel_rows(weight, groups)  # g o/g K
        for part, columns in column_parts(x, geometry, groups):  # g K n_windows
            if len(y[part]) == 1:
                torch.matmul(rows, columns, out=y[part].view(*rows.shape[:2], -1))
            else:
                y[part] = samples_first(rows @ columns, y[part])
        if bias is not None:
            y += bias.view(-1, *(1 for _ in geometry.kernel))
        return y

    @staticmethod
    def backward(ctx: FunctionCtx, dy: Tensor) -> tuple[Tensor | None, ...]:
        (x, weight), geometry, groups = ctx.saved_tensors, ctx.geometry, ctx.groups
        needs_dx, needs_dweight, needs_dbias, *_ = ctx.needs_input_grad
        dx = dweight = dbias = None
        if needs_dx:
            dx = _image_slopes(x, weight, dy, geometry, groups)
        if needs_dweight:
            dweight = torch.zeros_like(kernel_rows(weight, groups))
            # The columns are made again: to keep them would hold kh kw copies of the input.
            for part, columns in column_parts(x, geometry, groups):
                dweight += samples_inside(dy[part], groups) @ columns.mT
            dweight = dweight.view_as(weight)
        if needs_dbias:
            dbias = dy.sum(dim=[n for n in range(dy.dim()) if n != 1])
        return dx, dweight, dbias, None, None


def _image_slopes(
    x: Tensor, weight: Tensor, dy: Tensor, geometry: Geometry, groups: int
) -> Tensor:
    """Compute ``W^T dY`` and add its columns back; or do both by one convolution.

    At stride 1 each cell hears from the windows around it, by the kernel turned about: that is a
    convolution of ``dY``, and nothing has to be added up in memory. It pays unless ``dY`` has many
    more channels than the image.
    """
    rows = kernel_rows(weight, groups)  # g o/g K
    mirrored = geometry.mirrored()
    if mirrored is not None and len(weight) <= 2 * x.shape[1]:
        turned = rows.unflatten(2, (-1, *geometry.kernel)).transpose(1, 2)
        turned = turned.flip(tuple(range(3, turned.dim()))).flatten(0, 1)
        return _Convolution.apply(dy, turned, None, mirrored, groups)
    dx = torch.zeros_like(x)
    for part in batch_parts(x, geometry):
        dcolumns = rows.mT @ samples_inside(dy[part], groups)  # g K n_windows
        dcolumns = dcolumns.flatten(0, 1).unflatten(1, (len(dy[part]), -1))
        dx[part] = scatter(dcolumns.transpose(0, 1), tuple(x.shape[2:]), geometry)
    return dx


def kernel_rows(weight: Tensor, groups: int) -> Tensor:
    """Lay each kernel out as a row, the rows of one group together."""
    return weight.flatten(start_dim=1).unflatten(0, (groups, -1))  # g o/g K


def samples_inside(y: Tensor, groups: int) -> Tensor:
    """Lay each channel out as a row, its samples one after the other: g o/g n_windows."""
    return y.transpose(0, 1).flatten(start_dim=1).unflatten(0, (groups, -1))


def samples_first(rows: Tensor, like: Tensor) -> Tensor:
    """Turn rows of channels back into samples, of the shape of ``like``."""
    samples, channels, *sides = like.shape
    return rows.reshape(channels, samples, *sides).transpose(0, 1)


def column_parts(
    x: Tensor, geometry: Geometry, groups: int
) -> Iterator[tuple[slice, Tensor]]:
    """Lay the windows of one part of the batch after the other out as columns: g K n_windows.

    All parts use one buffer, which stays in the cache, and which the system hands out only once.
    A graph would need all of them, and a kernel of one entry needs no copy.
    """
    reused = prod(geometry.kernel) > 1 and not torch.is_grad_enabled()
    buffer = None
    for part in batch_parts(x, geometry):
        cells = entries(x[part], geometry).transpose(0, 1)
        cells = cells.movedim(1, 1 + len(geometry.kernel))  # c kh kw n oh ow
        if reused:
            buffer = x.new_empty(cells.numel()) if buffer is None else buffer
            cells = buffer[: cells.numel()].view(cells.shape).copy_(cells)
        count = len(x[part]) * prod(geometry.output(x.shape[2:]))
        yield part, cells.reshape(groups, -1, count)


def batch_parts(x: Tensor, geometry: Geometry) -> list[slice]:
    """Cut the batch so that the columns of one part still fit a processor's cache."""
    windows = prod(geometry.output(x.shape[2:]))
    entries = x.shape[1] * prod(geometry.kernel) * windows
    step = max(1, CACHED_ENTRIES // max(1, entries))
    if prod(geometry.kernel) == 1 and windows >= WIDE:
        step = 1  # a sample is its own columns
    return [slice(n, n + step) for n in range(0, len(x), step)]


def _convolve(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Sides,
    padding: Sides | str,
    dilation: Sides,
    groups: int,
    dims: int,
) -> Tensor:
    refuse_tensors(x, weight, bias, dims, groups)
    geometry = Geometry.of(weight.shape[2:], stride, padding, dilation, dims)
    batch = x if x.dim() == dims + 2 else x[None]
    y = _Convolution.apply(batch, weight, bias, geometry, groups)
    return y if x.dim() == dims + 2 else y[0]


def conv2d(
    x: Float[Tensor, "*b i h w"],
    weight: Float[Tensor, "o i_per_group kh kw"],
    bias: Float[Tensor, "o"] | None = None,
    stride: Sides = 1,
    padding: Sides | str = 0,
    dilation: Sides = 1,
    groups: int = 1,
) -> Float[Tensor, "*b o oh ow"]:
    """Correlate the image with each of ``o`` kernels, summing over the channels, plus a bias.

    ``y[b, o, r, c] = bias[o] + sum over i, u, v of
    x[b, i, s r + d u - p, s c + d v - p] * weight[o, i, u, v]``, with zeros outside the image.

    Args:
        x: images; the batch axis may be left out.
        weight: one kernel of ``i / groups`` channels for each output channel.
        bias: one number for each output channel.
        stride: cells from one window to the next.
        padding: cells of zeros on every side, or "valid" (none), or "same" (keep the size).
        dilation: cells from one entry of the kernel to the next.
        groups: parts the channels are divided into; each kernel sees only its own part.

    Raises:
        TypeError: if a tensor is not floating point, or the types differ.
        ValueError: if the shapes do not belong together, the kernel does not fit the padded image,
            or a number is out of range; the message names the value and the rule.

    >>> image = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    >>> conv2d(image, torch.ones(1, 1, 2, 2), bias=torch.tensor([0.5])).item()
    10.5
    """
    return _convolve(x, weight, bias, stride, padding, dilation, groups, dims=2)


def conv1d(
    x: Float[Tensor, "*b i w"],
    weight: Float[Tensor, "o i_per_group kw"],
    bias: Float[Tensor, "o"] | None = None,
    stride: Sides = 1,
    padding: Sides | str = 0,
    dilation: Sides = 1,
    groups: int = 1,
) -> Float[Tensor, "*b o ow"]:
    """Correlate a signal with each of ``o`` kernels: :func:`conv2d` with one side.

    Raises:
        TypeError, ValueError: as :func:`conv2d`.

    >>> signal = torch.tensor([[[1.0, 4.0, 9.0, 16.0]]])
    >>> conv1d(signal, torch.tensor([[[-1.0, 1.0]]])).tolist()
    [[[3.0, 5.0, 7.0]]]
    """
    return _convolve(x, weight, bias, stride, padding, dilation, groups, dims=1)


def conv3d(
    x: Float[Tensor, "*b i t h w"],
    weight: Float[Tensor, "o i_per_group kt kh kw"],
    bias: Float[Tensor, "o"] | None = None,
    stride: Sides = 1,
    padding: Sides | str = 0,
    dilation: Sides = 1,
    groups: int = 1,
) -> Float[Tensor, "*b o ot oh ow"]:
    """Correlate a film or a volume with each of ``o`` kernels: :func:`conv2d` with three sides.

    Raises:
        TypeError, ValueError: as :func:`conv2d`.

    >>> conv3d(torch.ones(1, 1, 4, 4, 4), torch.ones(1, 1, 2, 2, 2), stride=2).flatten().tolist()
    [8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0]
    """
    return _convolve(x, weight, bias, stride, padding, dilation, groups, dims=3)
