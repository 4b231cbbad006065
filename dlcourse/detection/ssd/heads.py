"""Heads: on every map one 3x3 convolution for the classes and one for the boxes.

Each map has weights of its own, for what a large thing looks like on a coarse map is not what a
small one looks like on a fine map.

Axes:   b images, n boxes of all maps, k columns
Paper:  Liu et al. 2016, "SSD: single shot multibox detector", section 2.1
Torch:  SSDHead, SSDScoringHead of torchvision.models.detection.ssd
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

__all__ = ["Maps", "SSDHead", "ScoringHead"]

Maps = Sequence[Float[Tensor, "b _ _ _"]]
"""Feature maps of one batch, each with channels and sides of its own."""


class ScoringHead(nn.Module):
    """Ask each box of every map for ``columns`` numbers.

    Args:
        in_channels: channels of each map.
        num_anchors: boxes of a cell of each map.
        columns: numbers of a box.

    >>> head = ScoringHead([8, 16], [4, 6], columns=3)
    >>> head([torch.zeros(2, 8, 5, 5), torch.zeros(2, 16, 1, 1)]).shape  # 5 5 4 + 6 boxes
    torch.Size([2, 106, 3])
    """

    def __init__(
        self, in_channels: Sequence[int], num_anchors: Sequence[int], columns: int
    ) -> None:
        super().__init__()
        self.columns = columns
        self.module_list = nn.ModuleList(
            nn.Conv2d(channels, columns * count, kernel_size=3, padding=1)
            for channels, count in zip(in_channels, num_anchors, strict=True)
        )
        for layer in self.module_list:
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, maps: Maps) -> Float[Tensor, "b n k"]:
        """Give the numbers in the order map, row, column, box."""
        answers = []
        for layer, x in zip(self.module_list, maps, strict=True):
            y = layer(x).movedim(1, -1)  # b h w boxes*columns
            answers.append(y.flatten(1).unflatten(1, (-1, self.columns)))
        return torch.cat(answers, dim=1)


class SSDHead(nn.Module):
    """Both heads.

    Args:
        in_channels: channels of each map.
        num_anchors: boxes of a cell of each map.
        num_classes: background included.

    >>> logits, codes = SSDHead([8], [4], num_classes=21)([torch.zeros(1, 8, 2, 3)])
    >>> logits.shape, codes.shape
    (torch.Size([1, 24, 21]), torch.Size([1, 24, 4]))
    """

    def __init__(
        self, in_channels: Sequence[int], num_anchors: Sequence[int], num_classes: int
    ) -> None:
        super().__init__()
        self.classification_head = ScoringHead(in_channels, num_anchors, num_classes)
        self.regression_head = ScoringHead(in_channels, num_anchors, 4)

    def forward(
        self, maps: Maps
    ) -> tuple[Float[Tensor, "b n k"], Float[Tensor, "b n 4"]]:
        """Score the classes and write the boxes."""
        return self.classification_head(maps), self.regression_head(maps)
