"""Maps: images and weights to try the blocks on, and the convolution that keeps their size."""

from torch import Tensor
from torch.nn.functional import conv2d

from dlcourse.checks.judging import Draw

__all__ = ["conv_same", "draw_map", "draw_weight"]


def conv_same(x: Tensor, weight: Tensor, stride: int = 1, groups: int = 1) -> Tensor:
    """Convolve with half a kernel of padding, for odd kernels."""
    padding = weight.shape[-1] // 2
    return conv2d(x, weight, stride=stride, padding=padding, groups=groups)


def draw_map(draw: Draw, channels: int) -> Tensor:
    """Draw images whose values have both signs; hard ones are larger."""
    return draw.tensor(draw.integer(1, 3), channels, draw.side(3), draw.side(4))


def draw_weight(draw: Draw, out_channels: int, in_channels: int, size: int) -> Tensor:
    """Draw a weight under which a signal keeps about its size."""
    scale = (in_channels * size**2) ** 0.5
    return draw.tensor(out_channels, in_channels, size, size) / scale
