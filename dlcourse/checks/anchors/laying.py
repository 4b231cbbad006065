"""Laying: checks of base_anchors and grid_anchors."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.detection import anchors as reference

__all__ = ["base_anchors", "grid_anchors"]

RATIOS = (0.25, 0.5, 2.0, 3.0)


# base_anchors


def _draw_shapes(draw: Draw) -> Case:
    """Draw growing scales and ratios, of which at most one is 1."""
    scales = 4.0 * torch.arange(1, draw.integer(2, 4) + 1) + draw.integer(1, 20)
    ratios = [RATIOS[draw.integer(0, 1)], RATIOS[draw.integer(2, 3)]]
    ratios += [1.0] * draw.integer(0, 1)
    return Case({"scales": scales.double(), "ratios": torch.tensor(ratios).double()})


def _base(scales: Tensor, ratios: Tensor) -> Tensor:
    return reference.base_anchors(scales.tolist(), ratios.tolist(), torch.float64)


def _sided(widths: Tensor, heights: Tensor) -> Tensor:
    """Put boxes with these sides around 0."""
    half = torch.stack([widths, heights], dim=-1).reshape(-1, 2) / 2
    return torch.cat([-half, half], dim=1)


base_anchors = Check(
    task="base_anchors",
    draw=_draw_shapes,
    reference=_base,
    mistakes=(
        Mistake(
            "width and height are swapped",
            "The ratio is height over width: a box with ratio 2 stands upright.",
            lambda scales, ratios: _base(scales, 1 / ratios),
        ),
        Mistake(
            "the area grows with the ratio",
            "All boxes of one scale have its square for an area: what the height gains by the root "
            "of the ratio, the width has to lose.",
            lambda scales, ratios: _sided(
                scales.expand(len(ratios), -1), scales * ratios[:, None]
            ),
        ),
        Mistake(
            "the root of the ratio is not taken",
            "Then height over width is the square of the ratio.",
            lambda scales, ratios: _base(scales, ratios.square()),
        ),
        Mistake(
            "the sides are not halved",
            "A box around 0 reaches half a side to either end.",
            lambda scales, ratios: 2 * _base(scales, ratios),
        ),
        Mistake(
            "the scales are gone through before the ratios",
            "All scales of the first ratio come first.",
            lambda scales, ratios: (
                _base(scales, ratios)
                .view(len(ratios), len(scales), 4)
                .transpose(0, 1)
                .reshape(-1, 4)
            ),
        ),
    ),
)


# grid_anchors


def _draw_grid(draw: Draw) -> Case:
    base = _base(**_draw_shapes(draw).arguments)
    rows = draw.integer(2, 5)
    columns = rows + draw.integer(1, 3)
    return Case(
        {
            "base": base,
            "rows": rows,
            "columns": columns,
            "stride": 2 ** draw.integer(2, 5),
        }
    )


def _grid(
    base: Tensor, rows: int, columns: int, stride: int, offset: float = 0.5
) -> Tensor:
    return reference.grid_anchors((rows, columns), stride, base, offset)


def _cells(base: Tensor, rows: int, columns: int, stride: int) -> Tensor:
    """Give the answer with an axis each for rows, columns and shapes."""
    return _grid(base, rows, columns, stride).view(rows, columns, -1, 4)


def _crossed(base: Tensor, rows: int, columns: int, stride: int) -> Tensor:
    """Let x run with the rows, by turning the boxes around the diagonal twice."""
    turned = _grid(base[:, [1, 0, 3, 2]], rows, columns, stride)
    return turned[:, [1, 0, 3, 2]]


grid_anchors = Check(
    task="grid_anchors",
    draw=_draw_grid,
    reference=_grid,
    mistakes=(
        Mistake(
            "the centres lie at the corner of the cell",
            "The first cell covers the pixels from 0 to stride; its middle is not at 0.",
            lambda **case: _grid(**case, offset=0),
        ),
        Mistake(
            "x runs with the rows",
            "The column says how far to the right a cell lies, and the row how far down.",
            _crossed,
        ),
        Mistake(
            "the columns are gone through before the rows",
            "All cells of the first row come first.",
            lambda **case: _cells(**case).transpose(0, 1).reshape(-1, 4),
        ),
        Mistake(
            "the shapes are gone through before the cells",
            "All shapes of the first cell come first.",
            lambda **case: _cells(**case).movedim(2, 0).reshape(-1, 4),
        ),
        Mistake(
            "only the first corner is moved",
            "A box moves with both of its corners: x1 and x2 by one number, y1 and y2 by another.",
            lambda **case: torch.cat(
                [
                    _grid(**case)[:, :2],
                    case["base"].repeat(case["rows"] * case["columns"], 1)[:, 2:],
                ],
                dim=1,
            ),
        ),
    ),
)
