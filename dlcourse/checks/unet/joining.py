"""Joining: checks of center_crop and join."""

import torch
from torch import Tensor
from torch.nn.functional import conv_transpose2d, interpolate, pad

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.segmentation import unet as reference

__all__ = ["center_crop", "join"]

Size = tuple[int, int]


# center_crop


def _crop(x: Tensor, output_size: Size) -> Tensor:
    return reference.center_crop(x, output_size)


def _corner(x: Tensor, output_size: Size) -> Tensor:
    return x[..., : output_size[0], : output_size[1]]


def _draw_map(draw: Draw) -> Case:
    """Draw a map and a smaller size; what is cut is even, and differs for rows and columns."""
    rows, columns = 2 + draw.side(), 2 + draw.side()
    above = draw.integer(1, 3)
    beside = above + draw.integer(1, 2)
    b, c = draw.integer(1, 2), draw.integer(1, 3)
    x = draw.tensor(b, c, rows + 2 * above, columns + 2 * beside)
    return Case({"x": x, "output_size": (rows, columns)})


def _all_on_each_side(x: Tensor, output_size: Size) -> Tensor:
    """Take the whole difference off either side."""
    (h, w), (rows, columns) = x.shape[-2:], output_size
    return x[..., h - rows : rows, w - columns : columns]


center_crop = Check(
    task="center_crop",
    draw=_draw_map,
    reference=_crop,
    mistakes=(
        Mistake(
            "the crop is taken from the upper left corner",
            "As many rows are cut above as below, and as many columns on the left as on the right.",
            _corner,
        ),
        Mistake(
            "the crop is taken from the lower right corner",
            "As many rows are cut above as below, and as many columns on the left as on the right.",
            lambda x, output_size: x[..., -output_size[0] :, -output_size[1] :],
        ),
        Mistake(
            "the whole difference is cut on each side",
            "Half of it goes on either side.",
            _all_on_each_side,
        ),
        Mistake(
            "the offsets of rows and columns are swapped",
            "The rows have an offset of their own, from the height.",
            lambda x, output_size: _crop(x.mT, output_size[::-1]).mT.roll(1, -1),
        ),
        Mistake(
            "the map is made smaller instead of being cut",
            "Cropping keeps the numbers of the middle as they are.",
            lambda x, output_size: interpolate(x, output_size),
        ),
    ),
)


# join


def _join(coarse: Tensor, fine: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    up = conv_transpose2d(coarse, weight, bias, stride=2)
    return torch.cat([_crop(fine, tuple(up.shape[-2:])), up], dim=1)


def _halves(*given: Tensor) -> tuple[Tensor, Tensor]:
    return _join(*given).chunk(2, dim=1)


def _draw_maps(draw: Draw) -> Case:
    """Draw a coarse map of twice the channels, and a fine one of more than twice its size."""
    b, c = draw.integer(1, 2), draw.integer(1, 3)
    h, w = 1 + draw.side(), 1 + draw.side()
    above = draw.integer(1, 3)
    beside = above + draw.integer(1, 2)
    return Case(
        {
            "coarse": draw.tensor(b, 2 * c, h, w),
            "fine": draw.tensor(b, c, 2 * h + 2 * above, 2 * w + 2 * beside),
            "weight": draw.tensor(2 * c, c, 2, 2),
            "bias": draw.tensor(c),
        }
    )


def _corner_joined(
    coarse: Tensor, fine: Tensor, weight: Tensor, bias: Tensor
) -> Tensor:
    up = conv_transpose2d(coarse, weight, bias, stride=2)
    return torch.cat([_corner(fine, tuple(up.shape[-2:])), up], dim=1)


def _cropped_too_early(
    coarse: Tensor, fine: Tensor, weight: Tensor, bias: Tensor
) -> Tensor:
    """Cut the fine map to the size of the coarse one before doubling, and enlarge both."""
    up = conv_transpose2d(coarse, weight, bias, stride=2)
    across = interpolate(_crop(fine, tuple(coarse.shape[-2:])), scale_factor=2)
    return torch.cat([across, up], dim=1)


def _padded(coarse: Tensor, fine: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    up = conv_transpose2d(coarse, weight, bias, stride=2)
    below, right = (a - b for a, b in zip(fine.shape[-2:], up.shape[-2:], strict=True))
    frame = right // 2, right - right // 2, below // 2, below - below // 2
    return torch.cat([fine, pad(up, frame)], dim=1)


join = Check(
    task="join",
    draw=_draw_maps,
    reference=_join,
    mistakes=(
        Mistake(
            "the skip is added instead of concatenated",
            "The two maps are laid beside each other as channels; what follows weighs them.",
            lambda **given: sum(_halves(*given.values())),
        ),
        Mistake(
            "the doubled map stands before the one that came across",
            "First the fine map, then the doubled one: weights are learned for an order.",
            lambda **given: torch.cat(_halves(*given.values())[::-1], dim=1),
        ),
        Mistake(
            "the fine map is cut from its corner",
            "The middle of the fine map lies over the coarse one.",
            _corner_joined,
        ),
        Mistake(
            "the fine map is cut to the size of the coarse one before that is doubled",
            "Double first; the size to cut to is that of the doubled map.",
            _cropped_too_early,
        ),
        Mistake(
            "the doubled map is padded up to the fine one",
            "With valid convolutions the fine map is cut, and nothing is made up.",
            _padded,
        ),
        Mistake(
            "the maps are joined along the batch",
            "Channels are the second axis.",
            lambda **given: torch.cat(_halves(*given.values()), dim=0),
        ),
        Mistake(
            "the bias of the transposed convolution is left out",
            "conv_transpose2d takes it as its third argument.",
            lambda coarse, fine, weight, bias: _join(coarse, fine, weight, 0 * bias),
        ),
    ),
    builds_on=(center_crop,),
)
