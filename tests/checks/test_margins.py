"""What a student reads in the margins exercise, beyond the mistakes known by name."""

import math

import pytest
import torch
import torch.nn.functional as F

from dlcourse.checks import margins as checks
from dlcourse.checks.judging import Check

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}


@pytest.mark.parametrize("hidden", [False, True])
def test_a_mask_is_as_good_as_places(hidden):
    def arcface_logits(x, weight, labels, s, m):
        cosine = F.linear(F.normalize(x), F.normalize(weight))
        angle = cosine.clamp(-1, 1).acos()
        far = cosine - m * math.sin(m)
        turned = torch.where(angle < math.pi - m, (angle + m).cos(), far)
        return s * torch.where(F.one_hot(labels, len(weight)).bool(), turned, cosine)

    for seed in range(5):
        verdict = CHECKS["arcface_logits"].judge(arcface_logits, seed, hidden=hidden)
        assert verdict.right, verdict


@pytest.mark.parametrize("hidden", [False, True])
def test_arcs_may_be_counted_by_the_angle(hidden):
    def psi(cosine, m):
        angle = m * cosine.acos()
        arc = (angle / math.pi).floor()
        return (-1) ** arc * angle.cos() - 2 * arc

    for seed in range(5):
        verdict = CHECKS["psi"].judge(psi, seed, hidden=hidden)
        assert verdict.right, verdict


def test_an_arc_cosine_is_told():
    def add_angle(cosine, sine, m):
        near = (cosine.acos() + m).cos()
        return torch.where(cosine > -math.cos(m), near, cosine - m * math.sin(m))

    message = CHECKS["add_angle"].judge(add_angle, seed=1).message
    assert "it runs torch's acos" in message


def test_a_table_of_marks_is_as_good():
    def cosface_logits(cosine, labels, s, m):
        return s * (cosine - m * F.one_hot(labels, cosine.shape[1]))

    for seed in range(5):
        assert CHECKS["cosface_logits"].judge(cosface_logits, seed).right


def test_a_margin_written_in_place_changes_the_argument():
    def cosface_logits(cosine, labels, s, m):
        cosine[torch.arange(len(labels)), labels] -= m
        return s * cosine

    message = CHECKS["cosface_logits"].judge(cosface_logits, seed=1).message
    assert "it changed its argument cosine" in message
