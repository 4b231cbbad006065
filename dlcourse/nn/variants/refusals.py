"""Refusals: what a transposed convolution does not accept, each with the value and the rule.

The two channel axes of its weight are the other way round from a convolution's, so that is the
shape most often mistaken.

Axes:   i o channels in and out, kh kw kernel
Torch:  refuses the same, in words written for its own authors
"""

from torch import Tensor

from dlcourse.nn.convolution.geometry import Geometry
from dlcourse.nn.convolution.refusals import refuse_groups, refuse_types

__all__ = ["refuse_nothing_left", "refuse_output_padding", "refuse_tensors"]


def refuse_tensors(x: Tensor, weight: Tensor, bias: Tensor | None, groups: int) -> None:
    """Refuse types and shapes that do not belong together."""
    refuse_types(x, weight, bias, "input")
    if x.dim() not in (3, 4):
        raise ValueError(
            f"input has shape {tuple(x.shape)}; it needs 4 axes (batch, channels, sides), "
            "or 3 without the batch"
        )
    if weight.dim() != 4:
        raise ValueError(
            f"weight has shape {tuple(weight.shape)}; it needs 4 axes "
            "(channels in, channels out, kernel)"
        )
    channels, (depth, filters) = x.shape[-3], weight.shape[:2]
    if channels != depth:
        raise ValueError(
            f"the input has {channels} channels, but weight {tuple(weight.shape)} is made for "
            f"{depth}; its first axis counts the channels in"
        )
    refuse_groups(channels, filters * groups, groups)
    if bias is not None and bias.shape != (filters * groups,):
        raise ValueError(
            f"bias has shape {tuple(bias.shape)}; it needs one entry for each of "
            f"{filters * groups} channels out"
        )


def refuse_output_padding(extra: tuple[int, ...], geometry: Geometry) -> None:
    """Refuse more cells than tell apart the sizes that a convolution maps to one."""
    stride, dilation = geometry.stride, geometry.dilation
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
        raise ValueError(
            f"output_padding {extra} must be smaller than the stride {stride} or the dilation "
            f"{dilation}"
        )


def refuse_nothing_left(
    canvas: tuple[int, ...], crop: tuple[int, ...], extra: tuple[int, ...]
) -> None:
    """Refuse a padding that crops all that was stamped."""
    if any(n - 2 * p + e < 1 for n, p, e in zip(canvas, crop, extra, strict=True)):
        raise ValueError(
            f"padding {crop} crops all of the {canvas} cells that are stamped"
        )
