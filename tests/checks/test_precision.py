"""What a student reads in the precision exercise, beyond the mistakes known by name."""

import numpy as np
import pytest
import torch

from dlcourse.checks import precision as checks
from dlcourse.checks.judging import Check

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize(
    "levels",
    [
        torch.arange(11, dtype=torch.float64) / 10,
        torch.arange(11, dtype=torch.float64) * 0.1,
        torch.from_numpy(np.arange(0, 1.1, 0.1)),
    ],
    ids=["tenths", "times", "steps"],
)
def test_eleven_levels_may_be_written_in_any_way(levels, hidden):
    def eleven_points(precision, recall):
        best = [precision[recall >= level] for level in levels.tolist()]
        return sum(p.max() if len(p) else 0 for p in best) / 11

    for seed in range(5):
        assert CHECKS["eleven_points"].judge(eleven_points, seed, hidden=hidden).right


def test_a_loop_over_places_is_right():
    def interpolated(precision):
        return torch.stack([precision[n:].max() for n in range(len(precision))])

    assert CHECKS["interpolated"].judge(interpolated, seed=1, hidden=True).right


def test_a_truth_may_be_crossed_off_in_a_set():
    def match_detections(overlaps, threshold):
        taken, found = set(), []
        for row in overlaps.tolist():
            free = [n for n in range(len(row)) if n not in taken]
            best = max(free, key=row.__getitem__, default=None)
            if best is not None and row[best] >= threshold:
                taken.add(best)
                found.append(best)
            else:
                found.append(-1)
        return torch.tensor(found)

    assert CHECKS["match_detections"].judge(match_detections, 1, hidden=True).right


def test_marks_instead_of_numbers_are_told():
    def match_detections(overlaps, threshold):
        return overlaps.amax(dim=1) >= threshold

    message = CHECKS["match_detections"].judge(match_detections, seed=1).message
    assert "torch.bool, and torch.int64 is right" in message


def test_a_single_number_is_a_tensor():
    def average_precision(precision, recall):
        return 0.5

    message = CHECKS["average_precision"].judge(average_precision, seed=1).message
    assert "it returned a float, and a tensor is right" in message
