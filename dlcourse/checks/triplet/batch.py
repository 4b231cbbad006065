"""Batch: checks of batch_all_loss and semi_hard_loss."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.faces import triplet as reference

from .mining import draw_distances, same_person, semi_hard
from .pairs import draw_batch, normalized, squared_distances

__all__ = ["batch_all_loss", "semi_hard_loss"]


# batch_all_loss


def _batch_all(distances: Tensor, identities: Tensor, margin: float) -> Tensor:
    found = reference.active_triplets(distances, identities, margin)
    near = distances[found.anchor, found.positive]
    losses = near - distances[found.anchor, found.negative] + margin
    return losses.sum() / max(len(losses), 1)


def _costs(
    distances: Tensor, identities: Tensor, margin: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Give what each three pictures cost, who is a positive of whom, and who a negative."""
    same = same_person(identities)
    costs = (distances[:, :, None] - distances[:, None] + margin).clamp(min=0)
    itself = torch.eye(len(same), dtype=torch.bool)
    return costs, (same & ~itself)[:, :, None], ~same[:, None]


def _easy_counted(distances: Tensor, identities: Tensor, margin: float) -> Tensor:
    costs, positive, negative = _costs(distances, identities, margin)
    return costs[positive & negative].mean()


def _own_positive(distances: Tensor, identities: Tensor, margin: float) -> Tensor:
    costs, _, negative = _costs(distances, identities, margin)
    costs = costs * (same_person(identities)[:, :, None] & negative)
    return costs.sum() / (costs > 0).sum().clamp(min=1)


def _anyone(distances: Tensor, identities: Tensor, margin: float) -> Tensor:
    costs, positive, _ = _costs(distances, identities, margin)
    places = torch.arange(len(identities))
    apart = (places[:, None] != places)[:, None] & (places[:, None] != places)
    costs = costs * (positive & apart)
    return costs.sum() / (costs > 0).sum().clamp(min=1)


def _each_pair_once(distances: Tensor, identities: Tensor, margin: float) -> Tensor:
    costs, positive, negative = _costs(distances, identities, margin)
    costs = costs * (positive.squeeze(2).triu()[:, :, None] & negative)
    return costs.sum() / (costs > 0).sum().clamp(min=1)


def _summed(distances: Tensor, identities: Tensor, margin: float) -> Tensor:
    costs, positive, negative = _costs(distances, identities, margin)
    return (costs * (positive & negative)).sum()


def _draw_all(draw: Draw) -> Case:
    """Draw a batch; in one of three all people are so far apart that nothing costs."""
    apart = 100 if draw.integer(0, 2) == 0 else 0
    return Case(draw_distances(draw, apart) | {"margin": draw.integer(1, 6) / 4})


batch_all_loss = Check(
    task="batch_all_loss",
    draw=_draw_all,
    reference=_batch_all,
    mistakes=(
        Mistake(
            "easy triplets are counted in the mean",
            "Divide by the number of triplets that cost something.",
            _easy_counted,
        ),
        Mistake(
            "the anchor is taken as its own positive",
            "The diagonal is the same person on the same picture, which teaches nothing.",
            _own_positive,
        ),
        Mistake(
            "the negative may be the same person",
            "A negative shows someone else than the anchor.",
            _anyone,
        ),
        Mistake(
            "each two pictures of a person are used one way round",
            "Either of them is the anchor once, with distances of its own to the negatives.",
            _each_pair_once,
        ),
        Mistake(
            "the sum is taken",
            "Divide by the number of triplets that cost something.",
            _summed,
        ),
    ),
    cases=12,
    gradients=("distances",),
)


# semi_hard_loss


def _semi_hard(embeddings: Tensor, identities: Tensor, margin: float) -> Tensor:
    return reference.mined_triplet_loss(embeddings, identities, margin)


def _losses(x: Tensor, identities: Tensor, margin: float, power: float) -> Tensor:
    """Choose by squared distances, and compute with another power of them."""
    distances = reference.squared_distances(x, x)
    found = reference.semi_hard_triplets(distances, identities, margin)
    near, far = (
        distances[found.anchor, other] ** power
        for other in (found.positive, found.negative)
    )
    return (near - far + margin).clamp(min=0)


def _unsquared(embeddings: Tensor, identities: Tensor, margin: float) -> Tensor:
    losses = _losses(normalize(embeddings), identities, margin, 0.5)
    return losses.sum() / max(len(losses), 1)


def _over_all_pairs(embeddings: Tensor, identities: Tensor, margin: float) -> Tensor:
    losses = _losses(normalize(embeddings), identities, margin, 1)
    return losses.sum() / (same_person(identities).sum() - len(identities))


def _hardest(embeddings: Tensor, identities: Tensor, margin: float) -> Tensor:
    mine = reference.hard_triplets
    return reference.mined_triplet_loss(normalize(embeddings), identities, margin, mine)


def _draw_close(draw: Draw) -> Case:
    """Draw people whose pictures lie close together; in one of three the margin is 0.

    Then there is no semi-hard triplet, which an answer has to survive.
    """
    embeddings, identities = draw_batch(draw)
    middle = draw.tensor(len(identities), embeddings.shape[1])[identities]
    both = {"embeddings": middle + 0.5 * embeddings, "identities": identities}
    margin = 0.0 if draw.integer(0, 2) == 0 else draw.integer(4, 10) / 10
    return Case(both | {"margin": margin})


semi_hard_loss = Check(
    task="semi_hard_loss",
    draw=_draw_close,
    reference=lambda embeddings, identities, margin: _semi_hard(
        normalize(embeddings), identities, margin
    ),
    mistakes=(
        Mistake(
            "the embeddings are not normalised",
            "Divide each by its length first; the margin means nothing without a scale.",
            _semi_hard,
        ),
        Mistake(
            "the loss is of unsquared distances, the choice of squared ones",
            "The loss takes the same squared distances by which the triplets were chosen.",
            _unsquared,
        ),
        Mistake(
            "pairs without a semi-hard negative are counted in the mean",
            "Divide by the number of pairs whose entry in the table is not -1.",
            _over_all_pairs,
        ),
        Mistake(
            "the hardest triplets are taken",
            "Each pair of anchor and positive takes its semi-hard negative.",
            _hardest,
        ),
        Mistake(
            "the sum is taken",
            "The answer is the mean over the triplets.",
            lambda embeddings, identities, margin: _losses(
                normalize(embeddings), identities, margin, 1
            ).sum(),
        ),
    ),
    builds_on=(normalized, squared_distances, semi_hard),
    cases=12,
    gradients=("embeddings",),
)
