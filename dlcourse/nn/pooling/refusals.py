"""Refusals: what a pooling does not accept, each with the value and the rule.

torch lets some of these pass: a window without a cell answers minus infinity and points outside
the map, where its gradient is then written.

Torch:  accepts integers in max_pool2d on a CPU; here they are refused everywhere
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torch import Tensor

from dlcourse.nn.convolution.geometry import Geometry

if TYPE_CHECKING:
    from .sides import Side

__all__ = ["refuse_empty_windows", "refuse_map", "refuse_padding", "refuse_places"]


def refuse_map(input: Tensor) -> None:
    """Refuse what is not a feature map, or a batch of them, with cells on both sides."""
    if not isinstance(input, Tensor):
        raise TypeError(
            f"input is a {type(input).__name__}; convert it with torch.as_tensor"
        )
    if not input.is_floating_point():
        raise TypeError(f"input holds {input.dtype}; convert it with input.float()")
    if input.dim() not in (3, 4) or 0 in input.shape[-2:]:
        raise ValueError(
            f"input has shape {tuple(input.shape)}; it needs 4 axes (batch, channels, sides), or 3 "
            "without the batch, and a cell on each side"
        )


def refuse_padding(geometry: Geometry) -> None:
    """Refuse a padding of more than half the kernel."""
    padding = tuple(before for before, _ in geometry.padding)
    if any(2 * p > k for p, k in zip(padding, geometry.kernel, strict=True)):
        raise ValueError(
            f"padding {padding} is more than half of the kernel {geometry.kernel}"
        )


def refuse_empty_windows(sides: Sequence["Side"]) -> None:
    """Refuse sides that no window fits, and windows whose dilated entries all miss the map."""
    for side in sides:
        if side.windows < 1:
            raise ValueError(
                f"no window fits: the kernel spans {side.extent} cells, and the padded side has "
                f"{side.cells + 2 * side.padding}"
            )
        reached = {
            w for windows, _ in side.entries() for w in range(side.windows)[windows]
        }
        if len(reached) < side.windows:
            raise ValueError(
                f"a window holds no cell: with dilation {side.dilation} and padding "
                f"{side.padding}, its {side.kernel} entries all miss the {side.cells} cells"
            )


def refuse_places(input: Tensor, indices: Tensor, sides: Sequence[int]) -> None:
    """Refuse places that are not one for each number, or lie outside the map to fill."""
    if indices.shape != input.shape:
        raise ValueError(
            f"indices have shape {tuple(indices.shape)}; each number of the input "
            f"{tuple(input.shape)} needs one"
        )
    cells = sides[0] * sides[1]
    if indices.numel() and not 0 <= int(indices.min()) <= int(indices.max()) < cells:
        raise ValueError(
            f"indices run from {int(indices.min())} to {int(indices.max())}; a map of "
            f"{tuple(sides)} has the cells 0 to {cells - 1}"
        )


def refuse_output_size(
    output_size: Sequence[int], usual: Sequence[int], stride: Sequence[int]
) -> None:
    """Refuse a map that does not pool to the size at hand: it is off by a stride or more."""
    sides = tuple(output_size)[-2:]
    if len(output_size) not in (2, 4) or any(
        abs(n - u) >= s for n, u, s in zip(sides, usual, stride, strict=True)
    ):
        raise ValueError(
            f"output_size {tuple(output_size)} must lie within less than a stride "
            f"{tuple(stride)} of {tuple(usual)}"
        )


def refuse_divisor(divisor_override: int) -> None:
    """Refuse to divide by zero."""
    if divisor_override == 0:
        raise ValueError("divisor_override (0) must not be zero")
