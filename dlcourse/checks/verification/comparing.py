"""Comparing: checks of squared_distances, chi_square and siamese_logits."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.faces import verification as reference

__all__ = ["chi_square", "siamese_logits", "squared_distances"]


# squared_distances


def _differences(x: Tensor, y: Tensor) -> Tensor:
    return x[:, None] - y


def _draw_lists(draw: Draw) -> Case:
    """Draw two lists of different length, one embedding in both."""
    d = draw.side(2)
    x, y = draw.tensor(draw.side(2), d), draw.tensor(draw.side(6), d)
    y[0] = x[-1]
    return Case({"x": x, "y": y})


squared_distances = Check(
    task="squared_distances",
    draw=_draw_lists,
    reference=lambda x, y: _differences(x, y).square().sum(dim=2),
    mistakes=(
        Mistake(
            "the root is taken",
            "The distance here is the squared one, as in the notes.",
            lambda x, y: _differences(x, y).square().sum(dim=2).sqrt(),
        ),
        Mistake(
            "the squares are averaged and not summed",
            "|x - y|^2 is the sum over the d entries.",
            lambda x, y: _differences(x, y).square().mean(dim=2),
        ),
        Mistake(
            "the differences are not squared",
            "Square each difference before you sum; a sum of signed differences can cancel.",
            lambda x, y: _differences(x, y).sum(dim=2),
        ),
        Mistake(
            "the differences are summed before they are squared",
            "Square each difference, then sum: differences of opposite sign must not cancel.",
            lambda x, y: _differences(x, y).sum(dim=2).square(),
        ),
        Mistake(
            "absolute differences are summed",
            "The length of a vector squares its entries.",
            lambda x, y: _differences(x, y).abs().sum(dim=2),
        ),
        Mistake(
            "rows and columns are swapped",
            "A row is one embedding of x, a column one of y.",
            lambda x, y: _differences(x, y).square().sum(dim=2).T,
        ),
    ),
)


# chi_square


def _draw_entries(draw: Draw) -> Case:
    """Draw entries as they are behind a ReLU: many are 0, some of them in both."""
    shape = draw.side(3), draw.side(4)
    x, y = (draw.tensor(*shape).clamp(min=0) for _ in range(2))
    x[0, 0] = y[0, 0] = 0.0
    x[0, 1], y[0, 1] = 1.5, 0.5  # and some that are 0 in neither
    return Case({"x": x, "y": y})


def _over(above: Tensor, below: Tensor) -> Tensor:
    return torch.where(below > 0, above / below, 0.0)


chi_square = Check(
    task="chi_square",
    draw=_draw_entries,
    reference=lambda x, y: reference.chi_square(x, y).sum(dim=1),
    mistakes=(
        Mistake(
            "the denominator is left out",
            "Each squared difference is divided by the sum of the two entries.",
            lambda x, y: (x - y).square().sum(dim=1),
        ),
        Mistake(
            "the denominator is not the sum of the two entries but that of their squares",
            "Divide by x + y, entry by entry.",
            lambda x, y: _over((x - y).square(), x.square() + y.square()).sum(dim=1),
        ),
        Mistake(
            "the difference is not squared",
            "Above the line stands the squared difference.",
            lambda x, y: _over((x - y).abs(), x + y).sum(dim=1),
        ),
        Mistake(
            "the denominator is squared",
            "Above the line is a square, below it the plain sum.",
            lambda x, y: _over((x - y).square(), (x + y).square()).sum(dim=1),
        ),
        Mistake(
            "the sums are taken before the division",
            "Divide entry by entry, and sum the quotients.",
            lambda x, y: (x - y).square().sum(dim=1) / (x + y).sum(dim=1),
        ),
        Mistake(
            "the denominator has a factor 2",
            "Some books divide by the mean or by twice the sum; here it is the sum.",
            lambda x, y: _over((x - y).square(), 2 * (x + y)).sum(dim=1),
        ),
        Mistake(
            "a small number is added to every denominator",
            "That moves every value a little. Give 0 where both entries are 0, and divide by the "
            "sum itself elsewhere.",
            lambda x, y: ((x - y).square() / (x + y + 1e-8)).sum(dim=1),
        ),
    ),
)


# siamese_logits


def _logits(x: Tensor, y: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return (x - y).abs() @ weight + bias


def _draw_head(draw: Draw) -> Case:
    b, d = draw.side(2), draw.side(2)
    x, y = draw.tensor(b, d), draw.tensor(b, d)
    return Case({"x": x, "y": y, "weight": draw.tensor(d), "bias": draw.tensor()})


siamese_logits = Check(
    task="siamese_logits",
    draw=_draw_head,
    reference=_logits,
    mistakes=(
        Mistake(
            "the differences keep their sign",
            "Swapping the two pictures must not change the answer: take absolute values.",
            lambda x, y, weight, bias: (x - y) @ weight + bias,
        ),
        Mistake(
            "the absolute value is taken after the weights",
            "The weights may be negative, and usually are: a large difference speaks against one "
            "person. Take the absolute difference first, then weigh it.",
            lambda x, y, weight, bias: ((x - y) * weight).abs().sum(dim=1) + bias,
        ),
        Mistake(
            "the bias is left out",
            "Two equal embeddings give the bias.",
            lambda x, y, weight, bias: (x - y).abs() @ weight,
        ),
        Mistake(
            "the sigmoid is applied already",
            "The logit is what goes into the sigmoid.",
            lambda x, y, weight, bias: _logits(x, y, weight, bias).sigmoid(),
        ),
        Mistake(
            "the differences are squared",
            "This head looks at |x - y|.",
            lambda x, y, weight, bias: (x - y).square() @ weight + bias,
        ),
        Mistake(
            "the entries are averaged and not summed",
            "A weighted sum over the d entries, plus the bias.",
            lambda x, y, weight, bias: ((x - y).abs() * weight).mean(dim=1) + bias,
        ),
    ),
)
