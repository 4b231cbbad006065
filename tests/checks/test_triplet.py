"""What a student reads in the triplet exercise, beyond the mistakes known by name."""

import pytest
import torch

from dlcourse.checks import triplet as checks
from dlcourse.checks.judging import Check

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}


@pytest.mark.parametrize("hidden", [False, True])
def test_distances_may_be_expanded_into_a_product(hidden):
    def squared_distances(embeddings):
        lengths = embeddings.square().sum(dim=1)
        product = embeddings @ embeddings.T
        return (lengths[:, None] + lengths - 2 * product).clamp(min=0)

    for seed in range(5):
        verdict = CHECKS["squared_distances"].judge(
            squared_distances, seed, hidden=hidden
        )
        assert verdict.right, verdict


def test_a_root_that_is_squared_again_has_no_slope_at_zero():
    def squared_distances(embeddings):
        differences = embeddings[:, None] - embeddings
        return differences.square().sum(dim=2).sqrt() ** 2

    message = CHECKS["squared_distances"].judge(squared_distances, seed=1).message
    assert "the values are right, but not the gradient" in message


def test_loops_over_triplets_are_right():
    def batch_all_loss(distances, identities, margin):
        who, costs = identities.tolist(), []
        for a in range(len(who)):
            for p in range(len(who)):
                for n in range(len(who)):
                    if a != p and who[a] == who[p] != who[n]:
                        costs.append(distances[a, p] - distances[a, n] + margin)
        costs = torch.stack(costs).clamp(min=0)
        return costs.sum() / max(int((costs > 0).sum()), 1)

    assert CHECKS["batch_all_loss"].judge(batch_all_loss, seed=1).right


def test_a_loss_that_was_turned_into_a_number_is_told():
    def triplet_loss(anchor, positive, negative, margin):
        near, far = ((x - anchor).square().sum(dim=1) for x in (positive, negative))
        return torch.tensor((near - far + margin).clamp(min=0).mean().item()).double()

    verdict = CHECKS["triplet_loss"].judge(triplet_loss, seed=1)
    assert not verdict.right
    assert verdict.stage != "type"


def test_a_table_of_marks_is_told():
    def semi_hard(distances, identities, margin):
        return identities[:, None] == identities

    message = CHECKS["semi_hard"].judge(semi_hard, seed=1).message
    assert "torch.bool, and torch.int64 is right" in message


def test_only_one_of_the_hardest_is_told():
    def hardest(distances, identities):
        return distances.argmax(dim=1)

    message = CHECKS["hardest"].judge(hardest, seed=1).message
    assert "it returned a Tensor, and a tuple of 2 is right" in message
