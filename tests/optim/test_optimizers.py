"""Optimizers: by hand, against torch step for step, resumed, and what they refuse."""

from copy import deepcopy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from dlcourse.optim import optimizers
from dlcourse.optim.optimizers import (
    LBFGS,
    SGD,
    SURFACES,
    Adam,
    AdamW,
    averaged_path,
    nesterov_path,
    newton_path,
    optimizer_path,
    velocity_path,
)

EXACT = {"rtol": 1e-10, "atol": 1e-10}

FAMILY = {
    name: (getattr(optimizers, name), getattr(torch.optim, name))
    for name in ("SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "AdamW", "LBFGS")
}
FIRST_ORDER = [name for name in FAMILY if name != "LBFGS"]
each = pytest.mark.parametrize("name", FAMILY)
each_first_order = pytest.mark.parametrize("name", FIRST_ORDER)


class Draw:
    """Random options, repeated by a seed."""

    def __init__(self, seed: int) -> None:
        self.source = torch.Generator().manual_seed(seed)

    def share(self, low: float = 0.0, high: float = 1.0) -> float:
        drawn = torch.rand((), generator=self.source, dtype=torch.float64).item()
        return low + (high - low) * drawn

    def maybe(self, value: float | bool) -> float | bool:
        """The value, or nothing."""
        return value if self.share() < 0.5 else type(value)(0)

    def tensor(self, *shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=self.source, dtype=torch.float64)


def sgd_options(draw: Draw) -> dict:
    momentum = draw.maybe(draw.share(0.1, 0.95))
    nesterov = bool(momentum) and draw.maybe(True)
    dampening = 0.0 if nesterov else draw.maybe(draw.share())
    return {"momentum": momentum, "nesterov": nesterov, "dampening": dampening}


OPTIONS = {
    "SGD": sgd_options,
    "Adagrad": lambda draw: {
        "lr_decay": draw.maybe(draw.share()),
        "eps": 10 ** draw.share(-10, -2),
    },
    "RMSprop": lambda draw: {
        "alpha": draw.share(),
        "eps": 10 ** draw.share(-8, -2),
        "momentum": draw.maybe(draw.share()),
        "centered": draw.maybe(True),
    },
    "Adadelta": lambda draw: {"rho": draw.share(), "eps": 10 ** draw.share(-8, -2)},
    "Adam": lambda draw: {
        "betas": (draw.share(0, 0.99), draw.share(0, 0.999)),
        "eps": 10 ** draw.share(-8, -2),
        "amsgrad": draw.maybe(True),
    },
}
OPTIONS["AdamW"] = OPTIONS["Adam"]


def draw_group(draw: Draw, name: str) -> dict:
    """Options of one group; a decay of 0 and a maximum are among them."""
    shared = {
        "lr": 10 ** draw.share(-3, -0.5),
        "weight_decay": draw.maybe(draw.share(0, 0.3)),
        "maximize": draw.maybe(True),
    }
    return shared | OPTIONS[name](draw)


def draw_case(name: str, seed: int) -> tuple[list[torch.Tensor], list[dict]]:
    """Parameters of odd shapes and two groups, the second with options of its own."""
    draw = Draw(seed)
    start = [draw.tensor(3, 2).T, draw.tensor(4), draw.tensor(), draw.tensor(0, 2)]
    return start, [draw_group(draw, name), draw_group(draw, name)]


def run(make, start, groups, steps, state=None):
    """Take steps on a loss with curvature and a bend; return the parameters and the optimizer."""
    # clone would make the transposed one contiguous
    leaves = [
        p.clone(memory_format=torch.preserve_format).requires_grad_() for p in start
    ]
    parts = [leaves] if len(groups) == 1 else [leaves[:2], leaves[2:]]
    optimizer = make([{"params": p} | g for p, g in zip(parts, groups, strict=True)])
    if state is not None:
        optimizer.load_state_dict(deepcopy(state))

    def closure():
        optimizer.zero_grad()
        loss = sum(
            (p**2).sum() / (n + 1) + (p + n).sin().sum() for n, p in enumerate(leaves)
        )
        loss.backward()
        return loss

    losses = [optimizer.step(closure).item() for _ in range(steps)]
    return [p.detach() for p in leaves], optimizer, losses


# by hand


def test_two_steps_with_momentum_by_hand():
    # v: 4, then 0.5 * 4 + 3.6 = 5.6;  w: 4 - 0.1 * 4 = 3.6, then 3.6 - 0.56
    path = optimizer_path(
        lambda w: (w**2).sum() / 2,
        torch.tensor([4.0]),
        lambda parameters: SGD(parameters, lr=0.1, momentum=0.5),
        steps=2,
    )
    torch.testing.assert_close(path, torch.tensor([[4.0], [3.6], [3.04]]))


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_adams_first_step_is_the_rate_whatever_the_gradient(scale):
    path = optimizer_path(
        lambda w: scale * w.sum(), torch.zeros(3), lambda p: Adam(p, lr=0.1), steps=1
    )
    torch.testing.assert_close(path[1], torch.full((3,), -0.1), rtol=1e-4, atol=0)


# equal to torch


@each_first_order
@pytest.mark.parametrize("seed", range(34))
def test_ten_steps_equal_torch(name, seed):
    ours, theirs = FAMILY[name]
    start, groups = draw_case(name, seed)
    mine, _, losses = run(ours, start, groups, steps=10)
    wanted, _, their_losses = run(theirs, start, groups, steps=10)
    torch.testing.assert_close(mine, wanted, **EXACT)
    assert losses == pytest.approx(their_losses, rel=1e-10)


def lbfgs_group(seed: int) -> dict:
    draw = Draw(seed)
    return {
        "lr": draw.share(0.05, 1.0),
        "max_iter": int(draw.share(1, 6)),
        "max_eval": int(draw.share(2, 8)),
        "history_size": int(draw.share(1, 5)),
        "line_search_fn": "strong_wolfe" if draw.share() < 0.7 else None,
    }


def lbfgs_start(seed: int) -> list[torch.Tensor]:
    draw = Draw(1000 + seed)
    return [2 * draw.tensor(3, 2), 2 * draw.tensor(4), draw.tensor()]


@pytest.mark.parametrize("seed", range(34))
def test_ten_steps_of_lbfgs_equal_torch(seed):
    settings = lbfgs_start(seed), [lbfgs_group(seed)], 10
    mine, optimizer, losses = run(LBFGS, *settings)
    wanted, theirs, their_losses = run(torch.optim.LBFGS, *settings)
    torch.testing.assert_close(mine, wanted, **EXACT)
    assert losses == pytest.approx(their_losses, rel=1e-10)
    evaluations = [
        next(iter(o.state.values()))["func_evals"] for o in (optimizer, theirs)
    ]
    assert evaluations[0] == evaluations[1]


@each
def test_options_and_defaults_are_those_of_torch(name):
    ours, theirs = (make([torch.zeros(1)]).defaults for make in FAMILY[name])
    assert ours == {option: theirs[option] for option in ours}
    implementation = {"foreach", "fused", "capturable", "differentiable"}
    assert set(theirs) - set(ours) <= implementation | {"decoupled_weight_decay"}


@each
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("into", ["torch", "ours"])
def test_a_run_goes_on_in_the_other_library(name, seed, into):
    ours, theirs = FAMILY[name]
    start, groups = draw_case(name, seed) if name != "LBFGS" else (
        lbfgs_start(seed), [lbfgs_group(seed) | {"max_iter": 2, "max_eval": 4}]
    )  # fmt: skip
    first, second = (ours, theirs) if into == "torch" else (theirs, ours)
    middle, optimizer, _ = run(first, start, groups, steps=4)
    mine, _, _ = run(second, middle, groups, steps=6, state=optimizer.state_dict())
    wanted, _, _ = run(theirs, start, groups, steps=10)
    torch.testing.assert_close(mine, wanted, **EXACT)


# resumed


@each
@pytest.mark.parametrize("seed", range(5))
def test_resumed_equals_uninterrupted_bit_for_bit(name, seed):
    start, groups = draw_case(name, seed) if name != "LBFGS" else (
        lbfgs_start(seed), [lbfgs_group(seed) | {"max_iter": 2}]
    )  # fmt: skip
    make = FAMILY[name][0]
    whole, _, _ = run(make, start, groups, steps=10)
    half, optimizer, _ = run(make, start, groups, steps=5)
    rest, _, _ = run(make, half, groups, steps=5, state=optimizer.state_dict())
    assert all(map(torch.equal, rest, whole))


# what an optimizer must do besides


@each
def test_it_goes_down_a_bowl(name):
    path = optimizer_path(
        SURFACES["bowl"].height,
        torch.tensor([1.0, -0.5]),
        lambda p: FAMILY[name][0](p),
        50,
    )
    heights = [SURFACES["bowl"].height(point) for point in path]
    assert heights[-1] < heights[0]


@each_first_order
def test_a_parameter_without_a_gradient_stays(name):
    moved, still = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    optimizer = FAMILY[name][0]([moved, still], lr=0.1)
    moved.sum().backward()
    optimizer.step()
    assert (moved < 1).all()
    assert torch.equal(still, torch.ones(2))


@each_first_order
def test_gradients_are_left_as_they_were(name):
    start, groups = draw_case(name, seed=7)
    leaves = [p.clone().requires_grad_() for p in start]
    for leaf in leaves:
        leaf.grad = torch.ones_like(leaf)
    FAMILY[name][0](leaves, **groups[0]).step()
    assert all(torch.equal(leaf.grad, torch.ones_like(leaf)) for leaf in leaves)


@each_first_order
def test_memories_of_two_parameters_are_apart(name):
    (a, b), options = (torch.zeros(2, requires_grad=True) for _ in "ab"), OPTIONS[name]
    optimizer = FAMILY[name][0]([a, b], lr=0.1, **options(Draw(3)))
    a.grad, b.grad = torch.ones(2), -torch.ones(2)
    optimizer.step()
    for key, kept in optimizer.state[a].items():
        assert kept is not optimizer.state[b][key]


@each
def test_the_closure_runs_with_gradients_and_its_loss_is_returned(name):
    w = torch.ones(2, requires_grad=True)
    optimizer = FAMILY[name][0]([w])

    def closure():
        optimizer.zero_grad()
        loss = (w**2).sum()
        loss.backward()
        return loss

    with torch.no_grad():
        assert optimizer.step(closure) == 2


@each
def test_a_small_network_learns(name):
    torch.manual_seed(0)
    x = torch.randn(40, 3)
    y = x.prod(dim=1, keepdim=True).sin()
    net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
    optimizer = FAMILY[name][0](
        net.parameters(), lr=1.0 if name == "Adadelta" else 0.05
    )

    def closure():
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(x), y)
        loss.backward()
        return loss

    steps = 2 if name == "LBFGS" else 20
    losses = [optimizer.step(closure).item() for _ in range(steps)]
    assert losses[-1] < losses[0]


