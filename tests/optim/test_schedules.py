"""Schedules: by hand, against torch for 200 steps, resumed, joined, and what they refuse."""

import json
from copy import deepcopy
from math import exp, sqrt

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.optim import lr_scheduler

from dlcourse.optim import schedules
from dlcourse.optim.optimizers import SGD
from dlcourse.optim.schedules import (
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    InverseSqrtLR,
    InverseTimeLR,
    LinearLR,
    MultiStepLR,
    OneCycleLR,
    SequentialLR,
    StepLR,
    range_test,
)
from dlcourse.training import Batches, generator, load_checkpoint, save_checkpoint

STEPS = 200
EXACT = {"rel": 1e-10, "abs": 1e-10}


class Draw:
    """Random options, repeated by a seed."""

    def __init__(self, seed: int) -> None:
        self.source = torch.Generator().manual_seed(seed)

    def real(self, low: float, high: float) -> float:
        drawn = torch.rand((), generator=self.source, dtype=torch.float64).item()
        return low + (high - low) * drawn

    def whole(self, low: int, high: int) -> int:
        return torch.randint(low, high + 1, (), generator=self.source).item()

    def of(self, *choices):
        return choices[self.whole(0, len(choices) - 1)]


def one_cycle_options(draw: Draw) -> dict:
    three_phase = draw.of(True, False)
    length = draw.of(
        {"total_steps": draw.whole(STEPS, 300)},
        {"epochs": 10, "steps_per_epoch": draw.whole(20, 30)},
    )
    return length | {
        "max_lr": draw.of(draw.real(0.1, 2), [draw.real(0.1, 2), draw.real(0.1, 2)]),
        "pct_start": draw.real(0.05, 0.45 if three_phase else 0.95),
        "anneal_strategy": draw.of("cos", "linear"),
        "cycle_momentum": draw.of(True, False),
        "base_momentum": draw.of(0.8, [0.7, 0.85]),
        "max_momentum": draw.of(0.95, [0.9, 0.99]),
        "div_factor": draw.real(2, 30),
        "final_div_factor": 10 ** draw.real(0, 4),
        "three_phase": three_phase,
    }


OPTIONS = {
    "StepLR": lambda draw: {
        "step_size": draw.whole(1, 60),
        "gamma": draw.real(0.3, 1.05),
    },
    "MultiStepLR": lambda draw: {
        "milestones": [draw.whole(1, 180) for _ in range(draw.whole(0, 4))],
        "gamma": draw.real(0.1, 1.05),
    },
    "ExponentialLR": lambda draw: {"gamma": draw.real(0.9, 1.01)},
    "CosineAnnealingLR": lambda draw: {
        "T_max": draw.whole(1, 250),
        "eta_min": draw.of(0.0, draw.real(0, 0.05)),
    },
    "CosineAnnealingWarmRestarts": lambda draw: {
        "T_0": draw.whole(1, 60),
        "T_mult": draw.whole(1, 3),
        "eta_min": draw.of(0.0, draw.real(0, 0.05)),
    },
    "LinearLR": lambda draw: {
        "start_factor": draw.real(0.01, 1),
        "end_factor": draw.real(0, 1),
        "total_iters": draw.whole(1, 150),
    },
    "OneCycleLR": one_cycle_options,
}
"""Options of the schedules that torch has too."""

FORMULAS = {
    "InverseTimeLR": (
        lambda draw: {"decay_rate": draw.real(1e-3, 2)},
        lambda decay_rate: lambda t: 1 / (1 + decay_rate * t),
    ),
    "InverseSqrtLR": (lambda draw: {}, lambda: lambda t: 1 / sqrt(t + 1)),
}
"""Options of the others, and the factor of torch's LambdaLR that says the same."""

EVERY = [*OPTIONS, *FORMULAS]
each = pytest.mark.parametrize("name", EVERY)


def options_of(name: str, seed: int) -> dict:
    return (OPTIONS.get(name) or FORMULAS[name][0])(Draw(seed))


