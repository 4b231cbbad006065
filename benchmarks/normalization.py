"""Normalization: the family against torch, in training, forward and with backward.

Run it with ``python -m benchmarks normalization``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.family import Case, compared, run
from benchmarks.inputs import forward, with_backward
from benchmarks.place import Place
from benchmarks.result import Result
from dlcourse.nn import normalization

MAPS = ((16, 64, 56, 56), (32, 256, 14, 14), (8, 64, 112, 112))
GROUPS = 32


@dataclass(frozen=True)
class Norm:
    """A member of the family: what to call with it, on which shapes, and the bars."""

    shapes: tuple[tuple[int, ...], ...]
    arguments: Callable[[Tensor], tuple]
    options: dict
    bars: tuple[float, float]
    """Forward, with backward."""


def _per_channel(x: Tensor) -> tuple[Tensor, Tensor]:
    """Scale and shift that are not 1 and 0."""
    channels = x.shape[1]
    return x.new_full((channels,), 1.5), x.new_full((channels,), 0.5)


def _of_batch(x: Tensor) -> tuple:
    return x, torch.zeros_like(x[0, :, 0, 0]), torch.ones_like(x[0, :, 0, 0])


def _of_group(x: Tensor) -> tuple:
    return x, GROUPS, *_per_channel(x)


def _of_layer(x: Tensor) -> tuple:
    width = x.shape[-1]
    return x, (width,), x.new_full((width,), 1.5), x.new_full((width,), 0.5)


NORMS = {
    "batch_norm": Norm(MAPS, _of_batch, {"training": True}, (1.0, 1.4)),
    "layer_norm": Norm(((64, 128, 512), (16, 196, 768)), _of_layer, {}, (4.0, 4.0)),
    "group_norm": Norm(((16, 64, 56, 56),), _of_group, {}, (4.0, 4.0)),
    "local_response_norm": Norm(
        ((16, 96, 27, 27), (16, 256, 13, 13)), lambda x: (x, 5), {}, (0.2, 0.2)
    ),
}


def _called(function: Callable, norm: Norm) -> Callable[[Tensor], Tensor]:
    """Make a function of the input alone; weights have no gradient here."""
    return lambda x: function(*norm.arguments(x), **norm.options)


def measure(place: Place) -> Iterator[Result]:
    """Compare every member on its shapes."""
    for name, norm in NORMS.items():
        ours = _called(getattr(normalization, name), norm)
        theirs = _called(getattr(F, name), norm)
        parts = {"forward": forward, "with backward": with_backward}
        for (part, pair), bar in zip(parts.items(), norm.bars, strict=True):
            cases = [
                Case(
                    "x".join(map(str, shape)),
                    bar,
                    lambda place, s=shape, p=pair, o=ours, t=theirs: p(
                        o, t, place.draw(*s), place
                    ),
                )
                for shape in norm.shapes
            ]
            yield from compared(f"{name}, {part}", f"F.{name}", cases, place)


if __name__ == "__main__":
    run("normalization", measure)
