"""What a student of the augmentation exercise reads, beyond the list of mistakes."""

import pytest
import torch

from dlcourse.checks import augmentation as checks
from dlcourse.checks.judging import Check, Draw

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}


def in_place(x, row, column, length):
    x[:] = CHECKS["cutout"].reference(x, row, column, length)
    return x


def a_list(x, height, width):
    return list(CHECKS["ten_crop"].reference(x, height, width))


def five_only(x, height, width):
    return CHECKS["ten_crop"].reference(x, height, width)[:5]


def by_torch(image, angle):
    theta = torch.eye(3, dtype=image.dtype)[None, :2]
    grid = torch.nn.functional.affine_grid(theta, (1, 1, *image.shape))
    return torch.nn.functional.grid_sample(image[None, None], grid)[0, 0]


def pictures_alone(x, y, lam, order):
    return CHECKS["mixup"].reference(x, y, lam, order)[0]


STUDENTS = {
    "in place": ("cutout", in_place, "it changed its argument x"),
    "a list": ("ten_crop", a_list, "it returned a list, and a tensor is right"),
    "five": ("ten_crop", five_only, "the result has shape (5, "),
    "torch's": ("rotate", by_torch, "it runs torch's grid_sampler_2d"),
    "one of two": ("mixup", pictures_alone, "and a tuple of 2 is right"),
}


@pytest.mark.parametrize("case", STUDENTS)
@pytest.mark.filterwarnings("ignore:Default grid_sample and affine_grid")
def test_what_a_student_reads(case):
    task, function, message = STUDENTS[case]
    assert message in CHECKS[task].judge(function, seed=1).message


def test_a_whitening_may_come_from_the_singular_values():
    def zca_whiten(x, eps):
        centred = x - x.mean(dim=0)
        _, singular, axes = torch.linalg.svd(centred, full_matrices=False)
        scale = (singular**2 / (len(x) - 1) + eps).sqrt()
        return centred @ axes.T / scale @ axes

    assert CHECKS["zca_whiten"].judge(zca_whiten, seed=1).right


def test_holes_and_places_reach_over_every_border():
    reached = set()
    for seed in range(60):
        case = CHECKS["cutout"].draw(Draw(seed)).arguments
        h, w = case["x"].shape[-2:]
        top = case["row"] - case["length"] // 2
        left = case["column"] - case["length"] // 2
        reached |= {("upper", top < 0), ("left", left < 0)}
        reached |= {("lower", top + case["length"] > h)}
        reached |= {("right", left + case["length"] > w)}
    assert len(reached) == 8


def test_a_wrong_helper_costs_its_own_task_alone():
    notebook: dict = {}
    exec(NEAREST, notebook)
    verdict = CHECKS["bilinear"].judge(notebook["bilinear"], seed=1)
    assert verdict.mistake == "the nearest pixel is taken"
    verdict = CHECKS["rotate"].judge(notebook["rotate"], seed=1)
    assert verdict.right
    assert verdict.helped


NEAREST = """
import math

import torch

def bilinear(image, rows, columns):
    framed = torch.nn.functional.pad(image, (2, 2, 2, 2))
    return framed[rows.round().long() + 2, columns.round().long() + 2]

def rotate(image, angle):
    h, w = image.shape
    a = math.radians(angle)
    rows = torch.arange(h, dtype=image.dtype) - (h - 1) / 2
    columns = torch.arange(w, dtype=image.dtype) - (w - 1) / 2
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    from_x = (x * math.cos(a) - y * math.sin(a) + (w - 1) / 2).clamp(-1, w)
    from_y = (x * math.sin(a) + y * math.cos(a) + (h - 1) / 2).clamp(-1, h)
    return bilinear(image, from_y.flatten(), from_x.flatten()).reshape(h, w)
"""
