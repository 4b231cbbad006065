"""Losses: checks of focal_loss and image_loss."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.detection.retinanet import classification_loss, sigmoid_focal_loss

__all__ = ["focal_loss", "image_loss"]

FAR = 800.0
"""A score whose sigmoid is 0 or 1 also in double precision."""


# focal_loss


def _draw_answers(draw: Draw) -> Case:
    """Draw scores and targets of both kinds, one of each kind wrong and far out."""
    n, k = draw.side(3), draw.integer(2, 5)
    scores = draw.tensor(n, k)
    target = torch.randint(0, 2, (n, k), generator=draw.source).double()
    target[0, :2], target[1, :2] = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    scores[0, :2] = torch.tensor([-FAR, FAR]) * draw.integer(1, 3)
    return Case(
        {
            "scores": scores,
            "target": target,
            "alpha": draw.integer(1, 3) / 8,
            "gamma": float(draw.integer(2, 4)),
        }
    )


def _focal(scores: Tensor, target: Tensor, alpha: float, gamma: float) -> Tensor:
    return sigmoid_focal_loss(scores, target, alpha, gamma)


def _entropy(scores: Tensor, target: Tensor) -> Tensor:
    return torch.logaddexp(scores, torch.zeros_like(scores)) - scores * target


def _right(p: Tensor, target: Tensor) -> Tensor:
    """Say how probable the right answer is."""
    return p * target + (1 - p) * (1 - target)


def _weight(target: Tensor, alpha: float) -> Tensor:
    return alpha * target + (1 - alpha) * (1 - target)


def _with(
    factor: Callable[[Tensor, Tensor, float], Tensor],
    weight: Callable[[Tensor, float], Tensor] = _weight,
) -> Callable[..., Tensor]:
    """Make a loss with a factor of one's own, of p, target and gamma."""

    def loss(scores: Tensor, target: Tensor, alpha: float, gamma: float) -> Tensor:
        down = factor(scores.sigmoid(), target, gamma)
        return weight(target, alpha) * down * _entropy(scores, target)

    return loss


def _hard(p: Tensor, target: Tensor, gamma: float) -> Tensor:
    return (1 - _right(p, target)) ** gamma


def _of_logarithm(scores: Tensor, target: Tensor, alpha: float, gamma: float) -> Tensor:
    p_t = _right(scores.sigmoid(), target)
    return _weight(target, alpha) * (1 - p_t) ** gamma * -p_t.log()


def _clamped(scores: Tensor, target: Tensor, alpha: float, gamma: float) -> Tensor:
    p_t = _right(scores.sigmoid(), target)
    entropy = -(p_t + 1e-8).log()
    return _weight(target, alpha) * (1 - p_t) ** gamma * entropy


def _of_softmax(scores: Tensor, target: Tensor, alpha: float, gamma: float) -> Tensor:
    log_p = scores.log_softmax(dim=1)
    p = log_p.exp()
    entropy = -(target * log_p + (1 - target) * torch.log1p(-p))
    return _weight(target, alpha) * (1 - _right(p, target)) ** gamma * entropy


focal_loss = Check(
    task="focal_loss",
    draw=_draw_answers,
    reference=_focal,
    mistakes=(
        Mistake(
            "the logarithm of 0 is taken",
            "A score of -800 has a sigmoid of 0 in the computer, and the loss is infinite. Write "
            "the logarithm of the sigmoid by the score: -log p = log(1 + exp(-score)).",
            _of_logarithm,
        ),
        Mistake(
            "a small number holds the logarithm from 0",
            "It also cuts the loss off at 18 and the gradient to nothing, just where the answer is "
            "most wrong. Write the logarithm of the sigmoid by the score itself.",
            _clamped,
        ),
        Mistake(
            "alpha is on the wrong class",
            "alpha is the weight of a target of 1; for 0 it is 1 - alpha.",
            _with(_hard, lambda target, alpha: _weight(target, 1 - alpha)),
        ),
        Mistake(
            "alpha weighs both answers",
            "alpha is the weight of a target of 1; for 0 it is 1 - alpha.",
            _with(_hard, lambda target, alpha: torch.full_like(target, alpha)),
        ),
        Mistake(
            "alpha is left out",
            "Each loss has its weight: alpha for a target of 1, and 1 - alpha for 0.",
            _with(_hard, lambda target, alpha: torch.ones_like(target)),
        ),
        Mistake(
            "gamma is on p instead of 1 - p_t",
            "What is surely right must stop to count, whether it is an object or background: its "
            "p_t is near 1.",
            _with(lambda p, target, gamma: p**gamma),
        ),
        Mistake(
            "gamma is on 1 - p instead of 1 - p_t",
            "For a target of 0 the right answer has the probability 1 - p, in the factor too.",
            _with(lambda p, target, gamma: (1 - p) ** gamma),
        ),
        Mistake(
            "gamma is on p_t",
            "That counts what is easy. What is surely right, with p_t near 1, must stop to count.",
            _with(lambda p, target, gamma: _right(p, target) ** gamma),
        ),
        Mistake(
            "the factor is missing",
            "This is the weighed cross-entropy; multiply it by (1 - p_t) ** gamma.",
            _with(lambda p, target, gamma: torch.ones_like(p)),
        ),
        Mistake(
            "the mean is taken",
            "Return a loss for each score; what divides their sum comes in a later task.",
            lambda **case: _focal(**case).mean(),
        ),
        Mistake(
            "softmax instead of sigmoid",
            "Each class is a question of its own, so that background is a no to all of them. The "
            "probability of a score is its sigmoid, whatever the other scores are.",
            _of_softmax,
        ),
    ),
    gradients=("scores",),
)


