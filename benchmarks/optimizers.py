"""Optimizers: a step against torch.optim's default, and L-BFGS by its evaluations.

Run it with ``python -m benchmarks optimizers``.
"""

from collections.abc import Callable, Iterator
from functools import partial

import torch
import torch.nn.functional as F
from sklearn.datasets import load_breast_cancer
from torch import Tensor, nn
from torch.optim import Optimizer

from benchmarks.family import Case, Pair, compared, run
from benchmarks.place import Place
from benchmarks.result import Result
from dlcourse.models.lenet import LeNet5
from dlcourse.models.resnet import resnet50
from dlcourse.optim import optimizers as ours

SIZES = {"ResNet-50": resnet50, "LeNet-5": LeNet5}
"""Networks of 161 and 10 tensors."""

RULES = {
    "Adam": ({"lr": 1e-3}, (1.0, 0.7)),
    "AdamW": ({"lr": 1e-3}, (1.05, 1.05)),
    "SGD": ({"lr": 1e-3}, (1.05, 1.05)),
    "SGD with momentum": ({"lr": 1e-3, "momentum": 0.9}, (1.05, 1.05)),
}
"""Options, and the bars of both networks."""


def _parameters(build: Callable[[], nn.Module], place: Place) -> list[Tensor]:
    """Make the network's tensors, each with a gradient."""
    with torch.device("meta"):
        shapes = [p.shape for p in build().parameters()]
    found = []
    for seed, shape in enumerate(shapes):
        parameter = place.draw(*shape, seed=seed).requires_grad_()
        parameter.grad = place.draw(*shape, seed=seed + 1000)
        found.append(parameter)
    return found


def _pair(name: str, build: Callable, place: Place) -> Pair:
    """Make both optimizers, and see that three steps lead to one place."""
    options = RULES[name][0]
    kind = name.split()[0]
    steps, moved = [], []
    for module in (ours, torch.optim):
        parameters = _parameters(build, place)
        optimizer: Optimizer = getattr(module, kind)(parameters, **options)
        for _ in range(3):
            optimizer.step()
        steps.append(optimizer.step)
        moved.append(parameters)
    for mine, other in zip(*moved, strict=True):
        place.agree(mine.detach(), other.detach(), 1e-6)
    return steps[0], steps[1]


def _evaluations(make: Callable[[list[Tensor]], Optimizer]) -> tuple[int, float]:
    """Count how often a logistic regression is evaluated until its slope is flat."""
    table = load_breast_cancer()
    x = torch.tensor(table.data)
    x = (x - x.mean(dim=0)) / x.std(dim=0)
    y = torch.tensor(table.target, dtype=x.dtype)
    weight = torch.zeros(x.shape[1], dtype=x.dtype, requires_grad=True)
    optimizer, count = make([weight]), 0

    def closure() -> Tensor:
        nonlocal count
        count += 1
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(x @ weight, y)
        loss = loss + 1e-3 * weight.square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    found = count
    return found, closure().item()


def _lbfgs() -> Result:
    """Compare evaluations to one minimum."""
    options = {
        "max_iter": 200,
        "tolerance_grad": 1e-6,
        "line_search_fn": "strong_wolfe",
    }
    mine, low = _evaluations(partial(ours.LBFGS, **options))
    other, also = _evaluations(partial(torch.optim.LBFGS, **options))
    if abs(low - also) > 1e-8:
        raise AssertionError(f"the minima differ: {low} and {also}")
    return Result(
        "L-BFGS, evaluations",
        "torch.optim.LBFGS",
        "logistic regression, 30 weights",
        mine / other,
        bar=1.1,
    )


def measure(place: Place) -> Iterator[Result]:
    """Compare a step of each rule on both networks, then L-BFGS."""
    for name, (_, bars) in RULES.items():
        cases = [
            Case(size, bar, lambda place, n=name, b=build: _pair(n, b, place))
            for (size, build), bar in zip(SIZES.items(), bars, strict=True)
        ]
        yield from compared(f"{name} step", "torch.optim, default", cases, place)
    yield _lbfgs()


if __name__ == "__main__":
    run("optimizers", measure)
