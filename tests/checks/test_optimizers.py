"""The optimizers checks: what a student meets beside the known mistakes."""

import pytest
import torch
from torch.optim import lr_scheduler

from dlcourse.checks import optimizers as checks
from dlcourse.checks.judging import Check

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}


def test_the_schedule_is_torchs_warm_up_and_cosine():
    lr, warmup, total = 0.4, 5, 23
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=lr)
    rise = lr_scheduler.LinearLR(optimizer, 1 / warmup, total_iters=warmup - 1)
    fall = lr_scheduler.CosineAnnealingLR(optimizer, T_max=total - warmup)
    both = lr_scheduler.SequentialLR(optimizer, [rise, fall], milestones=[warmup])
    rates = []
    for _ in range(total):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        both.step()
    t = torch.arange(total, dtype=torch.float64)
    mine = CHECKS["cosine_schedule"].reference(t, lr, warmup, total)
    torch.testing.assert_close(mine, torch.tensor(rates, dtype=torch.float64))


# what a student may do that no list of mistakes foresees


def in_place(w, grad, squares, lr, eps):
    squares += grad**2
    w -= lr * grad / (squares.sqrt() + eps)
    return w, squares


STUDENTS = {
    "in place": (
        in_place,
        "it changed its argument w, squares, which the caller still",
    ),
    "one result": (
        lambda w, grad, squares, lr, eps: w - lr * grad,
        "it returned a Tensor, and a tuple of 2 is right",
    ),
    "almost": (
        lambda w, grad, squares, lr, eps: (w - lr * grad, squares + grad**2),
        "in result 1 of 2, ",
    ),
}


@pytest.mark.parametrize("case", STUDENTS)
def test_what_a_student_reads(case):
    function, message = STUDENTS[case]
    assert message in CHECKS["adagrad_step"].judge(function, seed=1).message


def test_a_wrong_adam_does_not_cost_adamw():
    notebook: dict = {"torch": torch}
    exec(WRONG_ADAM, notebook)
    verdict = CHECKS["adam_step"].judge(notebook["adam_step"], seed=1)
    assert verdict.mistake.startswith("the bias correction is missing")
    verdict = CHECKS["adamw_step"].judge(notebook["adamw_step"], seed=1)
    assert verdict.right
    assert verdict.helped


WRONG_ADAM = """
def adam_step(w, grad, mean, squares, t, lr, beta1, beta2, eps):
    mean = beta1 * mean + (1 - beta1) * grad
    squares = beta2 * squares + (1 - beta2) * grad**2
    return w - lr * mean / (squares.sqrt() + eps), mean, squares

def adamw_step(w, grad, mean, squares, t, lr, beta1, beta2, eps, weight_decay):
    shrunk = (1 - lr * weight_decay) * w
    return adam_step(
        w=shrunk, grad=grad, mean=mean, squares=squares, t=t, lr=lr,
        beta1=beta1, beta2=beta2, eps=eps,
    )
"""
