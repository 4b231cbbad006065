"""Smoothing: the check of smoothed_cross_entropy."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.optim import regularization as reference

__all__ = ["draw_scores", "smoothed_cross_entropy"]


def draw_scores(draw: Draw) -> dict:
    """Draw scores and labels of at least three samples in at least three classes."""
    samples, classes = draw.side(2), draw.side(2)
    scores = 2 * draw.tensor(samples, classes)
    target = torch.randint(0, classes, (samples,), generator=draw.source)
    return {"scores": scores, "target": target}


def _smoothed(scores: Tensor, target: Tensor, epsilon: float) -> Tensor:
    return reference.cross_entropy(scores, target, label_smoothing=epsilon)


def _with_labels(
    soften: Callable[[Tensor, float], Tensor],
) -> Callable[..., Tensor]:
    """Make a cross-entropy with labels that are softened in a given way."""

    def loss(scores: Tensor, target: Tensor, epsilon: float) -> Tensor:
        q = soften(_one_hot(scores, target), epsilon)
        return -(q * scores.log_softmax(dim=1)).sum(dim=1).mean()

    return loss


def _one_hot(scores: Tensor, target: Tensor) -> Tensor:
    return torch.eye(scores.shape[1], dtype=scores.dtype)[target]


def _over_others(one_hot: Tensor, epsilon: float) -> Tensor:
    others = one_hot.shape[1] - 1
    return (1 - epsilon) * one_hot + epsilon * (1 - one_hot) / others


def _share_lost(one_hot: Tensor, epsilon: float) -> Tensor:
    classes = one_hot.shape[1]
    return (1 - epsilon) * one_hot + epsilon * (1 - one_hot) / classes


def _swapped(scores: Tensor, target: Tensor, epsilon: float) -> Tensor:
    """Weigh log q by p, as the notes do; the logarithm is that of the softened label."""
    classes = scores.shape[1]
    q = (1 - epsilon) * _one_hot(scores, target) + epsilon / classes
    return -(scores.softmax(dim=1) * q.log()).sum(dim=1).mean()


def _without_softmax(scores: Tensor, target: Tensor, epsilon: float) -> Tensor:
    classes = scores.shape[1]
    q = (1 - epsilon) * _one_hot(scores, target) + epsilon / classes
    return -(q * scores).sum(dim=1).mean()


smoothed_cross_entropy = Check(
    task="smoothed_cross_entropy",
    draw=lambda draw: Case(draw_scores(draw) | {"epsilon": draw.integer(1, 6) / 10}),
    reference=_smoothed,
    mistakes=(
        Mistake(
            "epsilon is spread over the other classes only",
            "It is spread over all K classes, the right one among them: epsilon / K each.",
            _with_labels(_over_others),
        ),
        Mistake(
            "the right class gets no share of epsilon",
            "It has 1 - epsilon and epsilon / K on top. A label must add up to 1.",
            _with_labels(_share_lost),
        ),
        Mistake(
            "the labels are not smoothed",
            "Take epsilon from the right class and give every class epsilon / K.",
            _with_labels(lambda q, epsilon: q),
        ),
        Mistake(
            "epsilon and 1 - epsilon are swapped",
            "epsilon is the small share, spread over all; the label keeps the rest.",
            lambda epsilon, **rest: _smoothed(epsilon=1 - epsilon, **rest),
        ),
        Mistake(
            "label and prediction are swapped",
            "The logarithm is that of the prediction p, and the label q is its weight.",
            _swapped,
        ),
        Mistake(
            "the scores are taken for logarithms of probabilities",
            "Subtract the logarithm of the sum of their exponentials first: log_softmax.",
            _without_softmax,
        ),
        Mistake(
            "the losses are summed over the samples",
            "Return their mean.",
            lambda target, **rest: len(target) * _smoothed(target=target, **rest),
        ),
    ),
    forbidden=("nll_loss_forward",),
)
