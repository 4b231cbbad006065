"""Tiles: an answer for every pixel of a picture of any size.

Valid convolutions answer for the middle only, so what lies around the picture is made up by
mirroring it. A picture too large for the memory is shown tile by tile; tiles overlap in what they
see and not in what they answer.

Axes:   b images, c channels, k classes, h w rows and columns
Paper:  Ronneberger, Fischer & Brox 2015, "U-Net: convolutional networks for biomedical image
        segmentation"
Torch:  none
"""

from itertools import product

from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import pad

from dlcourse.axes import Images

from .network import UNet
from .sizes import refuse_size, trace

__all__ = ["at_any_size", "mirrored", "overlap_tile"]


def mirrored(
    images: Images, left: int, right: int, top: int, bottom: int
) -> Float[Tensor, "b c oh ow"]:
    """Continue each picture beyond its edges by its mirror image; the edge itself is not repeated.

    Args:
        images: to continue.
        left: columns to add, and so on, in the order of ``torch.nn.functional.pad``.
        right: columns.
        top: rows.
        bottom: rows.

    Raises:
        ValueError: if more is asked for than a mirror shows.

    >>> mirrored(torch.tensor([[[[1.0, 2.0, 3.0]]]]), 2, 1, 0, 0).tolist()
    [[[[3.0, 2.0, 1.0, 2.0, 3.0, 2.0]]]]
    """
    height, width = images.shape[-2:]
    most = max(left, right), max(top, bottom)
    if most[0] >= width or most[1] >= height:
        raise ValueError(
            f"a mirror shows at most {width - 1} more columns and {height - 1} more rows of a "
            f"picture of {height}x{width}; {most[0]} and {most[1]} are needed"
        )
    return pad(images, (left, right, top, bottom), mode="reflect")


def overlap_tile(
    model: UNet, images: Images, side: int = 572
) -> Float[Tensor, "b k h w"]:
    """Answer for every pixel, tile by tile, with a network of valid convolutions.

    Tiles step by a multiple of ``2**depth``. A step of any other length would shift the grid of the
    poolings from tile to tile, and the same pixel would get another answer.

    Args:
        model: with valid padding.
        images: of any size that the mirror can fill.
        side: of the square that is shown at once.

    Returns:
        Logits, of the size of the pictures.

    Raises:
        ValueError: if the network pads, or the side does not fit or answers for too little.
    """
    step, margin = _step(model, side)
    height, width = images.shape[-2:]
    rows, columns = range(0, height, step), range(0, width, step)
    seen = mirrored(
        images,
        *(margin, columns[-1] + side - margin - width),
        *(margin, rows[-1] + side - margin - height),
    )
    answer = None
    for top, left in product(rows, columns):
        tile = model(seen[..., top : top + side, left : left + side])
        if answer is None:
            answer = tile.new_zeros(*tile.shape[:2], height, width)
        place = answer[..., top : top + step, left : left + step]
        place.copy_(tile[..., : place.shape[-2], : place.shape[-1]])
    return answer


def _step(model: UNet, side: int) -> tuple[int, int]:
    """Give the pixels from tile to tile, and those around what is answered for."""
    if model.padding != "valid":
        raise ValueError(
            f"the network pads ({model.padding!r}), so its tiles would not fit together"
        )
    refuse_size(side, model.depth, model.padding)
    answered = trace(side, model.depth, model.padding)[0][-1].side
    step = answered - answered % (1 << model.depth)
    if not step:
        raise ValueError(
            f"a tile of {side} answers for {answered} pixels; it takes at least "
            f"{1 << model.depth}"
        )
    return step, (side - answered) // 2


def at_any_size(model: UNet, images: Images) -> Float[Tensor, "b k h w"]:
    """Answer for every pixel with a network that pads: mirror up to a size that fits, then cut.

    Args:
        model: with same padding.
        images: of any size that the mirror can fill.
    """
    height, width = images.shape[-2:]
    right, below = (-length % (1 << model.depth) for length in (width, height))
    return model(mirrored(images, 0, right, 0, below))[..., :height, :width]
