"""The normalization checks: slips that no list of mistakes foresees."""

import pytest
import torch
import torch.nn.functional as F

from dlcourse.checks import normalization as checks
from dlcourse.checks.judging import Check

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}


# what no list of mistakes foresees


def in_place(running_mean, running_var, x, momentum):
    running_mean.lerp_(x.mean(dim=(0, 2, 3)), momentum)
    running_var.lerp_(x.var(dim=(0, 2, 3)), momentum)
    return running_mean, running_var


def library_group_norm(**arguments):
    arguments["input"] = arguments.pop("x")
    return F.group_norm(**arguments)


def library_response(x, **rest):
    return F.local_response_norm(x, **rest)


def library_batch_norm(x, weight, bias, eps):
    return F.batch_norm(x, None, None, weight, bias, training=True, eps=eps)


def autograd(dy, x, weight, eps):
    leaves = x.clone().requires_grad_(), weight.clone().requires_grad_()
    y = library_batch_norm(*leaves, None, eps)
    return (*torch.autograd.grad(y, leaves, dy), dy.sum(dim=(0, 2, 3)))


STUDENTS = {
    "in place": (
        "update_running",
        in_place,
        "it changed its argument running_mean, running_var, which the caller still needs",
    ),
    "library, batch": (
        "batch_norm",
        library_batch_norm,
        "batch_norm, which does the work",
    ),
    "library, gradient": ("batch_norm_backward", autograd, "which does the work"),
    "library, group": (
        "group_norm",
        library_group_norm,
        "it runs torch's native_group_norm, which does the work",
    ),
    "library, response": (
        "local_response_norm",
        library_response,
        "it runs torch's avg_pool3d, which does the work",
    ),
    "one result": (
        "update_running",
        lambda running_mean, **_: running_mean,
        "it returned a Tensor, and a tuple of 2 is right",
    ),
    "kept axes": (
        "update_running",
        lambda x, **_: (x.mean(dim=(0, 2, 3), keepdim=True), x),
        "in result 1 of 2, the result has shape (1, ",
    ),
}


@pytest.mark.parametrize("case", STUDENTS)
def test_what_a_student_reads(case):
    task, function, message = STUDENTS[case]
    assert message in CHECKS[task].judge(function, seed=1).message
