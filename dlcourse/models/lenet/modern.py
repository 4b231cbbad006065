"""Modern: LeNet-5 as it is written today.

Every map of the second convolution reads all six below it, the poolings have no weights, and the
output is a dense layer. Which convolution, pooling and activation it is made of is for the caller
to say, so that layers written by hand can carry a whole network.

Axes:   b images of 32 by 32 pixels, k classes
Paper:  LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document
        recognition"
Torch:  none
"""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images

__all__ = ["LeNet5", "refuse_sides"]


def refuse_sides(x: Tensor) -> None:
    """Refuse images that would leave another number of cells than the dense layers expect."""
    if tuple(x.shape[-2:]) != (32, 32):
        raise ValueError(
            f"the images have {x.shape[-2]}x{x.shape[-1]} pixels; LeNet-5 reads 32x32: pad or "
            "resize them"
        )


class LeNet5(nn.Module):
    """Two convolutions of 5x5, each pooled by 2, then dense layers of 120, 84 and ``num_classes``.

    Sides 32, 28, 14, 10, 5; channels 1, 6, 6, 16, 16.

    Args:
        num_classes: numbers that come out.
        in_channels: channels of the images.
        conv: makes a convolution of (channels in, channels out, kernel size).
        pool: makes a pooling of a window size, which is its stride too.
        activation: makes what follows every layer but the last.

    >>> with torch.device("meta"):
    ...     sum(p.numel() for p in LeNet5().parameters())
    61706
    """

    def __init__(
        self,
        num_classes: int = 10,
        in_channels: int = 1,
        *,
        conv: Callable[[int, int, int], nn.Module] = nn.Conv2d,
        pool: Callable[[int], nn.Module] = nn.MaxPool2d,
        activation: Callable[[], nn.Module] = nn.ReLU,
    ) -> None:
        super().__init__()
        self.conv1, self.act1 = conv(in_channels, 6, 5), activation()
        self.pool1 = pool(2)
        self.conv2, self.act2 = conv(6, 16, 5), activation()
        self.pool2 = pool(2)
        self.flatten = nn.Flatten()
        self.dense3, self.act3 = nn.Linear(16 * 5 * 5, 120), activation()
        self.dense4, self.act4 = nn.Linear(120, 84), activation()
        self.dense5 = nn.Linear(84, num_classes)

    def forward(self, x: Images) -> Float[Tensor, "b k"]:
        """Answer with one number a class.

        Raises:
            ValueError: if the images are not 32 by 32 pixels.
        """
        refuse_sides(x)
        x = self.pool1(self.act1(self.conv1(x)))  # b 6 14 14
        x = self.pool2(self.act2(self.conv2(x)))  # b 16 5 5
        x = self.act3(self.dense3(self.flatten(x)))
        return self.dense5(self.act4(self.dense4(x)))
