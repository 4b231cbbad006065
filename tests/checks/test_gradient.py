"""Gradients: the check of conv2d asks for them, and says what cuts them off."""

import pytest
import torch
from torch import Tensor
from torch.nn.functional import unfold

from dlcourse.checks.convolution import conv2d as check
from dlcourse.checks.judging import Case, LocalCaller
from dlcourse.nn import convolution


def by_numbers(x, weight, bias, stride, padding):
    """Right values from a new tensor."""
    y = convolution.conv2d(x, weight, bias, stride, padding)
    return torch.tensor(y.tolist(), dtype=x.dtype)


def without_numpy(x, **options):
    return convolution.conv2d(torch.from_numpy(x.numpy()), **options)


def with_a_fixed_bias(x, weight, bias, stride, padding):
    return convolution.conv2d(x, weight, bias.detach(), stride, padding)


class Lie(torch.autograd.Function):
    """Right values, and slopes of its own invention."""

    @staticmethod
    def forward(context, x, weight, bias, stride, padding):
        context.save_for_backward(x, weight, bias)
        return convolution.conv2d(x, weight, bias, stride, padding)

    @staticmethod
    def backward(context, slope):
        return *(torch.ones_like(saved) for saved in context.saved_tensors), None, None


class Borrowed(torch.autograd.Function):
    """Right values, and slopes by the library."""

    @staticmethod
    def forward(context, x, weight, bias, stride, padding):
        context.save_for_backward(x, weight)
        context.options = stride, padding
        return convolution.conv2d(x, weight, bias, stride, padding)

    @staticmethod
    def backward(context, slope):
        x, weight = context.saved_tensors
        stride, padding = context.options
        unfold(x, weight.shape[2:], stride=stride, padding=padding)
        return (
            torch.zeros_like(x),
            torch.zeros_like(weight),
            slope.sum((0, 2, 3)),
            None,
            None,
        )


class Broken(torch.autograd.Function):
    @staticmethod
    def forward(context, x, weight, bias, stride, padding):
        return convolution.conv2d(x, weight, bias, stride, padding)

    @staticmethod
    def backward(context, slope):
        raise ValueError("no way back")


def applied(function: type[torch.autograd.Function]):
    return lambda x, weight, bias, stride, padding: function.apply(
        x, weight, bias, stride, padding
    )


SAYS = {
    "a new tensor": (by_numbers, "no gradient reaches x: a detach"),
    "numpy": (without_numpy, "no gradient reaches its arguments (RuntimeError on the"),
    "one argument cut off": (with_a_fixed_bias, "no gradient reaches bias: a detach"),
    "a lie": (applied(Lie), "but not the gradient with respect to x: "),
    "an error on the way back": (applied(Broken), "(ValueError on the way)"),
    "the library on the way back": (applied(Borrowed), "it runs torch's im2col, which"),
}


@pytest.mark.parametrize("answer", SAYS)
def test_a_wrong_way_back_is_named(answer):
    function, says = SAYS[answer]
    verdict = check.judge(function, seed=1)
    assert verdict.passed == 0
    assert says in verdict.message


def test_a_hidden_case_is_not_told():
    verdict = check.judge(applied(Lie), seed=1, hidden=True)
    assert verdict.message == (
        "its gradient is wrong on a hidden case, larger than those you saw."
    )


def test_a_wrong_value_speaks_before_the_gradient():
    def doubled(x: Tensor, **options):
        return 2 * convolution.conv2d(x.detach(), **options)

    assert check.judge(doubled, seed=1).stage == "value"


def test_a_call_that_asks_for_no_gradient_is_watched_alone():
    assert LocalCaller(lambda n: n).call(Case({"n": 1})).gradients is None
