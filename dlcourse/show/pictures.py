"""Pictures: images, filter answers and small matrices, each drawn into given ``Axes``."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
from jaxtyping import Float, Num
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from dlcourse.axes import Feature

from .palette import INK, RED
from .style import SIGNED

__all__ = ["panels", "show_image", "show_matrix", "show_response"]


def panels(
    columns: int, rows: int = 1, aspect: float = 1.0
) -> tuple[Figure, Sequence[Axes]]:
    """Make a figure as wide as the page with a grid of ``Axes``, in reading order.

    Args:
        columns: panels in a row.
        rows: rows of panels.
        aspect: width of a panel over its height.
    """
    width = 9.0
    height = rows * (width / columns / aspect + 0.35)
    figure, grid = plt.subplots(rows, columns, figsize=(width, height), squeeze=False)
    return figure, list(grid.flat)


def show_image(ax: Axes, image: Float[Tensor, "c h w"], title: str = "") -> Axes:
    """Draw an image of three channels, or of one, with values in [0, 1]."""
    picture = image.detach().cpu().clamp(0, 1).permute(1, 2, 0)  # h w c
    ax.imshow(picture.squeeze(-1).numpy(), vmin=0, vmax=1)
    return _frame(ax, title)


def show_response(ax: Axes, response: Feature, title: str = "") -> Axes:
    """Draw a filter's answer: blue above zero, orange below, white at zero."""
    values = response.detach().cpu()
    limit = float(values.abs().max()) or 1.0
    ax.imshow(values.numpy(), cmap=SIGNED, vmin=-limit, vmax=limit)
    return _frame(ax, title)


def show_matrix(
    ax: Axes,
    matrix: Num[Tensor, "h w"],
    title: str = "",
    window: tuple[int, int, int, int] | None = None,
) -> Axes:
    """Draw a small matrix as numbers on coloured cells.

    Args:
        ax: where to draw.
        matrix: the numbers.
        title: text above.
        window: row, column, height and width of cells to frame.
    """
    values = matrix.detach().cpu().double()
    limit = float(values.abs().max()) or 1.0
    ax.imshow(values.numpy(), cmap=SIGNED, vmin=-limit, vmax=limit)
    for (row, column), value in zip(
        _places(values), values.flatten().tolist(), strict=True
    ):
        ax.text(
            column,
            row,
            f"{value:.3g}",
            ha="center",
            va="center",
            color="#1b1f24",
            size=11,
        )
    if window is not None:
        row, column, height, width = window
        corner = (column - 0.5, row - 0.5)
        ax.add_patch(
            Rectangle(corner, width, height, fill=False, edgecolor=RED, linewidth=2.5)
        )
    return _frame(ax, title)


def _places(values: Tensor) -> list[tuple[int, int]]:
    return [
        (row, column)
        for row in range(values.shape[0])
        for column in range(values.shape[1])
    ]


def _frame(ax: Axes, title: str) -> Axes:
    """Title above, a thin border, no ticks: the numbers of pixels say nothing here."""
    ax.set_title(title)
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set(visible=True, color=INK, linewidth=0.8)
    return ax
