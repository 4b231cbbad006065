"""Embedding, fit: what every loss of this part shares."""

import math
from fractions import Fraction

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from dlcourse.faces._embedding import Embedding
from dlcourse.faces._fit import (
    embedded,
    fit,
    people_and_pictures,
    verification_accuracy,
)
from dlcourse.training import fixed_seed, generator

# the network


@pytest.mark.parametrize("side", [8, 25, 31, 32, 64])
@pytest.mark.parametrize("normalize", [True, False])
def test_any_side_gives_one_embedding_a_picture(side, normalize):
    model = Embedding(d=5, width=3, normalize=normalize)
    found = model(torch.rand(3, 3, side, side))
    assert found.shape == (3, 5)
    unit = torch.allclose(found.norm(dim=1), torch.ones(3))
    assert unit == normalize


def test_parameters_by_hand():
    count = sum(p.numel() for p in Embedding().parameters())
    convolutions = 25 * 3 * 16 + 9 * (16 * 32 + 32 * 64)
    norms = 2 * (16 + 32 + 64)
    assert count == convolutions + norms + 64 * 16 * 32 + 32


def test_a_gradient_reaches_every_parameter():
    model = Embedding()
    (model(torch.rand(4, 3, 32, 32)) * torch.randn(4, 32)).sum().backward()
    assert all(p.grad.abs().sum() > 0 for p in model.parameters())


def test_impossible_sizes_are_refused():
    with pytest.raises(
        ValueError, match=r"d \(0\) and width \(16\) must be at least 1"
    ):
        Embedding(d=0)


# batches


def test_a_batch_holds_so_many_people_and_pictures():
    identities = torch.arange(6).repeat(5)
    for batch in people_and_pictures(identities, 4, 3, 10, generator(0)):
        assert len(set(batch.tolist())) == 12
        assert sorted(identities[batch].bincount().tolist())[-4:] == [3] * 4


def test_too_few_people_or_pictures_are_refused():
    identities = torch.tensor([0, 0, 1, 1, 1])
    for people, pictures in ((3, 2), (2, 3)):
        with pytest.raises(ValueError, match="from 2 people with 2 or more"):
            next(people_and_pictures(identities, people, pictures, 1, generator(0)))


# training


class Naming(nn.Module):
    """Gives each person a logit; its weights have to learn as well."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(4, 8))

    def forward(self, embeddings, identities):
        return cross_entropy(10 * embeddings @ self.weight.T, identities)


def test_model_and_loss_learn_together():
    with fixed_seed(0):
        model = Embedding(d=8, width=4)
    images = torch.rand(4, 3, 8, 8, generator=generator(0)).repeat_interleave(2, dim=0)
    loss, identities = Naming(), torch.arange(4).repeat_interleave(2)
    sizes = {"people": 4, "pictures": 2, "lr": 0.05, "generator": generator(0)}
    history = fit(model, loss, images, identities, 30, **sizes)
    assert history[0] == pytest.approx(math.log(4))
    assert history[-1] < 0.1
    assert not model.training
    assert loss.weight.abs().sum() > 0


def test_embedding_in_parts_changes_nothing():
    model, images = Embedding(width=2).eval(), torch.rand(7, 3, 8, 8)
    torch.testing.assert_close(embedded(model, images, 3), model(images).detach())


# judging


def by_loops(embeddings, identities):
    """The same answer from loops over pairs and thresholds."""
    names = sorted(set(identities.tolist()))
    halves = []
    for start in (0, 1):
        own = [n for n, who in enumerate(identities.tolist()) if who in names[start::2]]
        pairs = [(i, j) for i in own for j in own if i < j]
        squared = [
            ((embeddings[i] - embeddings[j]) ** 2).sum().item() for i, j in pairs
        ]
        same = [bool(identities[i] == identities[j]) for i, j in pairs]
        halves.append(list(zip(squared, same, strict=True)))

    def share(half, threshold):
        one = [value <= threshold for value, same in half if same]
        other = [value > threshold for value, same in half if not same]
        return (Fraction(sum(one), len(one)) + Fraction(sum(other), len(other))) / 2

    answers = []
    for judged, others in (halves, halves[::-1]):
        threshold = max(
            sorted(value for value, same in others if same),
            key=lambda value: share(others, value),
        )
        answers.append(share(judged, threshold))
    return float(sum(answers) / 2)


def test_accuracy_equals_its_loops():
    for seed in range(20):
        identities = torch.arange(6).repeat(3) * 7
        centres = torch.randn(43, 2, generator=generator(seed), dtype=torch.float64)
        noise = torch.randn(18, 2, generator=generator(50 + seed), dtype=torch.float64)
        x = centres[identities] + 0.7 * noise
        found = verification_accuracy(x, identities)
        assert found == pytest.approx(by_loops(x, identities)), seed


def test_embeddings_without_sense_are_near_one_half():
    x = torch.randn(400, 8, generator=generator(0))
    accuracy = verification_accuracy(x, torch.arange(100).repeat(4))
    assert abs(accuracy - 0.5) < 0.05
    assert verification_accuracy(torch.zeros(8, 2), torch.arange(4).repeat(2)) == 0.5


def test_who_cannot_be_judged_is_refused():
    with pytest.raises(ValueError, match="3 people with at least 2 pictures cannot"):
        verification_accuracy(torch.zeros(6, 2), torch.arange(3).repeat(2))
    with pytest.raises(ValueError, match="at least 1 pictures"):
        verification_accuracy(torch.zeros(5, 2), torch.tensor([0, 0, 1, 2, 3]))
