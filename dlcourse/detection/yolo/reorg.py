"""Reorg: fold a fine map into the size of a coarse one, without losing a number.

The coarse map knows what is in the image, the fine one where exactly. To be joined they need one
size, and pooling would throw three of four numbers away. Instead each square of cells becomes one
cell with all their channels.

Axes:   b images, c channels, h w sides, oh ow sides divided by the block
Paper:  Redmon & Farhadi 2017, "YOLO9000: better, faster, stronger" (the passthrough layer)
Torch:  torch.nn.functional.pixel_unshuffle, in another order of channels
"""

from jaxtyping import Float
from torch import Tensor

from dlcourse.axes import Images

__all__ = ["reorg"]


def reorg(x: Images, block: int = 2) -> Float[Tensor, "b o oh ow"]:
    """Stack the cells of each square along the channels.

    ``y[(i * block + j) * c + channel, r, s] = x[channel, r * block + i, s * block + j]``: all
    channels of the upper left cells first, then those of the cells beside them.

    Args:
        x: the fine map.
        block: cells on each side of a square.

    Raises:
        ValueError: if the sides are not multiples of the block.

    >>> reorg(torch.tensor([[[[1.0, 2, 3, 4], [5, 6, 7, 8]]]])).squeeze().tolist()
    [[1.0, 3.0], [2.0, 4.0], [5.0, 7.0], [6.0, 8.0]]
    """
    height, width = x.shape[-2:]
    if height % block or width % block:
        raise ValueError(
            f"the map has {height}x{width} cells; both sides must be multiples of {block}"
        )
    squares = x.unflatten(3, (-1, block)).unflatten(2, (-1, block))  # b c oh i ow j
    return squares.permute(0, 3, 5, 1, 2, 4).flatten(1, 3)
