"""Levels: checks of top_down and box_levels."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, interpolate

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.detection.retinanet import levels_of_boxes, merge

__all__ = ["box_levels", "top_down"]

Three = tuple[Tensor, Tensor, Tensor]


# top_down


def _draw_laterals(draw: Draw) -> Case:
    """Draw three maps, each with half the rows and columns of the one before, rounded up."""
    b, c = draw.integer(1, 2), draw.integer(1, 3)
    h, w = draw.side(8), draw.side(9)
    maps = {}
    for name in ("lateral3", "lateral4", "lateral5"):
        maps[name] = draw.tensor(b, c, h, w)
        h, w = -(-h // 2), -(-w // 2)
    return Case(maps)


def _top_down(lateral3: Tensor, lateral4: Tensor, lateral5: Tensor) -> Three:
    merged4 = merge(lateral4, lateral5)
    return merge(lateral3, merged4), merged4, lateral5


def _enlarged(x: Tensor, like: Tensor, mode: str) -> Tensor:
    options = {} if mode == "nearest" else {"align_corners": False}
    return interpolate(x, size=like.shape[2:], mode=mode, **options)


def _smooth(lateral3: Tensor, lateral4: Tensor, lateral5: Tensor) -> Three:
    merged4 = lateral4 + _enlarged(lateral5, lateral4, "bilinear")
    return lateral3 + _enlarged(merged4, lateral3, "bilinear"), merged4, lateral5


def _averaged(lateral3: Tensor, lateral4: Tensor, lateral5: Tensor) -> Three:
    merged4 = merge(lateral4, lateral5) / 2
    return merge(lateral3, merged4) / 2, merged4, lateral5


def _bottom_up(lateral3: Tensor, lateral4: Tensor, lateral5: Tensor) -> Three:
    merged4 = lateral4 + adaptive_avg_pool2d(lateral3, lateral4.shape[2:])
    merged5 = lateral5 + adaptive_avg_pool2d(merged4, lateral5.shape[2:])
    return lateral3, merged4, merged5


def _in_the_corner(lateral3: Tensor, lateral4: Tensor, lateral5: Tensor) -> Three:
    """Lay the coarser map, as small as it is, into the corner of the finer one."""

    def laid(fine: Tensor, coarse: Tensor) -> Tensor:
        both = fine.clone()
        both[..., : coarse.shape[2], : coarse.shape[3]] += coarse
        return both

    merged4 = laid(lateral4, lateral5)
    return laid(lateral3, merged4), merged4, lateral5


top_down = Check(
    task="top_down",
    draw=_draw_laterals,
    reference=_top_down,
    mistakes=(
        Mistake(
            "only the next level is added",
            "What goes further down is the sum, so that the finest level hears of the coarsest.",
            lambda lateral3, lateral4, lateral5: (
                merge(lateral3, lateral4),
                merge(lateral4, lateral5),
                lateral5,
            ),
        ),
        Mistake(
            "the cells are blended",
            "The pyramid repeats the cells of the coarser map: nearest, not bilinear.",
            _smooth,
        ),
        Mistake(
            "the way goes from the bottom up",
            "The coarsest map knows most about what is there; its knowledge goes down.",
            _bottom_up,
        ),
        Mistake(
            "the levels come the other way round",
            "Return the finest level first, as they are given.",
            lambda **maps: _top_down(**maps)[::-1],
        ),
        Mistake(
            "the mean of the two is taken",
            "Add them; the weights of the 1x1 convolutions find the right balance by themselves.",
            _averaged,
        ),
        Mistake(
            "the coarser map is laid into the corner",
            "Enlarge it first: a cell of the coarser map stands for four of the finer one.",
            _in_the_corner,
        ),
    ),
)


# box_levels


def _draw_boxes(draw: Draw) -> Case:
    """Draw boxes of all sizes: sides are apart from those where two levels meet."""
    n = draw.side(8)
    middle = 600 + 200 * draw.tensor(n, 2)
    size = (
        7 * 2.0 ** (draw.tensor(n, 1) * 1.2 + 4) * (1 + 0.3 * draw.tensor(n, 2)).abs()
    )
    half = size.clamp(2, 4000) / 2
    return Case(
        {
            "boxes": torch.cat([middle - half, middle + half], dim=1),
            "lowest": draw.integer(2, 3),
            "highest": draw.integer(4, 6),
        }
    )


def _levels(
    size: Callable[[Tensor, Tensor], Tensor] = lambda w, h: (w * h).sqrt(),
    log: Callable[[Tensor], Tensor] = torch.log2,
    whole: Callable[[Tensor], Tensor] = torch.floor,
    *,
    clamped: bool = True,
) -> Callable[..., Tensor]:
    def answer(boxes: Tensor, lowest: int, highest: int) -> Tensor:
        w, h = (boxes[:, 2:] - boxes[:, :2]).unbind(1)
        levels = whole(4 + log(size(w, h) / 224))
        return (levels.clamp(lowest, highest) if clamped else levels).long()

    return answer


box_levels = Check(
    task="box_levels",
    draw=_draw_boxes,
    reference=levels_of_boxes,
    mistakes=(
        Mistake(
            "a level that does not exist is named",
            "Boxes that are too small or too large go to the first or the last level.",
            _levels(clamped=False),
        ),
        Mistake(
            "the level is rounded to the nearest",
            "From one level's size up to the next one's, the lower level has the box: round down.",
            _levels(whole=torch.round),
        ),
        Mistake(
            "the level is rounded up",
            "From one level's size up to the next one's, the lower level has the box: round down.",
            _levels(whole=torch.ceil),
        ),
        Mistake(
            "the logarithm is natural",
            "Each level has half the cells of the one before, so sizes count in powers of 2.",
            _levels(log=torch.log),
        ),
        Mistake(
            "the area is compared with 224",
            "224 is a side; take the root of the area.",
            _levels(size=lambda w, h: w * h),
        ),
        Mistake(
            "the longer side is taken",
            "The size of a box is the root of its area here.",
            _levels(size=torch.maximum),
        ),
        Mistake(
            "the smaller boxes go to the coarser levels",
            "A box of half the side belongs one level finer, which has the lower number.",
            _levels(log=lambda ratio: -torch.log2(ratio)),
        ),
    ),
)
