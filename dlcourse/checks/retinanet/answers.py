"""Answers: the check of anchor_rows, the reshaping that is got wrong most often."""

from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake

__all__ = ["anchor_rows"]


def _draw_map(draw: Draw) -> Case:
    """Draw a head's map; rows, columns, anchors and numbers all differ in count."""
    anchors = draw.integer(2, 3)
    numbers = anchors + draw.integer(1, 2)
    h = numbers + draw.integer(1, 3)
    w = h + draw.integer(1, 3)
    return Case(
        {"x": draw.tensor(draw.integer(1, 2), anchors * numbers, h, w), "k": numbers}
    )


def _rows(x: Tensor, k: int) -> Tensor:
    b, _, h, w = x.shape
    return x.view(b, -1, k, h, w).permute(0, 3, 4, 1, 2).reshape(b, -1, k)


def _ordered(*order: int, swapped: bool = False) -> object:
    """Make an answer that puts the axes b, anchors, numbers, h, w into another order."""

    def answer(x: Tensor, k: int) -> Tensor:
        b, c, h, w = x.shape
        parts = (k, c // k) if swapped else (c // k, k)
        x = x.reshape(b, *parts, h, w)
        x = x.transpose(1, 2) if swapped else x
        return x.permute(order).reshape(b, -1, k)

    return answer


anchor_rows = Check(
    task="anchor_rows",
    draw=_draw_map,
    reference=_rows,
    mistakes=(
        Mistake(
            "the map is reshaped without moving its axes",
            "In memory the cells of one channel lie side by side, so a row would hold one channel "
            "of k cells. Move the channels last first.",
            lambda x, k: x.reshape(x.shape[0], -1, k),
        ),
        Mistake(
            "the anchors come before the cells",
            "Anchors are listed cell by cell: row, column, then the anchors of that cell.",
            _ordered(0, 1, 3, 4, 2),
        ),
        Mistake(
            "columns come before rows",
            "Go along a row of cells first; the order is row, column, anchor.",
            _ordered(0, 4, 3, 1, 2),
        ),
        Mistake(
            "the channels are taken for k times anchors",
            "The channels of one anchor lie side by side: anchors times k.",
            _ordered(0, 3, 4, 1, 2, swapped=True),
        ),
    ),
)