# L-BFGS


def minimise(make, surface: str, wanted: float) -> int:
    """Count the evaluations until the height is below the wanted one."""
    point = torch.tensor(
        SURFACES[surface].start, dtype=torch.float64, requires_grad=True
    )
    optimizer = make([point], line_search_fn="strong_wolfe", max_iter=1, max_eval=25)
    seen = []

    def closure():
        optimizer.zero_grad()
        height = SURFACES[surface].height(point)
        height.backward()
        seen.append(height.item())
        return height

    while not seen or min(seen) > wanted:
        optimizer.step(closure)
    return next(n for n, height in enumerate(seen, 1) if height <= wanted)


@pytest.mark.parametrize("surface", ["bowl", "ravine", "rosenbrock", "beale"])
def test_lbfgs_needs_no_more_evaluations_than_torch(surface):
    ours, theirs = (minimise(make, surface, 1e-9) for make in FAMILY["LBFGS"])
    assert ours <= 1.1 * theirs


def test_lbfgs_moves_parameters_that_are_not_contiguous():
    def found(make, start):
        w = start.clone(memory_format=torch.preserve_format).requires_grad_()
        optimizer = make([w], line_search_fn="strong_wolfe")

        def closure():
            optimizer.zero_grad()
            loss = ((w - 1) ** 4).sum() + (w**2).sum()
            loss.backward()
            return loss

        optimizer.step(closure)
        return w.detach()

    start = Draw(1).tensor(3, 2)
    transposed = start.T.contiguous().T
    assert not transposed.is_contiguous()
    torch.testing.assert_close(found(LBFGS, transposed), found(LBFGS, start))
    with pytest.raises(RuntimeError, match="view"):
        found(torch.optim.LBFGS, transposed)


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_lbfgs_maximizes(search):
    def path(sign, maximize):
        return optimizer_path(
            lambda w: sign * SURFACES["beale"].height(w),
            start("beale"),
            lambda p: LBFGS(p, lr=0.1, maximize=maximize, line_search_fn=search),
            steps=2,
        )

    assert torch.equal(path(-1, maximize=True), path(1, maximize=False))


