"""Blocks: what a U-Net is put together from.

Two convolutions see a little further, a pooling halves the map, a transposed convolution doubles
it, and the finer map from the way down is cut to size and laid beside it. Nothing else is needed.

Axes:   b images, c channels, h w rows and columns; i o channels that enter and leave
Paper:  Ronneberger, Fischer & Brox 2015, "U-Net: convolutional networks for biomedical image
        segmentation"
Torch:  torchvision.transforms.functional.center_crop; none for the rest
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images

__all__ = ["Up", "center_crop", "double_convolution"]


def double_convolution(
    in_channels: int,
    out_channels: int,
    padding: str = "valid",
    *,
    normalize: bool = False,
) -> nn.Sequential:
    """Chain two 3x3 convolutions, each with a ReLU after it.

    Args:
        in_channels: that enter the first.
        out_channels: that leave each.
        padding: "valid", each loses a pixel on every side, or "same".
        normalize: put a batch normalization before each ReLU, in place of the bias.

    >>> double_convolution(1, 64)(torch.zeros(1, 1, 572, 572)).shape
    torch.Size([1, 64, 568, 568])
    """
    layers: list[nn.Module] = []
    for channels in (in_channels, out_channels):
        layers.append(
            nn.Conv2d(channels, out_channels, 3, padding=padding, bias=not normalize)
        )
        if normalize:
            layers.append(nn.BatchNorm2d(out_channels))
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)


def center_crop(x: Images, output_size: Sequence[int]) -> Float[Tensor, "b c oh ow"]:
    """Cut the middle out of each map.

    An odd difference cannot be shared fairly; as in torchvision, half of it is rounded to even.

    Args:
        x: maps.
        output_size: rows and columns to keep.

    Raises:
        ValueError: if there are fewer.

    >>> center_crop(torch.arange(5.0).expand(1, 1, 1, 5), (1, 3)).tolist()
    [[[[1.0, 2.0, 3.0]]]]
    """
    (height, width), (rows, columns) = x.shape[-2:], output_size
    if rows > height or columns > width or min(rows, columns) < 1:
        raise ValueError(
            f"{rows}x{columns} cannot be cut out of a map of {height}x{width}"
        )
    top, left = round((height - rows) / 2), round((width - columns) / 2)
    return x[..., top : top + rows, left : left + columns]


class Up(nn.Module):
    """Double the coarse map, lay the fine one beside it, and convolve both together.

    Without a skip the transposed convolution keeps its channels. What follows then has as many
    inputs as ever, and a network is not worse for being smaller.

    Args:
        out_channels: that leave; twice as many enter.
        padding: of the convolutions.
        normalize: as for :func:`double_convolution`.
        skip: whether the fine map is used.
    """

    def __init__(
        self,
        out_channels: int,
        padding: str = "valid",
        *,
        normalize: bool = False,
        skip: bool = True,
    ) -> None:
        super().__init__()
        channels, self.skip = 2 * out_channels, skip
        self.up = nn.ConvTranspose2d(
            channels, out_channels if skip else channels, kernel_size=2, stride=2
        )
        self.convolutions = double_convolution(
            channels, out_channels, padding, normalize=normalize
        )

    def forward(
        self, coarse: Float[Tensor, "b i h w"], fine: Float[Tensor, "b o fh fw"]
    ) -> Float[Tensor, "b o oh ow"]:
        """Join what lies below with what came across."""
        x = self.up(coarse)  # b o 2h 2w
        if self.skip:
            x = torch.cat([center_crop(fine, x.shape[-2:]), x], dim=1)
        return self.convolutions(x)
