"""Network: a stem, stages of equal blocks, a mean over the image, one linear layer.

Within a stage all maps have one size. From stage to stage the first block halves the sides and
doubles the channels, so that every block costs about the same.

Axes:   b images, c channels, h w pixels; k classes
Paper:  He, Zhang, Ren & Sun 2016, "Deep residual learning for image recognition", table 1
Torch:  torchvision.models.resnet.ResNet
"""

from collections.abc import Callable, Sequence

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images
from dlcourse.models._convolution import conv_norm_activation
from dlcourse.nn.initialization import kaiming_normal_

__all__ = ["ResNet", "imagenet_stem"]


class ResNet(nn.Module):
    """Stack stages of blocks between a stem and a linear layer.

    Args:
        stem: the layers before the first block.
        block: makes a block for the channels that enter, the stage's channels, and a stride.
        depths: blocks of each stage.
        widths: the stem's channels, which are the first stage's, then those of the other stages.
        num_classes: scores that leave.
        tail: layers between the last block and the mean, made for a number of channels.

    >>> from dlcourse.models.resnet import BasicBlock
    >>> with torch.device("meta"):
    ...     model = ResNet(imagenet_stem(64), BasicBlock, (2, 2), (64, 128), num_classes=10)
    ...     model(torch.empty(1, 3, 64, 64)).shape
    torch.Size([1, 10])
    """

    def __init__(
        self,
        stem: nn.Module,
        block: Callable[[int, int, int], nn.Module],
        depths: Sequence[int],
        widths: Sequence[int],
        num_classes: int,
        tail: Callable[[int], nn.Module] | None = None,
    ) -> None:
        super().__init__()
        self.stem = stem
        self.stages, channels = nn.Sequential(), widths[0]
        for place, (depth, width) in enumerate(zip(depths, widths, strict=True)):
            stage = _stage(block, channels, width, depth, stride=2 if place else 1)
            self.stages.append(stage)
            channels = stage[-1].out_channels
        self.tail = nn.Identity() if tail is None else tail(channels)
        self.fc = nn.Linear(channels, num_classes)
        _start(self)

    def forward(self, x: Images) -> Float[Tensor, "b k"]:
        """Score the classes of each image."""
        features = self.tail(self.stages(self.stem(x)))
        return self.fc(features.mean(dim=(2, 3)))


def _stage(
    block: Callable[[int, int, int], nn.Module],
    in_channels: int,
    channels: int,
    depth: int,
    stride: int,
) -> nn.Sequential:
    """Stack blocks; the first takes the stride and the change of channels."""
    blocks = nn.Sequential(block(in_channels, channels, stride))
    for _ in range(depth - 1):
        blocks.append(block(blocks[-1].out_channels, channels, 1))
    return blocks


def imagenet_stem(channels: int) -> nn.Sequential:
    """Halve the sides twice: a convolution of 7x7 and a pooling, each at stride 2.

    >>> with torch.device("meta"):
    ...     imagenet_stem(64)(torch.empty(1, 3, 224, 224)).shape
    torch.Size([1, 64, 56, 56])
    """
    conv = conv_norm_activation(3, channels, 7, stride=2)
    return nn.Sequential(conv, nn.MaxPool2d(3, stride=2, padding=1))


def _start(model: nn.Module) -> None:
    """Draw the convolutions so that the gradient keeps its size on the way back."""
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d):
            kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
