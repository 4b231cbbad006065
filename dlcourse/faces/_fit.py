"""Fit: train any embedding of this part on people, by any loss, and judge it on others.

A loss that compares pictures needs several of the same person in one batch, which chance would
seldom put there. So a batch is so many people and so many pictures of each.

Axes:   b pictures of a batch, d entries of an embedding, n people
Paper:  Hermans, Beyer & Leibe 2017, "In defense of the triplet loss for person re-identification",
        section 2 (batches of P people and K pictures)
Torch:  none
"""

from collections.abc import Callable, Iterator

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR

from dlcourse.axes import Images

__all__ = ["embedded", "fit", "people_and_pictures", "verification_accuracy"]


def fit(
    model: nn.Module,
    loss: Callable[[Tensor, Tensor], Tensor],
    images: Images,
    identities: Int[Tensor, "b"],
    steps: int,
    *,
    people: int = 16,
    pictures: int = 4,
    lr: float = 3e-3,
    generator: Generator,
) -> list[float]:
    """Train in place with AdamW and one cycle, and leave the model in evaluation mode.

    Args:
        model: gives embeddings, (b, d).
        loss: of embeddings and identities; if it is a module, its parameters learn as well.
        images: pictures of many people.
        identities: who is on each, numbers from 0 on.
        steps: batches in all.
        people: in a batch.
        pictures: of each of them.
        lr: the highest learning rate of the cycle.
        generator: source of the batches.

    Returns:
        The loss of each batch.
    """
    own = loss.parameters() if isinstance(loss, nn.Module) else ()
    optimizer = AdamW([*model.parameters(), *own], lr=lr)
    cycle = OneCycleLR(optimizer, lr, total_steps=steps, pct_start=0.2)
    history = []
    model.train()
    for part in people_and_pictures(identities, people, pictures, steps, generator):
        error = loss(model(images[part]), identities[part])
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
        cycle.step()
        history.append(error.item())
    model.eval()
    return history


def people_and_pictures(
    identities: Int[Tensor, "n"],
    people: int,
    pictures: int,
    batches: int,
    generator: Generator,
) -> Iterator[Int[Tensor, "b"]]:
    """Draw batches: places of so many pictures of each of so many people, none twice.

    Raises:
        ValueError: if there are not so many people, or one of them has not so many pictures.

    >>> who = torch.tensor([0, 0, 0, 1, 1, 1])
    >>> (batch,) = people_and_pictures(who, 2, 2, 1, torch.Generator())
    >>> who[batch].sort().values.tolist()
    [0, 0, 1, 1]
    """
    places = [(identities == one).nonzero()[:, 0] for one in identities.unique()]
    fewest = min(len(own) for own in places)
    if len(places) < people or fewest < pictures:
        raise ValueError(
            f"a batch of {people} people with {pictures} pictures each cannot be drawn from "
            f"{len(places)} people with {fewest} or more"
        )
    for _ in range(batches):
        chosen = torch.randperm(len(places), generator=generator)[:people].tolist()
        yield torch.cat([_some(places[one], pictures, generator) for one in chosen])


def _some(
    places: Int[Tensor, "n"], count: int, generator: Generator
) -> Int[Tensor, "m"]:
    return places[torch.randperm(len(places), generator=generator)[:count]]


@torch.no_grad()
def embedded(model: nn.Module, images: Images, size: int = 256) -> Float[Tensor, "b d"]:
    """Embed many pictures, some at a time, in evaluation mode.

    >>> embedded(nn.Flatten(), torch.zeros(3, 1, 2, 2), size=2).shape
    torch.Size([3, 4])
    """
    model.eval()
    return torch.cat([model(part) for part in images.split(size)])


def verification_accuracy(
    embeddings: Float[Tensor, "b d"], identities: Int[Tensor, "b"]
) -> float:
    """Share of pairs told right, same and different weighing alike, by a threshold from others.

    The people fall into two halves. The best threshold on the squared distances of one half judges
    all pairs of the other, and the two answers are averaged; so no person helps to choose the
    threshold by which it is judged.

    Raises:
        ValueError: if there are fewer than four people, or one of them has a single picture.

    >>> points = torch.tensor([[0.0], [1.0], [9.0], [10.0], [20.0], [21.0], [30.0], [31.0]])
    >>> verification_accuracy(points, torch.tensor([0, 0, 1, 1, 2, 2, 3, 3]))
    1.0
    """
    names, counts = identities.unique(return_counts=True)
    if len(names) < 4 or counts.min() < 2:
        raise ValueError(
            f"{len(names)} people with at least {int(counts.min())} pictures cannot be judged; "
            "there must be four, with two pictures each"
        )
    halves = [
        _pairs(embeddings[own], identities[own])
        for own in (torch.isin(identities, names[start::2]) for start in (0, 1))
    ]
    right = [
        _balanced(*judged, _best_threshold(*others))
        for judged, others in (halves, halves[::-1])
    ]
    return sum(right) / 2


Pairs = tuple[Float[Tensor, "n"], Float[Tensor, "m"]]
"""Squared distances of pictures of the same person, and of different ones."""


def _pairs(embeddings: Float[Tensor, "b d"], identities: Int[Tensor, "b"]) -> Pairs:
    one, other = torch.triu_indices(len(identities), len(identities), 1)
    squared = (torch.pdist(embeddings.double())) ** 2
    same = identities[one] == identities[other]
    return squared[same].sort().values, squared[~same].sort().values


def _balanced(
    same: Float[Tensor, "n"], other: Float[Tensor, "m"], threshold: Tensor
) -> float:
    """Mean of the share accepted among the same and the share refused among the others."""
    return (
        ((same <= threshold).double().mean() + (other > threshold).double().mean()) / 2
    ).item()


def _best_threshold(same: Float[Tensor, "n"], other: Float[Tensor, "m"]) -> Tensor:
    """Try the distances of the same; between two of them, only refusals could be lost."""
    # Whole numbers, so that equal shares are equal and the lowest threshold is taken.
    accepted = torch.arange(1, len(same) + 1) * len(other)
    refused = (len(other) - torch.searchsorted(other, same, right=True)) * len(same)
    return same[(accepted + refused).argmax()]
