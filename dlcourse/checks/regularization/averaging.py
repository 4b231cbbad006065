"""Averaging: the check of average_predictions."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.optim import regularization as reference

__all__ = ["average_predictions"]


def _draw_members(draw: Draw) -> Case:
    """Draw at least two members of unequal loudness, samples and classes."""
    members, samples, classes = draw.side(), draw.side(), draw.side()
    loudness = 1 + torch.rand(members, 1, 1, dtype=torch.float64, generator=draw.source)
    return Case({"scores": 2 * loudness * draw.tensor(members, samples, classes)})


def _average(scores: Tensor) -> Tensor:
    return reference.average_predictions(scores).exp()


def _votes(scores: Tensor) -> Tensor:
    classes = scores.shape[2]
    return torch.eye(classes, dtype=scores.dtype)[scores.argmax(dim=2)].mean(dim=0)


average_predictions = Check(
    task="average_predictions",
    draw=_draw_members,
    reference=_average,
    mistakes=(
        Mistake(
            "the scores are averaged instead of the probabilities",
            "A loud network would outvote the others: softmax first, then the mean.",
            lambda scores: scores.mean(dim=0).softmax(dim=1),
        ),
        Mistake(
            "the softmax runs over the members",
            "The probabilities of one network for one sample add up to 1: the last axis.",
            lambda scores: scores.softmax(dim=0).mean(dim=0),
        ),
        Mistake(
            "the softmax runs over the samples",
            "The probabilities of one network for one sample add up to 1: the last axis.",
            lambda scores: scores.softmax(dim=1).mean(dim=0),
        ),
        Mistake(
            "the mean is over the samples",
            "Each sample gets an answer of its own: average over the first axis, the members.",
            lambda scores: scores.softmax(dim=2).mean(dim=1),
        ),
        Mistake(
            "the probabilities are summed",
            "They have to add up to 1 again: divide by the number of members.",
            lambda scores: scores.softmax(dim=2).sum(dim=0),
        ),
        Mistake(
            "votes are counted",
            "A vote hides how sure a member is; average the probabilities themselves.",
            _votes,
        ),
    ),
)
