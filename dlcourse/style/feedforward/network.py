"""Network: shrink the picture twice, repaint it in five residual blocks, enlarge it twice.

Most of the work is done on maps of a quarter of the side, which costs a sixteenth and lets each
kernel see four times as far. Nothing in it depends on the size of the picture.

Axes:   b images of three channels with values in [0, 1]; c channels of a map; sides at least 16
Paper:  Johnson, Alahi & Fei-Fei 2016, "Perceptual losses for real-time style transfer and
        super-resolution"; Ulyanov, Vedaldi & Lempitsky 2016, "Instance normalization: the missing
        ingredient for fast stylization", which puts a normalization of each image in the place of
        that of the batch
Torch:  none; pytorch/examples has one of the same parameters
"""

from collections.abc import Callable
from functools import partial

from torch import Tensor, nn
from torch.nn.functional import relu

from dlcourse.axes import Images

from .convolution import ReflectionConv2d, Upsampling

__all__ = ["Norm", "Residual", "TransformationNet"]

Norm = Callable[[int], nn.Module]
"""Makes a normalization for a number of channels."""

INSTANCE: Norm = partial(nn.InstanceNorm2d, affine=True)


class Residual(nn.Module):
    """Add to the maps what two convolutions make of them, without an activation after the sum.

    Args:
        channels: that enter and leave.
        norm: makes the normalizations.

    >>> Residual(8)(torch.zeros(1, 8, 6, 6)).shape
    torch.Size([1, 8, 6, 6])
    """

    def __init__(self, channels: int, norm: Norm = INSTANCE) -> None:
        super().__init__()
        self.conv1 = ReflectionConv2d(channels, channels, 3)
        self.norm1 = norm(channels)
        self.conv2 = ReflectionConv2d(channels, channels, 3)
        self.norm2 = norm(channels)

    def forward(self, x: Images) -> Images:
        """Compute the sum."""
        return x + self.norm2(self.conv2(relu(self.norm1(self.conv1(x)))))


class TransformationNet(nn.Module):
    """Repaint images; what comes out has their size.

    Args:
        width: channels after the first convolution; the paper has 32.
        blocks: residual blocks; the paper has 5.
        norm: makes the normalizations; those of the paper are of the batch.
        upsampling: "nearest", or "transposed" as in the paper.

    >>> sum(p.numel() for p in TransformationNet().parameters())
    1679235
    """

    def __init__(
        self,
        width: int = 32,
        blocks: int = 5,
        *,
        norm: Norm = INSTANCE,
        upsampling: str = "nearest",
    ) -> None:
        super().__init__()
        one, two, four = width, 2 * width, 4 * width
        self.shrink = nn.Sequential(
            *_step(ReflectionConv2d(3, one, 9), norm(one)),
            *_step(ReflectionConv2d(one, two, 3, stride=2), norm(two)),
            *_step(ReflectionConv2d(two, four, 3, stride=2), norm(four)),
        )
        self.repaint = nn.Sequential(*(Residual(four, norm) for _ in range(blocks)))
        self.enlarge = nn.Sequential(
            *_step(Upsampling(four, two, upsampling), norm(two)),
            *_step(Upsampling(two, one, upsampling), norm(one)),
            ReflectionConv2d(one, 3, 9),
            nn.Sigmoid(),
        )

    def forward(self, images: Images) -> Images:
        """Repaint; a side that four does not divide is rounded up on the way and cut again.

        Raises:
            ValueError: if a side is below 16, where a mirror image would be wider than its map.
        """
        h, w = images.shape[2:]
        if min(h, w) < 16:
            raise ValueError(
                f"images of {h}x{w} pixels are too small: sides are at least 16"
            )
        x = 4 * (images - 0.5)  # around 0, as the layers start better
        painted: Tensor = self.enlarge(self.repaint(self.shrink(x)))
        return painted[:, :, :h, :w]


def _step(convolution: nn.Module, norm: nn.Module) -> tuple[nn.Module, ...]:
    return convolution, norm, nn.ReLU()
