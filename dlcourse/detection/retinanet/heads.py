"""Heads: two small networks that slide over every level of the pyramid, the same for all.

One says what each anchor holds, the other how its box must move. They share no weights with each
other, and each shares all of its own between the levels, so that an object looks alike to them
whatever its size.

Axes:   b images, c channels, h w sides of a level; n anchors, k classes
Paper:  Lin, Goyal, Girshick, He & Dollár 2017, "Focal loss for dense object detection", section 4
Torch:  torchvision.models.detection.retinanet.RetinaNetHead
"""

from collections import OrderedDict
from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images
from dlcourse.nn.initialization import constant_, normal_, zeros_

from .focal import prior_bias

__all__ = ["RetinaNetHead", "tower"]


def tower(
    channels: int,
    out_channels: int,
    depth: int = 4,
    norm_layer: Callable[[int], nn.Module] | None = None,
) -> nn.Sequential:
    """Stack ``depth`` convolutions of 3x3 with ReLUs, and a last one without.

    Weights are drawn small, with a spread of 0.01, so that the first answers are the last bias's.

    Args:
        channels: of every map but the last.
        out_channels: numbers for each cell.
        depth: convolutions before the last.
        norm_layer: makes a normalization for a number of channels; the paper has none.

    >>> sum(p.numel() for p in tower(2, 3, depth=1).parameters())  # 9 2 2 + 2 + 9 2 3 + 3
    95
    """
    layers = OrderedDict()
    for place in range(depth):
        layers[f"conv{place}"] = nn.Conv2d(
            channels, channels, 3, padding=1, bias=norm_layer is None
        )
        if norm_layer is not None:
            layers[f"norm{place}"] = norm_layer(channels)
        layers[f"relu{place}"] = nn.ReLU()
    layers["last"] = nn.Conv2d(channels, out_channels, 3, padding=1)
    for layer in layers.values():
        if isinstance(layer, nn.Conv2d):
            normal_(layer.weight, std=0.01)
            if layer.bias is not None:
                zeros_(layer.bias)
    return nn.Sequential(layers)


class RetinaNetHead(nn.Module):
    """Score the classes of every anchor and correct its box.

    Args:
        in_channels: channels of the pyramid.
        num_anchors: anchors of each cell.
        num_classes: k, without background.
        prior_probability: what every class of every anchor is given at the start.
        depth: convolutions of each tower before its last.
        norm_layer: as in :func:`tower`.

    >>> head = RetinaNetHead(8, num_anchors=9, num_classes=5)
    >>> logits, codes = head(torch.zeros(1, 8, 4, 3))
    >>> logits.shape, codes.shape, round(logits.sigmoid().mean().item(), 3)
    (torch.Size([1, 108, 5]), torch.Size([1, 108, 4]), 0.01)
    """

    def __init__(
        self,
        in_channels: int,
        num_anchors: int,
        num_classes: int,
        prior_probability: float = 0.01,
        depth: int = 4,
        norm_layer: Callable[[int], nn.Module] | None = None,
    ) -> None:
        super().__init__()
        self.num_classes = num_classes
        self.classification_head = tower(
            in_channels, num_anchors * num_classes, depth, norm_layer
        )
        self.regression_head = tower(in_channels, num_anchors * 4, depth, norm_layer)
        constant_(self.classification_head.last.bias, prior_bias(prior_probability))

    def forward(
        self, x: Images
    ) -> tuple[Float[Tensor, "b n {self.num_classes}"], Float[Tensor, "b n 4"]]:
        """Answer for one level; anchors come row by row, cell by cell."""
        logits = _anchor_by_anchor(self.classification_head(x), self.num_classes)
        return logits, _anchor_by_anchor(self.regression_head(x), 4)


def _anchor_by_anchor(x: Images, numbers: int) -> Float[Tensor, "b n {numbers}"]:
    """Turn channels, which are anchors times numbers, and cells into rows of numbers."""
    b, _, h, w = x.shape
    x = x.view(b, -1, numbers, h, w).permute(0, 3, 4, 1, 2)  # b h w anchors numbers
    return x.reshape(b, -1, numbers)
