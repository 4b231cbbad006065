"""Patterns: pictures like paintings, drawn by rule, so that a style can be had without a painter.

A painting that may be copied freely is hard to find and heavy to ship. What makes a style for a
network is simpler than a painting: a few colours, and one kind of mark that repeats. Two such rules
are here, brush strokes that follow a flow and panes of glass set in lead. Both scatter one point
into each cell of a grid, so that whoever looks at a pixel need only ask the cells around it.

Axes:   c h w, three channels of colour; values in [0, 1]; n colours, m cells
Paper:  Worley 1996, "A cellular texture basis function", for points scattered in cells
Torch:  none
"""

import math

import torch
from jaxtyping import Float
from torch import Generator, Tensor
from torch.nn.functional import interpolate

from dlcourse.axes import Image

__all__ = ["GLASS", "NIGHT", "stained_glass", "strokes"]

Colours = Float[Tensor, "n 3"]
Near = Float[Tensor, "m h w"]

NIGHT = torch.tensor(
    [
        [0.05, 0.09, 0.27],
        [0.10, 0.22, 0.52],
        [0.18, 0.42, 0.71],
        [0.47, 0.68, 0.82],
        [0.90, 0.87, 0.66],
        [0.97, 0.77, 0.24],
    ]
)
"""Blues of a night and yellows of its lights, from dark to bright."""

GLASS = torch.tensor(
    [
        [0.72, 0.07, 0.12],
        [0.09, 0.20, 0.58],
        [0.93, 0.66, 0.11],
        [0.08, 0.44, 0.28],
        [0.45, 0.13, 0.47],
        [0.86, 0.89, 0.80],
    ]
)
"""Red, blue, yellow, green, violet and a pale pane."""


def strokes(
    height: int,
    width: int,
    generator: Generator,
    *,
    length: float = 26.0,
    thickness: float = 7.0,
    colours: Colours = NIGHT,
) -> Image:
    """Paint short bent strokes along a smooth flow, later ones over earlier ones.

    Args:
        height: of the picture, in pixels.
        width: of the picture, in pixels.
        generator: source of the places, directions and colours.
        length: of a stroke, in pixels.
        thickness: of a stroke, in pixels.
        colours: from dark to bright; neighbouring strokes take neighbouring colours.

    Raises:
        ValueError: if a side is no number of pixels, or a stroke is not longer than thick.

    >>> strokes(6, 8, torch.Generator(), length=4.0, thickness=2.0).shape
    torch.Size([3, 6, 8])
    """
    _refuse_sides(height, width)
    if not 0 < thickness < length:
        raise ValueError(
            f"a stroke is longer than thick: length is {length}, thickness {thickness}"
        )
    spacing = 0.6 * thickness
    reach = math.ceil(0.5 * length / spacing)
    cells = _cells(height, width, spacing, reach)
    down, across, cell = _offsets(height, width, spacing, reach, cells, generator)
    turn = 2.2 * math.pi * _waves(cells, generator, scale=14)[cell]  # one for each cell
    along = across * turn.cos() + down * turn.sin()
    aside = down * turn.cos() - across * turn.sin()
    aside = aside - along**2 * 0.6 / length  # bent
    inside = (2 * along / length) ** 4 + (2 * aside / thickness) ** 2 < 1
    order = torch.rand(cells, generator=generator).flatten()[cell]
    top = torch.where(inside, order, order - 1).argmax(dim=0, keepdim=True)  # 1 h w
    painted = _colour(cells, colours, generator)[cell.gather(0, top)[0]]  # h w 3
    bristles = torch.cos(2.5 * aside.gather(0, top)[0]) + 0.8 * torch.cos(
        1.1 * aside.gather(0, top)[0] + 9 * order.gather(0, top)[0]
    )
    return (painted.permute(2, 0, 1) + 0.035 * bristles).clamp(0, 1)


