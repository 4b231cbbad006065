"""U-Net: halve the picture until it is understood, double it back until it is drawn.

The coarse maps know what is there and not exactly where, the fine maps know where and not what. So
each level on the way up takes the map of its own size from the way down.

Axes:   b images, c channels, k classes, h w and oh ow rows and columns of picture and answer
Paper:  Ronneberger, Fischer & Brox 2015, "U-Net: convolutional networks for biomedical image
        segmentation"
Torch:  none
"""

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import max_pool2d

from dlcourse.axes import Images
from dlcourse.nn.initialization import kaiming_normal_, zeros_

from .blocks import Up, double_convolution
from .sizes import refuse_size

__all__ = ["UNet"]


class UNet(nn.Module):
    """Give each pixel logits over the classes.

    As the paper has it: 64 channels at the top and 1024 at the bottom, valid convolutions, and an
    answer that is smaller than the picture. Today's habit is ``padding="same", normalize=True``.
    Weights are drawn with variance 2 over the number of inputs. The paper's drop-out at the bottom
    has no rate given, and is left out.

    Args:
        in_channels: of the pictures.
        num_classes: logits of each pixel.
        width: channels of the first level; each further level has twice as many.
        depth: times that the map is halved.
        padding: "valid" or "same".
        normalize: put a batch normalization before each ReLU.
        skips: which of the levels, from the finest on, are joined across; all, if left out.

    Raises:
        ValueError: for an unknown padding, a count below 1, or as many skips as there are not
            levels.

    >>> sum(p.numel() for p in UNet(1, 2).parameters())
    31030658
    """

    def __init__(
        self,
        in_channels: int,
        num_classes: int,
        *,
        width: int = 64,
        depth: int = 4,
        padding: str = "valid",
        normalize: bool = False,
        skips: Sequence[bool] | None = None,
    ) -> None:
        super().__init__()
        joined = [True] * depth if skips is None else list(skips)
        _refuse(in_channels, num_classes, width, depth, padding, joined)
        self.depth, self.padding = depth, padding
        channels = [width << level for level in range(depth + 1)]
        style = {"padding": padding, "normalize": normalize}
        self.down = nn.ModuleList(
            double_convolution(enter, leave, **style)
            for enter, leave in zip([in_channels, *channels], channels, strict=False)
        )  # the last of these is the bottom
        self.up = nn.ModuleList(
            Up(leave, skip=skip, **style)
            for leave, skip in zip(channels[:-1], joined, strict=True)
        )
        self.head = nn.Conv2d(width, num_classes, kernel_size=1)
        _start(self)

    def forward(self, x: Images) -> Float[Tensor, "b k oh ow"]:
        """Compute the logits; with "valid" padding they are those of the middle.

        Raises:
            ValueError: if a side does not fit, with the sizes nearby that do.
        """
        for side in x.shape[-2:]:
            refuse_size(side, self.depth, self.padding)
        fine = []
        for convolutions in self.down[:-1]:
            fine.append(convolutions(x))
            x = max_pool2d(fine[-1], 2)
        x = self.down[-1](x)
        for up, across in zip(reversed(self.up), reversed(fine), strict=True):
            x = up(x, across)
        return self.head(x)


def _refuse(
    in_channels: int,
    num_classes: int,
    width: int,
    depth: int,
    padding: str,
    skips: Sequence[bool],
) -> None:
    counts = {
        "in_channels": in_channels,
        "num_classes": num_classes,
        "width": width,
        "depth": depth,
    }
    for name, count in counts.items():
        if count < 1:
            raise ValueError(f"{name} ({count}) must be at least 1")
    if padding not in ("valid", "same"):
        raise ValueError(f'padding ({padding!r}) must be "valid" or "same"')
    if len(skips) != depth:
        raise ValueError(
            f"there are {len(skips)} skips for {depth} levels; say of each level whether it is "
            "joined"
        )


def _start(model: nn.Module) -> None:
    """Draw the weights of the convolutions for the way forward, and clear the biases."""
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d):
            kaiming_normal_(layer.weight)
            if layer.bias is not None:
                zeros_(layer.bias)
