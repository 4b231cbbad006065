"""Borders: check of border_weights."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.segmentation import unet as reference

__all__ = ["border_weights"]

Rule = Callable[[Tensor, Tensor, float], Tensor]


def _of_sum(first: Tensor, second: Tensor, sigma: float) -> Tensor:
    return torch.exp(-((first + second) ** 2) / (2 * sigma**2))


def _weigh(
    rule: Rule = _of_sum,
    *,
    farthest: bool = False,
    of_class: float = 1.0,
    inside: bool = False,
    on_cells: float = 1.0,
    balance: Callable[[Tensor], Tensor] | None = None,
) -> Callable[..., Tensor]:
    """Give the right answer, or one that departs from it in the ways that are set."""

    def weigh(labels: Tensor, distances: Tensor, w0: float, sigma: float) -> Tensor:
        cell = labels > 0
        share = cell.double().mean()
        own = 0.5 / torch.where(cell, share, 1 - share)
        if balance is not None:
            own = balance(cell)
        near = distances.topk(2, dim=0, largest=farthest).values
        border = w0 * rule(near[0], near[1], sigma)
        border = border if inside else torch.where(cell, 0.0, border)
        return torch.where(cell, on_cells, 1.0) * (of_class * own + border)

    return weigh


def _draw_cells(draw: Draw) -> Case:
    """Draw three or four spots on the ground, and how far every pixel is from each."""
    h, w = 6 + draw.side(), 7 + draw.side()
    count = draw.integer(3, 4)
    labels = torch.zeros(h, w, dtype=torch.int64)
    places = torch.randperm((h // 2) * (w // 2), generator=draw.source)[:count]
    for name, place in enumerate(places.tolist(), start=1):
        row, column = 2 * (place // (w // 2)), 2 * (place % (w // 2))
        labels[row, column] = name
    one = int((labels > 0).nonzero()[0, 1])
    row = int((labels > 0).nonzero()[0, 0])
    labels[row : row + 2, one] = labels[row, one]  # one of them is larger
    masks = labels == torch.arange(1, count + 1)[:, None, None]
    return Case(
        {
            "labels": labels,
            "distances": reference.distances(masks).double(),
            "w0": float(draw.integer(4, 12)),
            "sigma": draw.integer(15, 40) / 10,
        }
    )


border_weights = Check(
    task="border_weights",
    draw=_draw_cells,
    reference=_weigh(),
    mistakes=(
        Mistake(
            "the weights of the classes are missing",
            "Every pixel has the weight of its kind, and the border is added to it.",
            _weigh(of_class=0.0),
        ),
        Mistake(
            "the map is of the ground only: cells weigh nothing",
            "Cells have to be learned too: they have the weight of their kind.",
            _weigh(on_cells=0.0),
        ),
        Mistake(
            "the border adds inside the cells as well",
            "Inside a cell there is nothing to part; add the second term on the ground alone.",
            _weigh(inside=True),
        ),
        Mistake(
            "the distances are squared before they are added",
            "Add d1 and d2 first, then square the sum.",
            _weigh(lambda one, two, s: torch.exp(-(one**2 + two**2) / (2 * s**2))),
        ),
        Mistake(
            "the sum of the distances is not squared",
            "The exponent holds the square of d1 + d2.",
            _weigh(lambda one, two, s: torch.exp(-(one + two) / (2 * s**2))),
        ),
        Mistake(
            "sigma is not squared",
            "The sum is squared, so sigma is too: both are pixels.",
            _weigh(lambda one, two, s: torch.exp(-((one + two) ** 2) / (2 * s))),
        ),
        Mistake(
            "the 2 before sigma is missing",
            "The sum's square is divided by 2 sigma^2.",
            _weigh(lambda one, two, s: torch.exp(-((one + two) ** 2) / s**2)),
        ),
        Mistake(
            "only the nearest cell counts",
            "The line between two cells is near to both: d2 is the distance to the second nearest.",
            _weigh(lambda one, two, s: torch.exp(-((2 * one) ** 2) / (2 * s**2))),
        ),
        Mistake(
            "the two cells farthest away are taken",
            "The smallest distance, and the second smallest.",
            _weigh(farthest=True),
        ),
        Mistake(
            "a class weighs by how frequent it is, and not by how rare",
            "Few pixels of a kind need a large weight each: divide by their number.",
            _weigh(
                balance=lambda cell: (
                    2
                    * torch.where(cell, cell.double().mean(), 1 - cell.double().mean())
                )
            ),
        ),
    ),
)