def stained_glass(
    height: int,
    width: int,
    generator: Generator,
    *,
    pane: float = 24.0,
    lead: float = 2.5,
    colours: Colours = GLASS,
) -> Image:
    """Set panes of glass in lead: each pixel takes the colour of the point nearest to it.

    Where the second nearest point is almost as near, two panes meet, and there is lead.

    Args:
        height: of the picture, in pixels.
        width: of the picture, in pixels.
        generator: source of the places and colours.
        pane: width of a pane, about, in pixels.
        lead: width of the lead between two panes, about, in pixels.
        colours: of the panes, drawn at random.

    Raises:
        ValueError: if a side is no number of pixels, or the lead is not thinner than a pane.

    >>> stained_glass(6, 8, torch.Generator(), pane=4.0, lead=1.0).shape
    torch.Size([3, 6, 8])
    """
    _refuse_sides(height, width)
    if not 0 <= lead < pane:
        raise ValueError(
            f"the lead is thinner than a pane: lead is {lead}, pane {pane}"
        )
    reach = 2
    cells = _cells(height, width, pane, reach)
    down, across, cell = _offsets(height, width, pane, reach, cells, generator)
    distance, nearest = torch.hypot(down, across).topk(2, dim=0, largest=False)
    own = cell.gather(0, nearest)[0]
    which = torch.randint(len(colours), cells, generator=generator).flatten()
    light = 0.75 + 0.4 * torch.rand(cells, generator=generator).flatten()
    glow = 1.1 - 0.3 * distance[0] / pane  # brighter in the middle of a pane
    glass = colours[which[own]].permute(2, 0, 1) * light[own] * glow
    clear = ((distance[1] - distance[0]) - lead + 1).clamp(0, 1)  # soft over a pixel
    return (glass * clear + 0.06 * (1 - clear)).clamp(0, 1)


def _refuse_sides(height: int, width: int) -> None:
    if height < 1 or width < 1:
        raise ValueError(
            f"a picture has at least one pixel a side: height is {height}, width {width}"
        )


def _cells(height: int, width: int, spacing: float, reach: int) -> tuple[int, int]:
    """Count the cells of the grid, with a margin, so that pixels at the edge have neighbours."""
    return tuple(math.ceil(side / spacing) + 2 * reach for side in (height, width))


def _offsets(
    height: int,
    width: int,
    spacing: float,
    reach: int,
    cells: tuple[int, int],
    generator: Generator,
) -> tuple[Near, Near, Tensor]:
    """Measure, for each pixel, how far it lies from the points in the cells around it.

    Returns:
        Pixels down from the point, pixels right of it, and the number of its cell.
    """
    jitter = torch.rand(2, *cells, generator=generator).flatten(1)
    rows, columns = torch.arange(height) + 0.5, torch.arange(width) + 0.5
    steps = torch.arange(-reach, reach + 1)
    row = (rows / spacing).long() + reach + steps[:, None]  # s h
    column = (columns / spacing).long() + reach + steps[:, None]  # s w
    cell = (row[:, None, :, None] * cells[1] + column[None, :, None, :]).flatten(0, 1)
    place = torch.stack([cell // cells[1], cell % cells[1]]) - reach
    point = (place + jitter[:, cell]) * spacing  # 2 n h w
    return rows[:, None] - point[0], columns - point[1], cell


def _waves(
    cells: tuple[int, int], generator: Generator, scale: int
) -> Float[Tensor, "m"]:
    """Draw a smooth field over the cells, between 0 and about 1."""
    coarse = [max(2, math.ceil(side / scale)) for side in cells]
    noise = torch.rand(1, 1, *coarse, generator=generator)
    return interpolate(noise, size=cells, mode="bicubic", align_corners=True).flatten()


def _colour(
    cells: tuple[int, int], colours: Colours, generator: Generator
) -> Float[Tensor, "m 3"]:
    """Give each cell one of the colours, like its neighbours' but for chance."""
    smooth = _waves(cells, generator, scale=9)
    rank = smooth.argsort().argsort() / smooth.numel()  # each colour equally often
    shift = 0.16 * torch.randn(smooth.shape, generator=generator)
    place = ((rank + shift).clamp(0, 0.999) * len(colours)).long()
    tint = 0.05 * torch.randn(len(smooth), 3, generator=generator)
    return (colours[place] + tint).clamp(0, 1)
