"""Convolution: with a mirror at the edge, and two ways to make a picture larger.

Zeros beyond the edge become a frame in the painting; a mirror image does not. And a transposed
convolution whose stride does not divide its kernel writes more often into some pixels than into
others, which paints a checkerboard; first copying each pixel, then convolving, treats all alike.

Axes:   b images, i and o channels that enter and leave, h w and oh ow sides
Paper:  Odena, Dumoulin & Olah 2016, "Deconvolution and checkerboard artifacts"
Torch:  torch.nn.Conv2d(padding_mode="reflect"), torch.nn.ConvTranspose2d, torch.nn.Upsample
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import conv_transpose1d

__all__ = ["ReflectionConv2d", "Upsampling", "kernel_overlap"]


class ReflectionConv2d(nn.Conv2d):
    """Convolve as torch does, with half a kernel of mirror image around the picture.

    Args:
        in_channels: channels that enter.
        out_channels: channels that leave.
        kernel_size: side of the kernel; odd.
        stride: cells from one window to the next.

    Raises:
        ValueError: for an even kernel.

    >>> ReflectionConv2d(3, 8, 9)(torch.zeros(1, 3, 10, 12)).shape
    torch.Size([1, 8, 10, 12])
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1
    ) -> None:
        if kernel_size % 2 == 0:
            raise ValueError(
                f"kernel_size ({kernel_size}) must be odd to have a middle"
            )
        super().__init__(
            *(in_channels, out_channels, kernel_size, stride, kernel_size // 2),
            padding_mode="reflect",
        )


class Upsampling(nn.Sequential):
    """Double both sides of the maps.

    Args:
        in_channels: channels that enter.
        out_channels: channels that leave.
        how: "nearest" copies each cell into four and convolves by 3x3; "transposed" is a
            transposed convolution of 3x3 with stride 2.

    Raises:
        ValueError: for another ``how``.

    >>> Upsampling(8, 4)(torch.zeros(1, 8, 5, 6)).shape
    torch.Size([1, 4, 10, 12])
    """

    def __init__(
        self, in_channels: int, out_channels: int, how: str = "nearest"
    ) -> None:
        if how not in ("nearest", "transposed"):
            raise ValueError(f'how is "{how}"; say "nearest" or "transposed"')
        if how == "nearest":
            layers = [
                nn.Upsample(scale_factor=2),
                ReflectionConv2d(in_channels, out_channels, 3),
            ]
        else:
            layers = [
                nn.ConvTranspose2d(in_channels, out_channels, 3, 2, 1, output_padding=1)
            ]
        super().__init__(*layers)


def kernel_overlap(cells: int, kernel_size: int, stride: int) -> Int[Tensor, "w"]:
    """Count how often a transposed convolution writes into each cell of a row.

    Cell ``p`` of the input writes into ``kernel_size`` cells, from ``p stride`` on.

    Raises:
        ValueError: if a number is below 1.

    >>> kernel_overlap(3, kernel_size=3, stride=2).tolist()
    [1, 1, 2, 1, 2, 1, 1]
    """
    if min(cells, kernel_size, stride) < 1:
        raise ValueError(
            f"cells ({cells}), kernel_size ({kernel_size}) and stride ({stride}) must be at least 1"
        )
    ones: Float[Tensor, "1 1 n"] = torch.ones(1, 1, cells)
    counts = conv_transpose1d(ones, torch.ones(1, 1, kernel_size), stride=stride)
    return counts[0, 0].long()
