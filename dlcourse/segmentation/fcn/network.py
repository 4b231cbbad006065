"""Network: scores of three maps, added where they stand, and scaled up to the picture.

The coarsest map knows best what is there. Its scores are doubled in size and added to those of the
map before it, and once more; each step halves the width of the blocks that the answer is made of.

Axes:   b images, k classes, h w pixels
Paper:  Long, Shelhamer & Darrell 2015, "Fully convolutional networks for semantic segmentation"
Torch:  none
"""

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images

from .grid import Grid, align, crop
from .upsampling import upsampler

__all__ = ["FCN"]

STRIDES = (8, 16, 32)


class FCN(nn.Module):
    """Score the classes of every pixel.

    The scores of the maps start at zero, so that a finer map at first changes nothing. The steps by
    two are learned; the last one, to the picture, stays bilinear, as in the paper.

    Args:
        stages: five; each halves the map.
        head: from the last map to what the classes are scored by.
        channels: of the third and fourth map, and of what leaves the head.
        grids: of these three.
        num_classes: k.
        stride: 32, 16 or 8 pixels between two cells of the map that is scaled up last.

    Raises:
        ValueError: for another stride.
    """

    def __init__(
        self,
        stages: Sequence[nn.Module],
        head: nn.Module,
        channels: tuple[int, int, int],
        grids: tuple[Grid, Grid, Grid],
        num_classes: int,
        stride: int = 8,
    ) -> None:
        super().__init__()
        if stride not in STRIDES:
            raise ValueError(f"stride ({stride}) must be one of {STRIDES}")
        used = STRIDES.index(stride)
        self.stages, self.head = nn.ModuleList(stages), head
        self.grids, self.stride = grids, stride
        self.scores = nn.ModuleList(
            nn.Conv2d(c, num_classes, kernel_size=1) for c in channels[used:]
        )
        self.twice = nn.ModuleList(upsampler(num_classes, 2) for _ in grids[used:-1])
        self.enlarge = upsampler(num_classes, stride, learned=False)
        for score in self.scores:
            nn.init.zeros_(score.weight)
            nn.init.zeros_(score.bias)

    def forward(self, x: Images) -> Float[Tensor, "b k h w"]:
        """Compute the scores, before any softmax."""
        height, width = x.shape[-2:]
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        maps = [*maps[2:4], self.head(x)][-len(self.scores) :]  # fine to coarse
        grids = self.grids[-len(self.scores) :]
        scores, grid = self.scores[-1](maps[-1]), grids[-1]
        for n in reversed(range(len(maps) - 1)):
            finer = self.scores[n](maps[n])
            coarse, grid = self.twice[n](scores), grid.back(4, 2)
            coarse, finer, grid = align(coarse, grid, finer, grids[n])
            scores = coarse + finer
        grid = grid.back(2 * self.stride, self.stride)
        return crop(self.enlarge(scores), int(-grid.start), height, width)