def optimizer_of(seed: int) -> torch.optim.Optimizer:
    """Two groups with rates of their own, of either kind of momentum, and nothing to learn."""
    draw = Draw(1000 + seed)
    groups = [
        {"params": [nn.Parameter(torch.ones(1))], "lr": draw.real(0.05, 1)}
        for _ in range(2)
    ]
    return draw.of(torch.optim.SGD, torch.optim.Adam)(groups)


def ours(name: str, optimizer, options: dict):
    return getattr(schedules, name)(optimizer, **options)


def theirs(name: str, optimizer, options: dict):
    if name in OPTIONS:
        return getattr(lr_scheduler, name)(optimizer, **options)
    return lr_scheduler.LambdaLR(optimizer, FORMULAS[name][1](**options))


def walk(optimizer, schedule, steps: int) -> list[float]:
    """Rates and momenta of all groups, before each step."""
    optimizer.step()  # once is enough for torch, which warns of a schedule that goes first
    seen = []
    for _ in range(steps):
        for group in optimizer.param_groups:
            momentum = group["betas"][0] if "betas" in group else group["momentum"]
            seen += [float(group["lr"]), momentum]  # a tensor will change
        schedule.step()
    return seen


# by hand


def test_rates_by_hand():
    def rates(make, steps, **options):
        schedule = make(torch.optim.SGD([torch.zeros(1)], lr=0.8), **options)
        return [schedule.at(0.8, step) for step in steps]

    assert rates(StepLR, (0, 2, 3, 6), step_size=3, gamma=0.5) == [0.8, 0.8, 0.4, 0.2]
    assert rates(InverseTimeLR, (0, 1, 3), decay_rate=1.0) == pytest.approx(
        [0.8, 0.4, 0.2]
    )
    assert rates(InverseSqrtLR, (0, 3, 15), last_epoch=-1) == [0.8, 0.4, 0.2]
    assert rates(CosineAnnealingLR, (0, 3, 6), T_max=6) == pytest.approx([0.8, 0.4, 0])


def test_a_schedule_drives_the_optimizer():
    w = torch.zeros(1, requires_grad=True)
    optimizer = SGD([w], lr=1.0)
    schedule = ExponentialLR(optimizer, gamma=0.5)
    for _ in range(4):
        w.grad = -torch.ones(1)
        optimizer.step()
        schedule.step()
    assert w.item() == 1 + 0.5 + 0.25 + 0.125
    assert schedule.get_last_lr() == [0.0625]


# equal to torch


@each
@pytest.mark.parametrize("seed", range(25))
def test_200_steps_equal_torch(name, seed):
    options, found = options_of(name, seed), []
    for make in (ours, theirs):
        optimizer = optimizer_of(seed)
        found.append(walk(optimizer, make(name, optimizer, options), STEPS))
    assert found[0] == pytest.approx(found[1], **EXACT)


def joined(library, optimizer, draw: Draw):
    """A rise, a fall along a cosine and a stair, one after another."""
    rise, fall = draw.whole(1, 40), draw.whole(41, 120)
    parts = [
        library.LinearLR(optimizer, draw.real(0.01, 0.5), total_iters=rise),
        library.CosineAnnealingLR(optimizer, fall, eta_min=0.01),
        library.StepLR(optimizer, draw.whole(5, 20), gamma=0.5),
    ]
    return library.SequentialLR(optimizer, parts, [rise, rise + fall])


@pytest.mark.parametrize("seed", range(25))
def test_200_steps_of_a_sequence_equal_torch(seed):
    found = []
    for library in (schedules, lr_scheduler):
        optimizer = optimizer_of(seed)
        found.append(walk(optimizer, joined(library, optimizer, Draw(seed)), STEPS))
    assert found[0] == pytest.approx(found[1], **EXACT)


