"""Branches: several answers to one input, one after the other along the channels.

All branches must leave the same height and width; their numbers of channels add up.

Axes:   b images, c and o channels, h w and oh ow sides
Paper:  Szegedy et al. 2015, "Going deeper with convolutions"
Torch:  torch.cat
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images

__all__ = ["Branches"]


class Branches(nn.ModuleDict):
    """Apply each branch to the input and concatenate the answers along the channels.

    >>> both = Branches({"same": nn.Identity(), "again": nn.Identity()})
    >>> both(torch.ones(1, 3, 2, 2)).shape
    torch.Size([1, 6, 2, 2])
    """

    def forward(self, x: Images) -> Float[Tensor, "b o oh ow"]:
        """Concatenate."""
        return torch.cat([branch(x) for branch in self.values()], dim=1)
