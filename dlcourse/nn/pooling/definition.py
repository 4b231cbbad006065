"""Definition: one window, one number, written as loops.

Which number is the only choice: its maximum, its mean, or any other summary. The windows are those
of a convolution, but they usually do not overlap, and each channel is pooled by itself.

Axes:   h w the map; no padding
Torch:  torch.nn.functional.max_pool2d and avg_pool2d, for the summaries torch.max and torch.mean
"""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor

from dlcourse.axes import Feature
from dlcourse.nn.convolution.geometry import Geometry

__all__ = ["pool"]


def pool(
    x: Feature, kernel_size: int, stride: int, summary: Callable[[Tensor], Tensor]
) -> Float[Tensor, "oh ow"]:
    """Summarise the window at every place: ``y[r, c] = summary(x[s r : s r + k, s c : s c + k])``.

    Raises:
        ValueError: if the kernel spans more cells than a side has.

    >>> pool(torch.tensor([[1.0, 2.0], [4.0, 3.0]]), 2, stride=2, summary=torch.max).tolist()
    [[4.0]]
    """
    y = x.new_zeros(Geometry.of(kernel_size, stride).output(x.shape))
    for row in range(y.shape[0]):
        for column in range(y.shape[1]):
            top, left = row * stride, column * stride
            window = x[top : top + kernel_size, left : left + kernel_size]
            y[row, column] = summary(window)
    return y
