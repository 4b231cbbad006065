"""Mining: checks of hardest and semi_hard."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.faces import triplet as reference

from .pairs import draw_batch

__all__ = ["draw_distances", "hardest", "same_person", "semi_hard", "semi_hard_table"]


def draw_distances(draw: Draw, apart: int = 0) -> dict[str, Tensor]:
    """Draw a batch, people so far apart, and give its squared distances and identities."""
    embeddings, identities = draw_batch(draw)
    embeddings = embeddings + apart * identities[:, None]
    distances = reference.squared_distances(embeddings, embeddings)
    return {"distances": distances, "identities": identities}


def same_person(identities: Tensor) -> Tensor:
    """Mark, for every two pictures, whether they show one person."""
    return identities[:, None] == identities


# hardest


def _hardest(distances: Tensor, identities: Tensor) -> tuple[Tensor, Tensor]:
    found = reference.hard_triplets(distances, identities, 1e9)
    return found.positive, found.negative


def _own_positive(distances: Tensor, identities: Tensor) -> tuple[Tensor, Tensor]:
    others = ~same_person(identities)
    nearest = distances.masked_fill(others, torch.inf).argmin(dim=1)
    return nearest, _hardest(distances, identities)[1]


def _nearest_positive(distances: Tensor, identities: Tensor) -> tuple[Tensor, Tensor]:
    out = ~same_person(identities) | torch.eye(len(identities), dtype=torch.bool)
    nearest = distances.masked_fill(out, torch.inf).argmin(dim=1)
    return nearest, _hardest(distances, identities)[1]


def _farthest_negative(distances: Tensor, identities: Tensor) -> tuple[Tensor, Tensor]:
    positive, _ = _hardest(distances, identities)
    return positive, (distances * ~same_person(identities)).argmax(dim=1)


def _zeros_for_gaps(distances: Tensor, identities: Tensor) -> tuple[Tensor, Tensor]:
    positive, _ = _hardest(distances, identities)
    return positive, (distances * ~same_person(identities)).argmin(dim=1)


def _nearest_of_all(distances: Tensor, identities: Tensor) -> tuple[Tensor, Tensor]:
    itself = torch.eye(len(identities), dtype=torch.bool)
    nearest = distances.masked_fill(itself, torch.inf).argmin(dim=1)
    return _hardest(distances, identities)[0], nearest


hardest = Check(
    task="hardest",
    draw=lambda draw: Case(draw_distances(draw)),
    reference=_hardest,
    mistakes=(
        Mistake(
            "the positive is the nearest one",
            "The hardest positive is the one farthest from the anchor.",
            _nearest_positive,
        ),
        Mistake(
            "the anchor is taken as its own positive",
            "Its distance to itself is 0; the positive is another picture, and the farthest.",
            _own_positive,
        ),
        Mistake(
            "the negative is the farthest one",
            "The hardest negative is the one nearest to the anchor.",
            _farthest_negative,
        ),
        Mistake(
            "pictures of the same person take part in the search for the nearest negative as zeros",
            "Whoever multiplies by the mask leaves zeros, and zero is the smallest of all; fill "
            "with infinity.",
            _zeros_for_gaps,
        ),
        Mistake(
            "the negative may be the same person",
            "Leave out all pictures of the anchor's person, not the anchor alone.",
            _nearest_of_all,
        ),
        Mistake(
            "positives and negatives have changed places",
            "The tuple holds the positives first.",
            lambda distances, identities: _hardest(distances, identities)[::-1],
        ),
    ),
)


# semi_hard


def semi_hard_table(distances: Tensor, identities: Tensor, margin: float) -> Tensor:
    """Write the negative of each pair into a table, -1 where there is none."""
    found = reference.semi_hard_triplets(distances, identities, margin)
    table = torch.full(distances.shape, -1)
    table[found.anchor, found.positive] = found.negative
    return table


def _table(
    distances: Tensor, identities: Tensor, low: Tensor, high: Tensor, *, far: bool
) -> Tensor:
    """Choose for each pair the nearest or farthest negative with ``low < distance < high``."""
    same = same_person(identities)
    allowed = ~same[:, None] & (distances[:, None] > low) & (distances[:, None] < high)
    filled = distances[:, None].expand(allowed.shape)
    chosen = (
        filled.masked_fill(~allowed, -torch.inf).argmax(dim=2)
        if far
        else filled.masked_fill(~allowed, torch.inf).argmin(dim=2)
    )
    pair = same & ~torch.eye(len(same), dtype=torch.bool) & allowed.any(dim=2)
    return torch.where(pair, chosen, -1)


def _hardest_of_all(distances: Tensor, identities: Tensor, margin: float) -> Tensor:
    reach = distances[:, :, None]
    return _table(distances, identities, -torch.ones(1), reach + margin, far=False)


def _only_hardest(distances: Tensor, identities: Tensor, margin: float) -> Tensor:
    same = same_person(identities)
    nearest, place = distances.masked_fill(same, torch.inf).min(dim=1, keepdim=True)
    between = (nearest > distances) & (nearest < distances + margin)
    pair = same & ~torch.eye(len(same), dtype=torch.bool)
    return torch.where(pair & between, place, -1)


def _any_distance(distances: Tensor, identities: Tensor, margin: float) -> Tensor:
    reach = distances[:, :, None]
    return _table(distances, identities, reach, reach + torch.inf, far=False)


def _farthest_within(distances: Tensor, identities: Tensor, margin: float) -> Tensor:
    reach = distances[:, :, None]
    return _table(distances, identities, reach, reach + margin, far=True)


def _within_before(distances: Tensor, identities: Tensor, margin: float) -> Tensor:
    reach = distances[:, :, None]
    return _table(distances, identities, reach - margin, reach, far=False)


def _own_pairs(distances: Tensor, identities: Tensor, margin: float) -> Tensor:
    table = semi_hard_table(distances, identities, margin)
    far = distances.masked_fill(same_person(identities), torch.inf)
    nearest, place = far.min(dim=1)
    return table.diagonal_scatter(torch.where(nearest < margin, place, -1))


def _seen_from_positive(distances: Tensor, identities: Tensor, margin: float) -> Tensor:
    return semi_hard_table(distances, identities, margin).T.clone()


def _draw_band(draw: Draw) -> Case:
    """Draw a margin that some negatives keep and some do not."""
    return Case(draw_distances(draw) | {"margin": draw.integer(4, 12) / 4})


semi_hard = Check(
    task="semi_hard",
    draw=_draw_band,
    reference=semi_hard_table,
    mistakes=(
        Mistake(
            "the hardest negative is taken",
            "Semi-hard negatives lie farther from the anchor than the positive does.",
            _hardest_of_all,
        ),
        Mistake(
            "only the negative nearest to the anchor is looked at",
            "Where that one is nearer than the positive, the next one may lie beyond it.",
            _only_hardest,
        ),
        Mistake(
            "negatives beyond the margin are taken",
            "Such a triplet costs nothing; where no negative is left, the answer is -1.",
            _any_distance,
        ),
        Mistake(
            "the farthest of the semi-hard negatives is taken",
            "Of those between the positive and the margin, the nearest costs most.",
            _farthest_within,
        ),
        Mistake(
            "the margin is on the wrong side",
            "Between the positive and the margin: positive < negative < positive + margin.",
            _within_before,
        ),
        Mistake(
            "the anchor is taken as its own positive",
            "A picture and itself are no pair: the diagonal of the table is -1.",
            _own_pairs,
        ),
        Mistake(
            "rows and columns have changed places",
            "The row is the anchor, and its distances decide; the column is the positive.",
            _seen_from_positive,
        ),
    ),
)