def test_lbfgs_stands_still_where_it_is_flat():
    w = torch.zeros(2, requires_grad=True)
    optimizer = LBFGS([w])
    optimizer.step(lambda: (w**2).sum().backward() or (w**2).sum())
    assert torch.equal(w, torch.zeros(2))
    assert optimizer.state[w]["n_iter"] == 0


def test_lbfgs_comes_back_from_an_infinite_trial():
    w = torch.tensor([0.5], dtype=torch.float64, requires_grad=True)
    optimizer = LBFGS([w], lr=100.0, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = (w.exp().exp() - 3 * w).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    slope = w.detach() + w.detach().exp()
    torch.testing.assert_close(
        slope.exp(), torch.full_like(slope, 3.0), rtol=1e-5, atol=0
    )


# momentum in other notations


def slope(surface: str):
    def gradient(point):
        point = point.detach().requires_grad_()
        return torch.autograd.grad(SURFACES[surface].height(point), point)[0]

    return gradient


def start(surface: str) -> torch.Tensor:
    return torch.tensor(SURFACES[surface].start, dtype=torch.float64)


@pytest.mark.parametrize("surface", SURFACES)
def test_averaging_is_summing_at_a_smaller_rate(surface):
    summed = velocity_path(slope(surface), start(surface), 1e-4, 0.9, steps=30)
    averaged = averaged_path(slope(surface), start(surface), 1e-3, 0.9, steps=30)
    torch.testing.assert_close(averaged, summed, **EXACT)


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("nesterov", [False, True])
def test_sgd_takes_the_path_of_the_papers(surface, nesterov):
    def make(parameters):
        return SGD(parameters, lr=1e-3, momentum=0.8, nesterov=nesterov)

    mine = optimizer_path(SURFACES[surface].height, start(surface), make, steps=30)
    setting = slope(surface), start(surface), 1e-3, 0.8, 30
    points, ahead = nesterov_path(*setting)
    wanted = ahead if nesterov else velocity_path(*setting)
    torch.testing.assert_close(mine, wanted, **EXACT)
    assert not torch.allclose(points[-1], ahead[-1], rtol=1e-9, atol=0)


# decay


def test_decay_in_the_gradient_is_divided_away_and_apart_from_it_is_not():
    def after(make):
        w = torch.tensor([1.0, 1.0], dtype=torch.float64, requires_grad=True)
        optimizer = make([w], lr=0.01, weight_decay=0.1)
        # gradients of mean 0, a hundred times as large on the left
        for step in range(500):
            w.grad = torch.tensor([10.0, 0.1], dtype=torch.float64) * (-1) ** step
            optimizer.step()
        return w.tolist()

    coupled, apart = after(Adam), after(AdamW)
    assert apart[0] == pytest.approx(apart[1], rel=0.02)
    assert coupled[0] > 2 * coupled[1]


# Newton and the surfaces


def test_newton_jumps_to_the_bottom_of_a_parabola():
    assert torch.equal(
        newton_path(SURFACES["ravine"].height, torch.tensor([-2.0, 0.5]), steps=1)[1],
        torch.zeros(2),
    )


def test_newton_walks_to_a_saddle_as_well():
    path = newton_path(SURFACES["saddle"].height, start("saddle"), steps=5)
    torch.testing.assert_close(path[-1], torch.zeros_like(path[-1]))


def test_newton_doubles_its_digits():
    near = torch.tensor([1.1, 1.2], dtype=torch.float64)
    path = newton_path(SURFACES["rosenbrock"].height, near, steps=6)
    errors = (path - 1).norm(dim=1)
    assert errors[-1] < 1e-12


@pytest.mark.parametrize("surface", SURFACES)
def test_minima_are_flat_and_nothing_around_is_lower(surface):
    height, minima = SURFACES[surface].height, SURFACES[surface].minima
    for minimum in torch.tensor(minima, dtype=torch.float64):
        point = minimum.clone().requires_grad_()
        (grad,) = torch.autograd.grad(height(point), point)
        torch.testing.assert_close(grad, torch.zeros_like(grad), rtol=0, atol=1e-12)
        around = minimum + 0.1 * torch.randn(200, 2, dtype=torch.float64)
        assert min(height(p) for p in around) >= height(minimum)


@pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES)
def test_windows_have_one_shape_and_hold_start_and_minima(surface):
    left, right, bottom, top = surface.window
    assert (right - left) / (top - bottom) == pytest.approx(1.5)
    for x, y in (surface.start, *surface.minima):
        assert left < x < right
        assert bottom < y < top


