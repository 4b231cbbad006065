"""Directions: checks of cosines and sines."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.faces import margins as reference

__all__ = ["cosines", "draw_samples", "sines"]

TINY = 1e-8
"""An angle whose cosine is 1 in double precision."""


def draw_samples(draw: Draw) -> dict[str, Tensor]:
    """Draw embeddings, weights and labels: counts differ, lengths are far from 1."""
    b = draw.side(2)
    k = b + draw.integer(1, 3)
    d = k + draw.integer(1, 3)
    return {
        "x": 3 * draw.tensor(b, d),
        "weight": 2 * draw.tensor(k, d),
        "labels": torch.randint(0, k, (b,), generator=draw.source),
    }


# cosines


def _draw_cosines(draw: Draw) -> Case:
    drawn = draw_samples(draw)
    return Case({"x": drawn["x"], "weight": drawn["weight"]})


cosines = Check(
    task="cosines",
    draw=_draw_cosines,
    reference=reference.cosines,
    mistakes=(
        Mistake(
            "neither side is divided by its length",
            "This is the inner product. Longer vectors would get larger numbers at the same angle.",
            lambda x, weight: x @ weight.T,
        ),
        Mistake(
            "the weights are not divided by their lengths",
            "A class with a long weight would win at any angle. Divide each row by its length.",
            lambda x, weight: normalize(x) @ weight.T,
        ),
        Mistake(
            "the embeddings are not divided by their lengths",
            "Both sides have a length; divide each row of x by its own.",
            lambda x, weight: x @ normalize(weight).T,
        ),
        Mistake(
            "columns are divided by their lengths",
            "A vector is a row: the length is taken over the last axis, dim=1.",
            lambda x, weight: normalize(x, dim=0) @ normalize(weight, dim=0).T,
        ),
        Mistake(
            "all rows are divided by one length",
            "Each row has its own length: take the norm with dim=1, keepdim=True.",
            lambda x, weight: (x / x.norm()) @ (weight / weight.norm()).T,
        ),
        Mistake(
            "the sum of magnitudes is taken for the length",
            "The length is the root of the sum of squares.",
            lambda x, weight: normalize(x, p=1.0) @ normalize(weight, p=1.0).T,
        ),
        Mistake(
            "the angles are returned",
            "The cosine is the inner product of the unit vectors; no arc cosine is needed.",
            lambda x, weight: reference.cosines(x, weight).acos(),
        ),
    ),
    gradients=("x", "weight"),
)


# sines


def _draw_pairs(draw: Draw) -> Case:
    """Draw pairs of vectors; the first lie at an angle that the cosine does not notice."""
    n, d = draw.side(3), draw.integer(3, 6)
    x, y = 3 * draw.tensor(n, d), 2 * draw.tensor(n, d)
    across = y[0].roll(1)
    unit = y[0] / y[0].norm()
    across = across - (across @ unit) * unit
    x[0] = 2.0 * (unit + TINY * draw.integer(1, 3) * across / across.norm())
    return Case({"x": x, "y": y})


def _remainder(x: Tensor, y: Tensor) -> Tensor:
    """Take from each row of x its part along the unit vector y."""
    return x - (x * y).sum(dim=1, keepdim=True) * y


def _along(x: Tensor, y: Tensor) -> Tensor:
    return (normalize(x) * normalize(y)).sum(dim=1)


sines = Check(
    task="sines",
    draw=_draw_pairs,
    reference=reference.sines,
    mistakes=(
        Mistake(
            "the sine is made of the cosine",
            "The cosine of a small angle is 1 in the computer: nothing is left under the root of "
            "1 - cos^2, and its arc cosine is 0. Measure the part of x that is perpendicular to y.",
            lambda x, y: (1 - _along(x, y) ** 2).clamp(min=0).sqrt(),
        ),
        Mistake(
            "the length is not divided out of x",
            "The sine is that of an angle: first make unit vectors of both.",
            lambda x, y: _remainder(x, normalize(y)).norm(dim=1),
        ),
        Mistake(
            "the length is not divided out of y",
            "Only along a unit vector is the part of x its inner product times that vector.",
            lambda x, y: _remainder(normalize(x), y).norm(dim=1),
        ),
        Mistake(
            "the square is returned",
            "The length is the root of the sum of squares.",
            lambda x, y: _remainder(normalize(x), normalize(y)).square().sum(dim=1),
        ),
        Mistake(
            "the distance of the unit vectors is taken",
            "Their distance is a chord, 2 sin(t / 2). First take the part along y away from x.",
            lambda x, y: (normalize(x) - normalize(y)).norm(dim=1),
        ),
        Mistake(
            "the cosine is returned",
            "The cosine is the length of the part along y; the sine is that of what remains.",
            _along,
        ),
    ),
)
