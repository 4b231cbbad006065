"""The variants checks: what a student meets beside the known mistakes."""

import pytest
import torch
import torch.nn.functional as F

from dlcourse.checks import variants as checks
from dlcourse.checks.judging import Check

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}


# the library does the work of a task, and may not


def by_library(x, weight, stride, padding, output_padding):
    return F.conv_transpose2d(x, weight, None, stride, padding, output_padding)


LIBRARY = {
    "conv_transpose2d": by_library,
    "dilated_conv2d": lambda x, weight, dilation: F.conv2d(
        x, weight, dilation=dilation
    ),
    "grouped_conv2d": lambda x, weight, groups, stride, padding: F.conv2d(
        x, weight, None, stride, padding, groups=groups
    ),
    "conv1x1": lambda x, weight, bias: F.conv2d(x, weight[:, :, None, None], bias),
}


@pytest.mark.parametrize("task", LIBRARY)
def test_the_library_is_not_an_answer(task):
    verdict = CHECKS[task].judge(LIBRARY[task], seed=1)
    assert verdict.stage == "forbidden"
    assert "it runs torch's convolution, which does the work" in verdict.message


# what a student may do that no list of mistakes foresees


def test_the_weight_read_as_a_convolutions():
    def swapped(x, weight, **options):
        return by_library(x, weight.transpose(0, 1), **options)

    verdict = CHECKS["conv_transpose2d"].judge(swapped, seed=1)
    assert verdict.message.startswith("it stopped with RuntimeError")


def test_a_ratio_where_counts_are_asked_for():
    verdict = CHECKS["multiplications"].judge(lambda **_: 0.115, seed=1)
    assert "it returned a float, and a tuple of 2 is right" in verdict.message


def test_division_gives_no_whole_number():
    def divided(**sizes):
        ordinary, separable = CHECKS["multiplications"].reference(**sizes)
        return ordinary / 1, separable

    verdict = CHECKS["multiplications"].judge(divided, seed=1)
    assert (
        "in result 1 of 2, it returned a float, and a whole number (int) is right"
        in verdict.message
    )


def test_one_mistake_costs_one_task():
    notebook: dict = {"torch": torch}
    exec(WRONG_GROUPS, notebook)  # the cells of a notebook share one set of names
    verdict = CHECKS["grouped_conv2d"].judge(notebook["grouped_conv2d"], seed=1)
    assert verdict.mistake.startswith("the groups mix")
    verdict = CHECKS["depthwise_separable"].judge(
        notebook["depthwise_separable"], seed=1
    )
    assert str(verdict) == (
        "✓ depthwise_separable: right in all 8 cases once the tasks before it are."
    )


WRONG_GROUPS = """
from dlcourse.nn.convolution import conv2d

def conv1x1(x, weight, bias):
    return torch.einsum("oi,bihw->bohw", weight, x) + bias[:, None, None]

def grouped_conv2d(x, weight, groups, stride, padding):
    return conv2d(x, weight.repeat(1, groups, 1, 1), None, stride, padding)

def depthwise_separable(x, depthwise_weight, pointwise_weight, bias, stride, padding):
    spread = grouped_conv2d(x, depthwise_weight, x.shape[1], stride, padding)
    return conv1x1(spread, pointwise_weight, bias)
"""