def test_torch_joins_our_schedules_too():
    found = []
    for library in (schedules, lr_scheduler):
        optimizer = optimizer_of(3)
        parts = [
            library.LinearLR(optimizer, 0.1, total_iters=20),
            library.CosineAnnealingWarmRestarts(optimizer, 30),
        ]
        schedule = lr_scheduler.SequentialLR(optimizer, parts, [20])
        found.append(walk(optimizer, schedule, STEPS))
    assert found[0] == pytest.approx(found[1], **EXACT)


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("seed", range(5))
def test_a_run_of_torch_goes_on_in_ours(name, seed):
    options = options_of(name, seed)
    first = optimizer_of(seed)
    schedule = theirs(name, first, options)
    walk(first, schedule, 70)
    second = optimizer_of(seed)
    other = ours(name, second, options)
    second.load_state_dict(deepcopy(first.state_dict()))
    other.load_state_dict(schedule.state_dict())
    found = walk(second, other, 100)
    assert found == pytest.approx(walk(first, schedule, 100), **EXACT)


@each
def test_rates_in_tensors_give_the_same(name):
    options = options_of(name, seed=2) | (
        {"max_lr": 0.5} if name == "OneCycleLR" else {}
    )
    found = []
    for rate in (0.5, torch.tensor(0.5, dtype=torch.float64)):
        optimizer = torch.optim.SGD([torch.zeros(1)], lr=rate, momentum=0.5)
        schedule = ours(name, optimizer, options)
        found.append(walk(optimizer, schedule, 50))
    assert found[0] == pytest.approx(found[1], **EXACT)


# resumed


def build(name: str, optimizer, seed: int):
    if name == "SequentialLR":
        return joined(schedules, optimizer, Draw(seed))
    return ours(name, optimizer, options_of(name, seed))


@pytest.mark.parametrize("name", [*EVERY, "SequentialLR"])
@pytest.mark.parametrize("seed", range(5))
def test_resumed_equals_uninterrupted_bit_for_bit(name, seed):
    first = optimizer_of(seed)
    schedule = build(name, first, seed)
    walk(first, schedule, 70)
    states = deepcopy((first.state_dict(), schedule.state_dict()))
    second = optimizer_of(seed)
    other = build(name, second, seed)
    second.load_state_dict(states[0])
    # what a checkpoint keeps is text
    other.load_state_dict(json.loads(json.dumps(states[1])))
    assert walk(second, other, 100) == walk(first, schedule, 100)


def test_a_checkpoint_holds_a_schedule(tmp_path):
    def begin():
        model = nn.Linear(3, 1)
        optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
        return model, optimizer, OneCycleLR(optimizer, 0.5, total_steps=40)

    def advance(model, optimizer, schedule, steps):
        x = torch.arange(12.0).reshape(4, 3) / 12
        for _ in range(steps):
            optimizer.zero_grad()
            (model(x) - 1).square().mean().backward()
            optimizer.step()
            schedule.step()

    whole = begin()
    advance(*whole, 17)
    save_checkpoint(tmp_path / "run.safetensors", *whole, None, [])
    rest = begin()
    load_checkpoint(tmp_path / "run.safetensors", *rest, None)
    for run in (whole, rest):
        advance(*run, 20)
    assert all(map(torch.equal, whole[0].parameters(), rest[0].parameters()))


# what holds whatever the options


@each
@pytest.mark.parametrize("seed", range(5))
def test_rates_are_never_negative(name, seed):
    optimizer = optimizer_of(seed)
    schedule = ours(name, optimizer, options_of(name, seed))
    assert min(schedule.at(1.0, step) for step in range(STEPS)) >= 0


@given(k=st.floats(1e-3, 1), t=st.integers(0, 200))
def test_the_two_notations_of_exponential_decay_are_one(k, t):
    schedule = ExponentialLR(torch.optim.SGD([torch.zeros(1)]), gamma=exp(-k))
    assert schedule.at(2.0, t) == pytest.approx(2 * exp(-k * t), rel=1e-9, abs=1e-300)


@given(length=st.integers(1, 9), times=st.integers(1, 4), fall=st.integers(0, 5))
def test_each_restart_begins_at_the_top(length, times, fall):
    schedule = CosineAnnealingWarmRestarts(
        torch.optim.SGD([torch.zeros(1)]), length, times
    )
    begin = sum(length * times**n for n in range(fall))
    assert schedule.at(3.0, begin) == 3
    assert begin == 0 or schedule.at(3.0, begin - 1) < 3 or length == 1


