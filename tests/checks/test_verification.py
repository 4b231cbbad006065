"""What a student reads in the verification exercise, beyond the mistakes known by name."""

import pytest
import torch

from dlcourse.checks import verification as checks
from dlcourse.checks.judging import Check

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}


@pytest.mark.parametrize("hidden", [False, True])
def test_distances_by_the_product_are_right(hidden):
    def squared_distances(x, y):
        return (x**2).sum(1)[:, None] + (y**2).sum(1) - 2 * x @ y.T

    for seed in range(5):
        verdict = CHECKS["squared_distances"].judge(
            squared_distances, seed, hidden=hidden
        )
        assert verdict.right


def test_a_loop_over_queries_is_right():
    def identify(distances, people, threshold):
        answers = []
        for row in distances.tolist():
            best = min(range(len(row)), key=row.__getitem__)
            answers.append(int(people[best]) if row[best] <= threshold else -1)
        return torch.tensor(answers)

    assert CHECKS["identify"].judge(identify, 1, hidden=True).right


def test_zero_over_zero_is_told():
    def chi_square(x, y):
        return ((x - y) ** 2 / (x + y)).sum(dim=1)

    message = CHECKS["chi_square"].judge(chi_square, seed=1).message
    assert "is nan" in message


def test_the_crossing_may_be_found_by_halving():
    def equal_error_rate(far, tar):
        low, high = 0.0, len(far) - 1.0
        for _ in range(80):
            middle = (low + high) / 2
            before = min(int(middle), len(far) - 2)
            share = middle - before
            x = far[before] + share * (far[before + 1] - far[before])
            y = tar[before] + share * (tar[before + 1] - tar[before])
            low, high = (middle, high) if x + y < 1 else (low, middle)
        return x

    verdict = CHECKS["equal_error_rate"].judge(equal_error_rate, 2, hidden=True)
    assert verdict.right


def test_numbers_instead_of_tensors_are_told():
    def error_rates(distances, same, threshold):
        accepted = distances <= threshold
        return accepted[~same].double().mean().item(), 0.0

    message = CHECKS["error_rates"].judge(error_rates, seed=1).message
    assert "in result 1 of 2, it returned a float, and a tensor is right" in message
