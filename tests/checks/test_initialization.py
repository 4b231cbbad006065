"""The initialization checks: references are the package, other slips are met."""

import math

import pytest
import torch

from dlcourse.checks import initialization as checks
from dlcourse.checks.judging import Check
from dlcourse.nn import initialization as package

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}
FLOAT64 = {"dtype": torch.float64}


def source(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


# the references, from the numbers that the package draws


@pytest.mark.parametrize("shape", [(4, 7), (7, 4), (3, 2, 4, 5)])
def test_the_references_are_the_package(shape):
    u = torch.rand(shape, generator=source(1), **FLOAT64)
    noise = torch.randn(shape, generator=source(1), **FLOAT64)
    empty = torch.empty(shape, **FLOAT64)
    pairs = (
        (
            CHECKS["xavier_uniform"].reference(u, 1.5),
            package.xavier_uniform_(empty.clone(), 1.5, source(1)),
        ),
        (
            CHECKS["kaiming_normal"].reference(noise, 0.2),
            package.kaiming_normal_(empty.clone(), 0.2, generator=source(1)),
        ),
        (
            CHECKS["orthogonal"].reference(noise.flatten(1)),
            package.orthogonal_(empty.clone().flatten(1), generator=source(1)),
        ),
    )
    for reference, drawn in pairs:
        torch.testing.assert_close(reference, drawn)


@pytest.mark.parametrize("max_norm", [0.5, 50.0])
def test_clipping_is_that_of_the_package_but_for_its_margin(max_norm):
    dweight, dbias = torch.randn(3, 4, **FLOAT64), torch.randn(3, **FLOAT64)
    layer = torch.nn.Linear(4, 3, **FLOAT64)
    layer.weight.grad, layer.bias.grad = dweight.clone(), dbias.clone()
    package.clip_grad_norm_(layer.parameters(), max_norm)
    clipped = CHECKS["clip_by_norm"].reference(dweight, dbias, max_norm)
    found = layer.weight.grad, layer.bias.grad
    torch.testing.assert_close(clipped, found, rtol=1e-6, atol=0)


# what a student may do that no list of mistakes foresees


def by_autograd(dy, x, weights):
    outputs = [x.requires_grad_()]
    for weight in weights:
        outputs.append(torch.tanh(outputs[-1] @ weight.T))
    gradients = torch.autograd.grad(outputs[-1], outputs[1:], dy)
    return torch.stack([gradient.std() for gradient in gradients])


def in_place(dweight, dbias, max_norm):
    norm = math.sqrt((dweight**2).sum() + (dbias**2).sum())
    dweight *= min(1.0, max_norm / norm)
    return dweight, dbias * min(1.0, max_norm / norm)


STUDENTS = {
    "autograd": ("backward_std", by_autograd, "it runs torch's tanh_backward"),
    "in place": ("clip_by_norm", in_place, "it changed its argument dweight"),
    "a list": ("forward_std", lambda x, weights: [0.0], "it returned a list, and a"),
    "a shape": ("fans", lambda weight: tuple(weight.shape), "is right"),
    "one norm": ("clip_by_norm", lambda dweight, **_: dweight, "a tuple of 2 is right"),
}


@pytest.mark.parametrize("case", STUDENTS)
def test_what_a_student_reads(case):
    task, function, message = STUDENTS[case]
    assert message in CHECKS[task].judge(function, seed=1).message


def test_wrong_fans_cost_their_own_points():
    notebook: dict = {"torch": torch}
    exec(SWAPPED_FANS, notebook)  # the cells of a notebook share one set of names
    verdict = CHECKS["kaiming_normal"].judge(notebook["kaiming_normal"], seed=1)
    assert verdict.right
    assert verdict.helped


SWAPPED_FANS = """
def fans(weight):
    return weight.shape[0] * weight[0, 0].numel(), weight.shape[1] * weight[0, 0].numel()

def kaiming_normal(noise, a):
    fan_in, fan_out = fans(noise)
    return noise * (2 / ((1 + a**2) * fan_in)) ** 0.5
"""