def test_the_momentum_goes_against_the_rate():
    optimizer = SGD([nn.Parameter(torch.ones(1))], lr=0.1)
    schedule = OneCycleLR(optimizer, max_lr=1.0, total_steps=100)
    seen = torch.tensor(walk(optimizer, schedule, 100)).reshape(-1, 2)
    assert seen[:, 0].argmax() == seen[:, 1].argmin() == 29
    assert seen[0, 1] == seen[:, 1].max()


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_the_shortest_cycles_go_through(share, steps):
    optimizer = SGD([nn.Parameter(torch.ones(1))], lr=0.1)
    schedule = OneCycleLR(optimizer, 1.0, total_steps=steps, pct_start=share)
    assert all(0 < rate <= 1 for rate in walk(optimizer, schedule, steps))


# the range test


def bowl(lr: float = 1.0, **options):
    """An optimizer on w^2 / 2, and the closure of its loss."""
    w = torch.ones(2, dtype=torch.float64, requires_grad=True)
    optimizer = SGD([w], lr=lr, **options)

    def closure():
        optimizer.zero_grad()
        loss = (w**2).sum() / 2
        loss.backward()
        return loss

    return w, optimizer, closure


def test_rates_rise_by_one_factor_and_losses_are_those_before_each_step():
    _, optimizer, closure = bowl()
    rates, losses = range_test(optimizer, closure, start=0.01, end=1.0, steps=5)
    assert rates.tolist() == pytest.approx([0.01, 10**-1.5, 0.1, 10**-0.5, 1.0])
    left = torch.cat([torch.ones(1), (1 - rates[:-1]).cumprod(0)])
    torch.testing.assert_close(losses, left**2)


def test_it_ends_where_the_loss_is_lost():
    _, optimizer, closure = bowl()
    rates, losses = range_test(optimizer, closure, start=0.5, end=1e6, steps=50)
    assert len(rates) == len(losses) < 50
    assert losses[-1] > 4 * losses.min()
    assert (losses[:-1] <= 4 * losses[:-1].cummin(0).values).all()


def test_it_ends_at_a_loss_that_is_no_number():
    w, optimizer, _ = bowl()
    answers = iter([1.0, 0.5, float("nan"), 0.1])

    def closure():
        w.grad = torch.ones_like(w)
        return torch.tensor(next(answers))

    rates, _ = range_test(optimizer, closure, steps=4)
    assert len(rates) == 3


def test_everything_is_given_back():
    w, optimizer, closure = bowl(momentum=0.9)
    optimizer.step(closure)
    before = deepcopy((w.detach(), optimizer.state_dict()))
    range_test(optimizer, closure, steps=20)
    assert torch.equal(w, before[0])
    after = optimizer.state_dict()
    assert after["param_groups"] == before[1]["param_groups"]
    kept = (state["state"][0]["momentum_buffer"] for state in (after, before[1]))
    assert torch.equal(*kept)


def test_a_failing_closure_gives_everything_back_too():
    w, optimizer, closure = bowl(lr=0.25)
    calls = iter(range(3))

    def failing():
        if next(calls) == 2:
            raise RuntimeError("out of data")
        return closure()

    with pytest.raises(RuntimeError, match="out of data"):
        range_test(optimizer, failing)
    assert w.tolist() == [1, 1]
    assert optimizer.param_groups[0]["lr"] == 0.25


def test_batches_can_be_tested_with():
    model, source = nn.Linear(3, 1), generator(0)
    x = torch.randn(40, 3, generator=source)
    batches = iter(Batches(x, x.sum(dim=1, keepdim=True), 8, source))
    optimizer = SGD(model.parameters(), lr=0.1)

    def closure():
        inputs, targets = next(batches)
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        return loss

    rates, losses = range_test(optimizer, closure, steps=5)
    assert rates.shape == losses.shape == (5,)


# refusals, by message