# image_loss


def _draw_image(draw: Draw) -> Case:
    """Draw anchors with and without an object; about half of the images hold none at all."""
    n, k, m = draw.side(8), draw.integer(3, 5), draw.integer(2, 3)
    matched = torch.randint(-2, m, (n,), generator=draw.source)
    matched[:5] = torch.tensor([-2, -1, 0, 0, m - 1])
    if draw.integer(0, 1):
        matched = matched.clamp(max=-1)
    labels = torch.randperm(k, generator=draw.source)[:m]
    # no label is its object's own number, so that the two cannot be confused unseen
    labels = torch.where(labels == torch.arange(m), (labels + 1) % k, labels)
    return Case(
        {
            "scores": draw.tensor(n, k),
            "matched": matched,
            "labels": labels,
            "alpha": draw.integer(1, 3) / 8,
            "gamma": float(draw.integer(2, 4)),
        }
    )


def _image(
    scores: Tensor, matched: Tensor, labels: Tensor, alpha: float, gamma: float
) -> Tensor:
    return classification_loss(scores, matched, labels, alpha, gamma)


def _loss(
    *,
    ignore: bool = True,
    divisor: Callable[[Tensor, Tensor, Tensor], Tensor | int] = lambda s, m, y: (
        (m >= 0).sum().clamp(min=1)
    ),
    name: Callable[[Tensor, Tensor], Tensor] = lambda m, y: y[m],
    loss: Callable[..., Tensor] = _focal,
) -> Callable[..., Tensor]:
    """Make the loss of an image out of parts that may be wrong."""

    def image_loss(
        scores: Tensor, matched: Tensor, labels: Tensor, alpha: float, gamma: float
    ) -> Tensor:
        classes = scores.shape[1]
        own = name(matched.clamp(min=0), labels)
        target = one_hot(own, classes) * (matched >= 0)[:, None]
        losses = loss(scores, target.to(scores), alpha, gamma)
        if ignore:
            losses = losses[matched != -2]
        return losses.sum() / divisor(scores, matched, labels)

    return image_loss


image_loss = Check(
    task="image_loss",
    draw=_draw_image,
    reference=_image,
    mistakes=(
        Mistake(
            "the mean over all anchors is taken",
            "Nearly all anchors are easy background and add nothing. Divide by those that hold an "
            "object.",
            _loss(divisor=lambda s, m, y: (m != -2).sum()),
        ),
        Mistake(
            "the mean over all anchors and classes is taken",
            "Nearly all of them are an easy no and add nothing. Divide by the anchors that hold an "
            "object.",
            _loss(divisor=lambda s, m, y: (m != -2).sum() * s.shape[1]),
        ),
        Mistake(
            "the sum is not divided",
            "An image with more objects would weigh more. Divide by the anchors that hold one.",
            _loss(divisor=lambda s, m, y: 1),
        ),
        Mistake(
            "the number of objects divides",
            "Several anchors may hold the same object; count anchors.",
            _loss(divisor=lambda s, m, y: len(y)),
        ),
        Mistake(
            "without an object the sum is divided by 0",
            "An image may hold none. Divide by 1 then: its background is still to be learned.",
            _loss(divisor=lambda s, m, y: (m >= 0).sum()),
        ),
        Mistake(
            "an ignored anchor counts as background",
            "Where matched is -2 the anchor takes no part, neither as an object nor as background.",
            _loss(ignore=False),
        ),
        Mistake(
            "the object's number is taken for its class",
            "matched says which object; its class is in labels.",
            _loss(name=lambda m, y: m),
        ),
        Mistake(
            "softmax instead of sigmoid",
            "Each class is a question of its own; call your focal_loss on the scores.",
            _loss(loss=_of_softmax),
        ),
    ),
    builds_on=(focal_loss,),
    cases=10,
)
