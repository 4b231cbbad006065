"""Pairs: checks of normalized and squared_distances."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.faces import triplet as reference

__all__ = ["draw_batch", "normalized", "squared_distances"]


def draw_batch(draw: Draw) -> tuple[Tensor, Tensor]:
    """Draw embeddings of three people or more, two pictures or more of each, in any order."""
    counts = torch.tensor([draw.integer(2, 3) for _ in range(2 + draw.side())])
    identities = torch.arange(len(counts)).repeat_interleave(counts)
    identities = identities[torch.randperm(len(identities), generator=draw.source)]
    return draw.tensor(len(identities), 1 + draw.side()), identities


# normalized


def _length(x: Tensor) -> Tensor:
    return x.square().sum(dim=1, keepdim=True).sqrt()


normalized = Check(
    task="normalized",
    draw=lambda draw: Case(
        {"embeddings": draw.tensor(2 + draw.side(), 1 + draw.side())}
    ),
    reference=lambda embeddings: embeddings / _length(embeddings),
    mistakes=(
        Mistake(
            "each column is divided by its length, and not each row",
            "A row is one embedding; sum its squares along the second axis.",
            lambda embeddings: (
                embeddings / embeddings.square().sum(dim=0, keepdim=True).sqrt()
            ),
        ),
        Mistake(
            "the embeddings are divided by their squared length",
            "The length is the root of the sum of squares.",
            lambda embeddings: embeddings / _length(embeddings) ** 2,
        ),
        Mistake(
            "the whole batch is divided by one length",
            "Each embedding has a length of its own; keepdim=True lets it divide its row.",
            lambda embeddings: embeddings / embeddings.square().sum().sqrt(),
        ),
        Mistake(
            "the length is taken as the sum of absolute values",
            "It is the Euclidean length: the root of the sum of squares.",
            lambda embeddings: embeddings / embeddings.abs().sum(dim=1, keepdim=True),
        ),
        Mistake(
            "the mean of the squares is taken, and not their sum",
            "Then the length of the result depends on how many entries there are.",
            lambda embeddings: (
                embeddings / embeddings.square().mean(dim=1, keepdim=True).sqrt()
            ),
        ),
    ),
    gradients=("embeddings",),
)


# squared_distances


def _squared(x: Tensor) -> Tensor:
    return reference.squared_distances(x, x)


squared_distances = Check(
    task="squared_distances",
    draw=lambda draw: Case({"embeddings": draw_batch(draw)[0]}),
    reference=lambda embeddings: _squared(embeddings),
    mistakes=(
        Mistake(
            "the root is taken",
            "The distances are squared here; the root has an infinite slope at 0.",
            lambda embeddings: _squared(embeddings).sqrt(),
        ),
        Mistake(
            "the mean over the entries is taken, and not the sum",
            "A squared length is the sum of squares, however many there are.",
            lambda embeddings: _squared(embeddings) / embeddings.shape[1],
        ),
        Mistake(
            "the differences are not squared",
            "Absolute differences add up to another distance.",
            lambda embeddings: (embeddings[:, None] - embeddings).abs().sum(dim=2),
        ),
        Mistake(
            "the products are the answer",
            "A product is large for embeddings that are alike; a distance is small.",
            lambda embeddings: embeddings @ embeddings.T,
        ),
        Mistake(
            "the product is subtracted once, and not twice",
            "|x - y|^2 = |x|^2 + |y|^2 - 2 x.y.",
            lambda embeddings: _squared(embeddings) + embeddings @ embeddings.T,
        ),
    ),
    gradients=("embeddings",),
)