REFUSALS = {
    "step size": (StepLR, {"step_size": 0}, r"step_size \(0\) must be a whole number"),
    "no whole step": (StepLR, {"step_size": 2.5}, r"step_size \(2.5\) must be a whole"),
    "gamma": (ExponentialLR, {"gamma": -0.5}, r"gamma \(-0.5\) must be above 0"),
    "endless": (ExponentialLR, {"gamma": float("inf")}, r"gamma \(inf\) must be above"),
    "milestone": (MultiStepLR, {"milestones": [3, 0]}, r"a milestone \(0\) must be a"),
    "decay": (
        InverseTimeLR,
        {"decay_rate": 0.0},
        r"decay_rate \(0.0\) must be above 0",
    ),
    "fall": (CosineAnnealingLR, {"T_max": 0}, r"T_max \(0\) must be a whole number"),
    "restart": (CosineAnnealingWarmRestarts, {"T_0": 0}, r"T_0 \(0\) must be a whole"),
    "shrinking": (
        CosineAnnealingWarmRestarts,
        {"T_0": 5, "T_mult": 0},
        r"T_mult \(0\) must be a whole number of at least 1",
    ),
    "rise": (LinearLR, {"start_factor": 0.0}, r"start_factor \(0.0\) must be above 0"),
    "too high": (
        LinearLR,
        {"end_factor": 2.0},
        r"end_factor \(2.0\) must lie from 0 to",
    ),
    "no length": (OneCycleLR, {"max_lr": 1.0}, "total_steps is None; say how many, or"),
    "cycle": (
        OneCycleLR,
        {"max_lr": 1.0, "total_steps": 0},
        r"total_steps \(0\) must be a whole number of at least 1",
    ),
    "passes": (
        OneCycleLR,
        {"max_lr": 1.0, "epochs": 0, "steps_per_epoch": 3},
        r"epochs \(0\) must be a whole number of at least 1",
    ),
    "share": (
        OneCycleLR,
        {"max_lr": 1.0, "total_steps": 9, "pct_start": 0.6, "three_phase": True},
        r"pct_start \(0.6\) must lie from 0 to 0.5",
    ),
    "way": (
        OneCycleLR,
        {"max_lr": 1.0, "total_steps": 9, "anneal_strategy": "sine"},
        'anneal_strategy is "sine"; say "cos" or "linear"',
    ),
    "groups": (
        OneCycleLR,
        {"max_lr": [1.0, 2.0], "total_steps": 9},
        "max_lr has 2 values for 1 parameter groups",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_options_out_of_range_are_refused(case, as_in_use):
    make, options, message = REFUSALS[case]
    with pytest.raises(ValueError, match=message):
        make(SGD([torch.zeros(1)]), **options)


def test_a_cycle_needs_a_momentum_and_ends():
    optimizer = torch.optim.Adagrad([torch.zeros(1)])
    with pytest.raises(ValueError, match="Adagrad has no momentum; say cycle_momentum"):
        OneCycleLR(optimizer, 1.0, total_steps=3)
    schedule = OneCycleLR(optimizer, 1.0, total_steps=3, cycle_momentum=False)
    with pytest.raises(ValueError, match="step 4 is beyond the cycle, which has 3 ste"):
        schedule.at(1.0, 4)


def test_a_sequence_refuses_what_does_not_fit():
    optimizer, other = (SGD([torch.zeros(1)]) for _ in range(2))
    parts = [LinearLR(optimizer), StepLR(optimizer, 3)]
    with pytest.raises(ValueError, match="2 schedulers and 0 milestones"):
        SequentialLR(optimizer, parts, [])
    with pytest.raises(ValueError, match=r"milestones \[0\] must rise, from above 0"):
        SequentialLR(optimizer, parts, [0])
    with pytest.raises(ValueError, match="belong to the optimizer of them all"):
        SequentialLR(other, parts, [5])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": 0.0}, r"start \(0.0\) must be above 0"),
        ({"start": 1.0, "end": 0.5}, r"end \(0.5\) must be above start \(1.0\)"),
        ({"steps": 0}, r"steps \(0\) must be a whole number of at least 1"),
    ],
)
def test_a_range_test_refuses_an_empty_range(options, message):
    _, optimizer, closure = bowl()
    with pytest.raises(ValueError, match=message):
        range_test(optimizer, closure, **options)
