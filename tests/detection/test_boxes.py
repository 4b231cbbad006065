"""Boxes: by hand, against torchvision in value and gradient, and what is refused."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck
from torchvision import ops

from dlcourse.detection import boxes as ours
from dlcourse.detection.boxes import (
    box_area,
    box_convert,
    box_iou,
    clip_boxes_to_image,
    complete_box_iou,
    distance_box_iou,
    generalized_box_iou,
    iou,
    remove_small_boxes,
)
from dlcourse.detection.boxes.overlap import TILE

CLOSE = {"rtol": 1e-5, "atol": 1e-5, "equal_nan": True}
FLOAT64 = {"dtype": torch.float64}
PAIRS = ("box_iou", "generalized_box_iou", "distance_box_iou", "complete_box_iou")
SEEDS = range(200)


class Drawn:
    """Boxes from a seed: ties, zero areas and copies among them, sometimes none at all."""

    def __init__(self, seed: int) -> None:
        self.source = torch.Generator().manual_seed(seed)

    def pick(self, low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (1,), generator=self.source))

    def boxes(self, *batch: int, least: int = 0) -> torch.Tensor:
        shape = (*batch, self.pick(least, 9), 2)
        corner = self.pick(-3, 0) + 9 * torch.rand(shape, generator=self.source)
        sides = 6 * torch.rand(shape, generator=self.source)
        if self.pick(
            0, 1
        ):  # whole numbers: edges that touch, areas of zero, equal boxes
            corner, sides = corner.round(), sides.round()
        return torch.cat([corner, corner + sides], dim=-1).double()

    def pair(self) -> tuple[torch.Tensor, torch.Tensor]:
        batch = (self.pick(1, 3),) * self.pick(0, 2)
        return self.boxes(*batch), self.boxes(*batch)


def value_and_gradients(function, *tables):
    leaves = [table.clone().requires_grad_() for table in tables]
    answer = function(*leaves)
    if not answer.numel():
        return answer, *tables
    # Uneven weights, so that no two outputs can be swapped unseen; pairs without area are left out.
    weights = torch.linspace(0.5, 2.0, answer.numel(), dtype=answer.dtype)
    sound = answer.isfinite()
    slopes = torch.autograd.grad(
        (answer[sound] * weights.view_as(answer)[sound]).sum(), leaves
    )
    return answer.detach(), *slopes


def assert_equal(mine, theirs, *tables):
    found = value_and_gradients(mine, *tables)
    expected = value_and_gradients(theirs, *tables)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, **CLOSE)


# by hand


def test_two_boxes_by_hand():
    one, other = (0.0, 0.0, 4.0, 4.0), (2.0, 2.0, 6.0, 6.0)
    a, b = torch.tensor([one]), torch.tensor([other])
    assert iou(one, other) == pytest.approx(4 / 28)
    assert box_iou(a, b).item() == pytest.approx(4 / 28)
    assert generalized_box_iou(a, b).item() == pytest.approx(4 / 28 - 8 / 36)
    assert distance_box_iou(a, b).item() == pytest.approx(4 / 28 - 8 / 72)
    assert complete_box_iou(a, b).item() == pytest.approx(4 / 28 - 8 / 72)


def test_a_side_is_the_difference_of_its_ends():
    assert box_area(torch.tensor([[3.0, 3.0, 4.0, 4.0]])).item() == 1


def test_no_extra_pixel():
    """Boxes that share an edge share no area; with +1 they would."""
    touching = torch.tensor([[0.0, 0, 4, 4], [4, 0, 8, 4]])
    assert box_iou(touching, touching)[0, 1].item() == 0


# against torchvision


@pytest.mark.parametrize("name", PAIRS)
def test_all_pairs_equal_torchvision_in_value_and_gradient(name):
    for seed in SEEDS:
        assert_equal(getattr(ours, name), getattr(ops, name), *Drawn(seed).pair())


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_other_precisions_equal_torchvision(name, dtype):
    pair = [table.round().to(dtype) for table in Drawn(3).pair()]
    mine, theirs = getattr(ours, name)(*pair), getattr(ops, name)(*pair)
    assert mine.dtype == theirs.dtype
    torch.testing.assert_close(mine, theirs, **CLOSE)


@pytest.mark.parametrize("name", PAIRS)
def test_tables_of_several_tiles_equal_torchvision(name):
    """More rows than a tile holds, and a row longer than a tile."""
    source = torch.Generator().manual_seed(0)

    def draw(n):
        corner = 300 * torch.rand(n, 2, generator=source, **FLOAT64)
        sides = 50 * torch.rand(n, 2, generator=source, **FLOAT64)
        return torch.cat([corner, corner + sides], dim=1)

    for n, m in ((700, 301), (3, TILE + 1)):
        mine, theirs = getattr(ours, name), getattr(ops, name)
        assert_equal(mine, theirs, draw(n), draw(m))


def test_the_rest_equals_torchvision():
    for seed in SEEDS:
        drawn = Drawn(seed)
        table = drawn.boxes(*(2,) * drawn.pick(0, 2))
        assert_equal(box_area, ops.box_area, table)
        for into in ("xyxy", "xywh", "cxcywh"):
            assert_equal(
                lambda x, into=into: box_convert(x, "xyxy", into),
                lambda x, into=into: ops.box_convert(x, "xyxy", into),
                table,
            )
            told = ops.box_convert(table, "xyxy", into)
            assert_equal(
                lambda x, into=into: box_convert(x, into, "cxcywh"),
                lambda x, into=into: ops.box_convert(x, into, "cxcywh"),
                told,
            )
        size = (drawn.pick(0, 8), drawn.pick(0, 8))
        assert_equal(
            lambda x, size=size: clip_boxes_to_image(x, size),
            lambda x, size=size: ops.clip_boxes_to_image(x, size),
            table,
        )
        flat, least = drawn.boxes(), drawn.pick(0, 4)
        kept = remove_small_boxes(flat, least)
        assert torch.equal(kept, ops.remove_small_boxes(flat, least))


@pytest.mark.parametrize("name", PAIRS)
def test_gradcheck(name):
    # Well apart from ties, where the slope jumps.
    one = torch.tensor([[0.0, 0, 4, 3], [1, 1, 9, 5]], **FLOAT64, requires_grad=True)
    other = torch.tensor(
        [[2.1, 1.3, 6, 7], [20, 20, 22, 27]], **FLOAT64, requires_grad=True
    )
    if (
        name == "complete_box_iou"
    ):  # its weight is held fixed, so only DIoU's part is checked
        one = torch.tensor([[0.0, 0, 4, 3]], **FLOAT64, requires_grad=True)
        other = torch.tensor([[2.0, 1, 6, 4]], **FLOAT64, requires_grad=True)
    assert gradcheck(getattr(ours, name), (one, other))


def test_arguments_are_left_alone():
    one, other = Drawn(5).boxes(least=1), Drawn(6).boxes(least=1)
    before = one.clone(), other.clone()
    for name in PAIRS:
        getattr(ours, name)(one, other)
    assert torch.equal(one, before[0])
    assert torch.equal(other, before[1])


def test_boxes_that_do_not_meet_have_a_slope_only_with_a_penalty():
    one = torch.tensor([[0.0, 0, 2, 2]], requires_grad=True)
    far = torch.tensor([[7.0, 0, 9, 2]])
    for name, has_slope in zip(PAIRS, (False, True, True, True), strict=True):
        (slope,) = torch.autograd.grad(getattr(ours, name)(one, far).sum(), one)
        assert bool((slope != 0).any()) == has_slope
        if has_slope:  # the right edge should move towards the other box
            assert slope[0, 2] > 0


# invariants

SMALL = settings(deadline=None, max_examples=40)
SEED = st.integers(0, 10_000)


@SMALL
@given(SEED)
def test_the_definition_agrees_with_the_table(seed):
    drawn = Drawn(seed)
    one, other = drawn.boxes(), drawn.boxes()
    table = box_iou(one, other)
    for row, first in enumerate(one.tolist()):
        for column, second in enumerate(other.tolist()):
            if not table[row, column].isnan():
                found = iou(tuple(first), tuple(second))
                assert found == pytest.approx(table[row, column].item(), abs=1e-12)


@SMALL
@given(SEED, st.floats(0.25, 8), st.floats(-20, 20))
def test_moving_scaling_and_mirroring_change_nothing(seed, scale, shift):
    one, other = Drawn(seed).pair()
    mirror = torch.tensor([-1.0, 1, -1, 1], **FLOAT64)
    places = [2, 1, 0, 3]
    for name in PAIRS[:2]:
        measure = getattr(ours, name)
        same = measure(scale * one + shift, scale * other + shift)
        turned = measure((one * mirror)[..., places], (other * mirror)[..., places])
        for found in (same, turned):
            torch.testing.assert_close(found, measure(one, other), **CLOSE)


@SMALL
@given(SEED)
def test_bounds_and_symmetry(seed):
    one, other = Drawn(seed).pair()
    plain, general, distance, complete = (
        getattr(ours, name)(one, other) for name in PAIRS
    )
    known = plain.isfinite() & general.isfinite()
    assert (plain[known] >= 0).all()
    assert (plain[known] <= 1).all()
    assert (general[known] >= -1).all()
    assert (general[known] <= plain[known] + 1e-12).all()
    assert (distance[known] <= plain[known] + 1e-12).all()
    known &= complete.isfinite()
    assert (complete[known] <= distance[known] + 1e-12).all()
    torch.testing.assert_close(box_iou(other, one).mT, plain, **CLOSE)


@SMALL
@given(SEED)
def test_formats_go_there_and_back(seed):
    table = Drawn(seed).boxes()
    for fmt in ("xywh", "cxcywh"):
        back = box_convert(box_convert(table, "xyxy", fmt), fmt, "xyxy")
        torch.testing.assert_close(back, table, **CLOSE)


# refusals

GOOD = torch.tensor([[0.0, 0, 1, 1]])

REFUSALS = {
    "a list": (
        lambda: box_area([[0.0, 0, 1, 1]]),
        TypeError,
        "boxes is a list; convert it with torch.as_tensor",
    ),
    "integers": (
        lambda: box_iou(GOOD, GOOD.long()),
        TypeError,
        "boxes2 holds torch.int64; convert it with boxes2.float()",
    ),
    "one box without its table": (
        lambda: box_iou(GOOD[0], GOOD),
        ValueError,
        "boxes1 has shape (4,); it needs the axes (boxes, 4)",
    ),
    "five numbers": (
        lambda: box_area(torch.zeros(2, 5)),
        ValueError,
        "boxes has shape (2, 5); it needs the axes (boxes, 4)",
    ),
    "corners in the wrong order": (
        lambda: generalized_box_iou(GOOD, torch.tensor([[0.0, 0, 1, 1], [5, 0, 2, 1]])),
        ValueError,
        "boxes2[1] is [5.0, 0.0, 2.0, 1.0]; a box is x1, y1, x2, y2, all finite, with x1 <= x2",
    ),
    "not a number": (
        lambda: distance_box_iou(torch.tensor([[0.0, 0, math.nan, 1]]), GOOD),
        ValueError,
        "boxes1[0] is [0.0, 0.0, nan, 1.0]",
    ),
    "without end": (
        lambda: clip_boxes_to_image(torch.tensor([[0.0, 0, math.inf, 1]]), (4, 4)),
        ValueError,
        "boxes[0] is [0.0, 0.0, inf, 1.0]",
    ),
    "a place in a batch": (
        lambda: box_area(torch.tensor([[[0.0, 0, 1, 1]], [[0.0, 3, 1, 1]]])),
        ValueError,
        "boxes[1, 0] is [0.0, 3.0, 1.0, 1.0]",
    ),
    "batches that differ": (
        lambda: complete_box_iou(GOOD.expand(2, 1, 4), GOOD.expand(3, 1, 4)),
        ValueError,
        "boxes1 has the batch axes (2,) and boxes2 has (3,); they must be the same",
    ),
    "an unknown format": (
        lambda: box_convert(GOOD, "xyxy", "yxyx"),
        ValueError,
        "format 'yxyx' is none of xyxy, xywh, cxcywh",
    ),
    "a negative side": (
        lambda: box_convert(torch.tensor([[4.0, 4, -2, 1]]), "cxcywh", "xyxy"),
        ValueError,
        "the corners of boxes[0] is [5.0, 3.5, 3.0, 4.5]",
    ),
    "an image of no size": (
        lambda: clip_boxes_to_image(GOOD, (4, -1)),
        ValueError,
        "size (4, -1) has a side below zero",
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_name_the_value_and_the_rule(case):
    call, error, message = REFUSALS[case]
    with pytest.raises(error) as refusal:
        call()
    assert message in str(refusal.value)