# refusals, by message

WEIGHT = torch.zeros(2)
REFUSALS = {
    "rate": (SGD, {"lr": -0.1}, r"lr \(-0.1\) must be at least 0"),
    "no number": (SGD, {"lr": float("nan")}, r"lr \(nan\) must be at least 0"),
    "decay": (
        AdamW,
        {"weight_decay": -1.0},
        r"weight_decay \(-1.0\) must be at least 0",
    ),
    "rho": (optimizers.Adadelta, {"rho": 1.5}, r"rho \(1.5\) must lie from 0 to 1"),
    "betas": (
        Adam,
        {"betas": (0.9, 1.0)},
        r"betas \(0.9, 1.0\) must be at least 0 and",
    ),
    "no momentum": (SGD, {"nesterov": True}, "nesterov needs momentum above 0"),
    "dampened": (
        SGD,
        {"nesterov": True, "momentum": 0.5, "dampening": 0.1},
        "dampening 0, got 0.5 and 0.1",
    ),
    "history": (LBFGS, {"history_size": 0}, r"history_size \(0\) must be at least 1"),
    "search": (LBFGS, {"line_search_fn": "armijo"}, 'line_search_fn is "armijo"; say'),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_options_out_of_range_are_refused(case):
    make, options, message = REFUSALS[case]
    with pytest.raises(ValueError, match=message):
        make([WEIGHT], **options)


def test_options_of_a_single_group_are_refused_too():
    with pytest.raises(ValueError, match=r"momentum \(-1\) must be at least 0"):
        SGD([{"params": [WEIGHT]}, {"params": [torch.zeros(1)], "momentum": -1}])


def test_lbfgs_takes_one_group():
    with pytest.raises(ValueError, match="one group of parameters"):
        LBFGS([{"params": [WEIGHT]}, {"params": [torch.zeros(1)]}])


@each
def test_complex_parameters_are_refused(name):
    with pytest.raises(
        TypeError, match=r"torch\.complex64; optimize its torch\.view_as_real"
    ):
        FAMILY[name][0]([torch.zeros(2, dtype=torch.complex64)])


@each
def test_sparse_gradients_are_refused_before_anything_moves(name):
    dense, table = (
        torch.ones(2, requires_grad=True),
        torch.ones(5, 3, requires_grad=True),
    )
    optimizer = FAMILY[name][0]([dense, table])

    def closure():
        optimizer.zero_grad()
        rows = nn.functional.embedding(torch.tensor([1, 2]), table, sparse=True)
        loss = rows.sum() + dense.sum()
        loss.backward()
        return loss

    with pytest.raises(
        RuntimeError, match=rf"{name} got a sparse gradient .* \(5, 3\)"
    ):
        optimizer.step(closure)
    assert torch.equal(dense, torch.ones(2))


def test_newton_refuses_a_matrix_without_inverse():
    with pytest.raises(
        ValueError, match=r"the second derivatives at \[1.0, 1.0\] have no"
    ):
        newton_path(lambda w: w.sum() ** 2, torch.ones(2), steps=1)


# invariants


@given(
    name=st.sampled_from(FIRST_ORDER),
    seed=st.integers(0, 10_000),
)
@settings(max_examples=40, deadline=None)
def test_maximizing_is_minimizing_the_negative(name, seed):
    make, options = FAMILY[name][0], draw_group(Draw(seed), name)
    height = SURFACES["rosenbrock"].height

    def path(sign, maximize):
        def build(parameters):
            return make(parameters, **options | {"maximize": maximize})

        return optimizer_path(lambda w: sign * height(w), start("rosenbrock"), build, 5)

    assert torch.equal(path(-1, maximize=True), path(1, maximize=False))


@given(scale=st.floats(1e-3, 1e3), name=st.sampled_from(["Adagrad", "RMSprop", "Adam"]))
@settings(max_examples=30, deadline=None)
def test_a_rate_for_each_weight_does_not_feel_the_scale_of_the_loss(name, scale):
    def path(factor):
        return optimizer_path(
            lambda w: factor * SURFACES["ravine"].height(w),
            start("ravine"),
            lambda p: FAMILY[name][0](p, lr=0.01, eps=0.0),
            steps=5,
        )

    torch.testing.assert_close(path(scale), path(1.0))
