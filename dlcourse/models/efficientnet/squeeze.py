"""Squeeze and excitation: a gate for each channel, from the mean of all channels.

A convolution sees a few pixels. Whether its channel is of use may depend on what the whole image
shows. So every channel is squeezed into its mean, and two small layers say from all means how far
each channel is let through.

Axes:   b images, c channels, h w pixels
Paper:  Hu, Shen & Sun 2018, "Squeeze-and-excitation networks"
Torch:  torchvision.ops.SqueezeExcitation
"""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images

__all__ = ["SqueezeExcitation"]


class SqueezeExcitation(nn.Module):
    """Multiply each channel by ``sigmoid(expand(activation(reduce(means))))``.

    The two layers are 1x1 convolutions on maps of one pixel, with biases.

    Args:
        channels: channels that enter and leave.
        squeeze_channels: channels between the two layers.
        activation: makes the activation between them.

    >>> gate = SqueezeExcitation(2, 1).requires_grad_(False)
    >>> _ = gate.expand.weight.zero_(), gate.expand.bias.zero_()
    >>> gate(torch.tensor([[[[4.0]], [[-2.0]]]])).flatten().tolist()  # sigmoid(0) is a half
    [2.0, -1.0]
    """

    def __init__(
        self,
        channels: int,
        squeeze_channels: int,
        activation: Callable[[], nn.Module] = nn.ReLU,
    ) -> None:
        super().__init__()
        self.mean = nn.AdaptiveAvgPool2d(1)
        self.reduce = nn.Conv2d(channels, squeeze_channels, 1)
        self.activation = activation()
        self.expand = nn.Conv2d(squeeze_channels, channels, 1)

    def gates(self, x: Images) -> Float[Tensor, "b c 1 1"]:
        """Say how far each channel of each image is let through, from 0 to 1."""
        squeezed = self.activation(self.reduce(self.mean(x)))
        return self.expand(squeezed).sigmoid()

    def forward(self, x: Images) -> Images:
        """Let each channel through by its gate."""
        return self.gates(x) * x
