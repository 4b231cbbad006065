"""What a student reads in the anatomy exercise, beyond the mistakes known by name."""

import torch
from torch import nn

from dlcourse.checks import anatomy as checks
from dlcourse.checks.judging import Check
from dlcourse.models.anatomy import layer_table

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}


def test_a_true_division_is_no_count():
    def counted(in_channels, out_channels, kernel_size, groups, bias):
        height, width = kernel_size
        return out_channels * (in_channels / groups * height * width + bias)

    verdict = CHECKS["conv_parameters"].judge(counted, seed=1)
    assert "it returned a float, and a whole number (int) is right" in verdict.message


def test_a_list_of_shapes_is_no_tuple():
    def listed(layers, shape):
        return list(CHECKS["shapes"].reference(layers, shape))

    verdict = CHECKS["shapes"].judge(listed, seed=1)
    assert "it returned a list, and a tuple of 6 is right" in verdict.message


def test_a_wrong_row_is_counted_from_one():
    def without_the_pooling(layers, shape):
        first, (_, _, outputs), *rest = CHECKS["table"].reference(layers, shape)
        return first, (9, 0, outputs), *rest

    verdict = CHECKS["table"].judge(without_the_pooling, seed=1)
    assert "in result 2 of 6, in result 1 of 3, it returned 9" in verdict.message


def test_windows_cut_out_and_multiplied_are_right():
    def unfolded(x, weight, bias, window):
        windows = nn.functional.unfold(x, window)  # b c*height*width places
        answer = weight @ windows + bias[:, None]
        sides = (n - k + 1 for n, k in zip(x.shape[2:], window, strict=True))
        return answer.reshape(len(x), len(weight), *sides)

    assert CHECKS["dense_everywhere"].judge(unfolded, seed=1, hidden=True).right


def test_the_plan_of_alexnet_in_two_groups():
    plan = (
        *(("conv", 96, 11, 4, 0, 1), ("pool", 3, 2, 0)),
        *(("conv", 256, 5, 1, 2, 2), ("pool", 3, 2, 0)),
        *(("conv", 384, 3, 1, 1, 1), ("conv", 384, 3, 1, 1, 2)),
        *(("conv", 256, 3, 1, 1, 2), ("pool", 3, 2, 0)),
        *(("dense", 4096), ("dense", 4096), ("dense", 1000)),
    )
    rows = CHECKS["table"].reference(plan, (3, 227, 227))
    assert sum(row[0] for row in rows) == 60_965_224
    assert sum(row[1] for row in rows) == 724_406_816


def test_448_pixels_give_8_places():
    dense_everywhere = CHECKS["dense_everywhere"].reference
    answer = dense_everywhere(
        torch.ones(1, 2, 14, 14), torch.ones(3, 98), torch.zeros(3), (7, 7)
    )
    assert answer.shape == (1, 3, 8, 8)


def test_the_stack_of_the_reference_sees_as_much():
    layers, small, _ = CHECKS["stacked"].reference(4, kernel_size=7)
    stack = nn.Sequential(*(nn.Conv2d(4, 4, 3, bias=False) for _ in range(layers)))
    *_, last = layer_table(stack, torch.ones(1, 4, 9, 9))
    assert last.field.size == 7
    assert sum(p.numel() for p in stack.parameters()) == small
