"""Adaptive: pool a map of any size into a given number of bins.

A fully connected layer needs a fixed number of inputs, and a photograph comes in any size. Here the
output's size is given and the windows follow from it. With one bin the whole map is pooled: global
pooling, which needs no position at all.

Axes:   b batch, c channels, h w input, oh ow output
Paper:  He, Zhang, Ren & Sun 2014, "Spatial pyramid pooling in deep convolutional networks for
        visual recognition" (the bins); Lin, Chen & Yan 2014, "Network in network" (global average)
Torch:  torch.nn.functional.adaptive_max_pool2d, adaptive_avg_pool2d
"""

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor

from dlcourse.nn.convolution.geometry import per_side

from .maximum import MaxPooled, max_over
from .mean import mean_over
from .refusals import refuse_map
from .sides import Bins

__all__ = [
    "OutputSize",
    "adaptive_avg_pool2d",
    "adaptive_max_pool2d",
    "global_avg_pool2d",
    "global_max_pool2d",
]

OutputSize = int | None | Sequence[int | None]
"""One number of bins for both sides, or one a side; None keeps a side as it is."""


def _bins_of(input: Tensor, output_size: OutputSize) -> tuple[Bins, Bins]:
    """Read the number of bins of each side."""
    refuse_map(input)
    if output_size is None or isinstance(output_size, int):
        output_size = (output_size, output_size)
    last = len(output_size)
    filled = [
        input.shape[i - last] if n is None else n for i, n in enumerate(output_size)
    ]
    return tuple(map(Bins, input.shape[-2:], per_side("output_size", filled)))


def adaptive_max_pool2d(
    input: Float[Tensor, "*b c h w"],
    output_size: OutputSize,
    return_indices: bool = False,
) -> MaxPooled:
    """Keep the largest cell of each of ``output_size`` bins, rows times columns.

    Bin ``i`` of ``n`` along a side of ``h`` cells goes from ``floor(i h / n)`` up to
    ``ceil((i + 1) h / n)``.

    Raises:
        TypeError: if the input is not a floating point tensor.
        ValueError: if there are not two sizes, or one lies below 1.

    >>> adaptive_max_pool2d(torch.tensor([[[1.0, 4.0, 2.0, 0.0, 3.0]]]), (1, 2)).tolist()
    [[[4.0, 3.0]]]
    """
    return max_over(input, _bins_of(input, output_size), return_indices)


def adaptive_avg_pool2d(
    input: Float[Tensor, "*b c h w"], output_size: OutputSize
) -> Float[Tensor, "*b c oh ow"]:
    """Average each of ``output_size`` bins, rows times columns; the bins are those of the maximum.

    Raises:
        TypeError: if the input is not a floating point tensor.
        ValueError: if there are not two sizes, or one lies below 1.

    >>> adaptive_avg_pool2d(torch.tensor([[[1.0, 4.0, 1.0, 0.0, 2.0]]]), (1, 2)).tolist()
    [[[2.0, 1.0]]]
    """
    sides = _bins_of(input, output_size)
    return mean_over(input, sides, *(side.counts() for side in sides))


def global_max_pool2d(input: Float[Tensor, "*b c h w"]) -> Float[Tensor, "*b c"]:
    """Keep the largest cell of each channel.

    Raises:
        TypeError, ValueError: as :func:`adaptive_max_pool2d`.

    >>> global_max_pool2d(torch.tensor([[[1.0, 5.0], [3.0, 3.0]]])).tolist()
    [5.0]
    """
    return adaptive_max_pool2d(input, 1).flatten(-3)


def global_avg_pool2d(input: Float[Tensor, "*b c h w"]) -> Float[Tensor, "*b c"]:
    """Average each channel: one number says how much of its feature the image holds.

    Raises:
        TypeError, ValueError: as :func:`adaptive_avg_pool2d`.

    >>> global_avg_pool2d(torch.tensor([[[1.0, 5.0], [3.0, 3.0]]])).tolist()
    [3.0]
    """
    return adaptive_avg_pool2d(input, 1).flatten(-3)
