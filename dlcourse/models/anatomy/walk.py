"""Walk: what each layer of a network makes of one image, in numbers that a page can carry.

A row of the table says what a layer costs. Beside it stand a few of its maps, made small and cut
into sixteen levels: enough to see, and a few hundred characters.

Axes:   b one image, c channels, h w sides
Torch:  torch.nn.Module.register_forward_hook
"""

from collections.abc import Sequence
from math import prod
from typing import Any

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from dlcourse.axes import Feature, Images

from .table import Layer, Ledger, run

__all__ = ["Step", "drawn", "walk"]

Step = dict[str, Any]
"""Name, kind, shape, parameters, multiplyAdds, field (size, jump and start, or None) and maps (each
with its channel, its shape and its cells, a hexadecimal digit each), ready for JSON."""


def walk(
    model: nn.Module,
    image: Images,
    depth: int | None = None,
    maps: int = 4,
    side: int = 14,
) -> list[Step]:
    """Run the model on one image and tell every step of its way.

    A layer that changes neither the number of its cells nor multiplies, an activation for instance,
    is no step of its own: the step before it shows what has become of its maps.

    Args:
        model: any network.
        image: a batch of one.
        depth: as in :func:`layer_table`.
        maps: channels to draw, those that vary most over the image.
        side: cells that a drawn map has at most along a side.

    >>> model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2))
    >>> [step["name"] for step in walk(model, torch.rand(1, 1, 6, 6))]
    ['0', '2']
    """
    artist = Artist(model, image, depth, maps, side)
    with artist:
        run(model, image, artist.watch)
    steps: list[Step] = []
    for row, pictures in zip(artist.rows, artist.pictures, strict=True):
        if not steps or not _continues(row, steps[-1]):
            steps.append(_step(row, pictures))
            continue
        steps[-1]["parameters"] += row.parameters
        if list(row.shape) == steps[-1]["shape"]:  # flattened maps are no picture
            steps[-1]["maps"] = pictures
    return steps


class Artist(Ledger):
    """Keep the ledger, and draw a few maps of every row."""

    def __init__(
        self, model: nn.Module, image: Tensor, depth: int | None, maps: int, side: int
    ) -> None:
        super().__init__(model, image, depth)
        self.pictures: list[list[Step]] = []
        self._maps, self._side = maps, side

    def note(self, layer: Layer, output: Tensor) -> None:
        """Write the row and draw."""
        super().note(layer, output)
        numbers = output[0].detach()
        if numbers.dim() == 3 and numbers[0].numel() > 1:
            chosen = numbers.flatten(1).std(dim=1).topk(min(self._maps, len(numbers)))
            places = chosen.indices.sort().values.tolist()
            drawings = [drawn(numbers[n], self._side) | {"channel": n} for n in places]
        else:  # a vector: its first numbers, in one line
            line = numbers.flatten()[: 4 * self._side]
            drawings = [drawn(line[None], 4 * self._side) | {"channel": 0}]
        self.pictures.append(drawings)


def drawn(feature: Feature, side: int) -> Step:
    """Make a map small, by averages, and tell each cell by one of sixteen levels.

    >>> drawn(torch.tensor([[0.0, 1.0], [2.0, 3.0]]), side=2)
    {'shape': [2, 2], 'cells': '05af'}
    """
    height, width = (min(n, side) for n in feature.shape)
    small: Float[Tensor, "oh ow"] = adaptive_avg_pool2d(feature[None], (height, width))[
        0
    ]
    low, high = small.min(), small.max()
    levels = (15 * (small - low) / (high - low).clamp(min=1e-12)).round().int()
    cells = "".join(f"{level:x}" for level in levels.flatten().tolist())
    return {"shape": [height, width], "cells": cells}


def _continues(row: Layer, before: Step) -> bool:
    """Say whether a row only works on what the step before gave out."""
    return not row.multiply_adds and prod(row.shape) == prod(before["shape"])


def _step(row: Layer, pictures: Sequence[Step]) -> Step:
    field = row.field and [row.field.size, row.field.jump, row.field.start]
    return {
        "name": row.name,
        "kind": row.kind,
        "shape": list(row.shape),
        "parameters": row.parameters,
        "multiplyAdds": row.multiply_adds,
        "field": field,
        "maps": pictures,
    }
