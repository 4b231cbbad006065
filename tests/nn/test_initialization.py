"""Initialization: torch's numbers and distributions, signals by layer, clipping, refusals."""

import math
from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from torch import nn
from torch.autograd import gradcheck
from torch.nn import init
from torch.nn import utils as torch_utils

from dlcourse.nn import initialization as ours
from dlcourse.nn.initialization import (
    ACTIVATIONS,
    calculate_fan_in_and_fan_out,
    calculate_gain,
    clip_grad_norm_,
    clip_grad_value_,
    get_total_norm,
    kaiming_normal_,
    kaiming_uniform_,
    lecun_normal_,
    measure_signals,
    normal_,
    orthogonal_,
    predict_signals,
    sparse_,
    square_layers,
    xavier_normal_,
    xavier_uniform_,
)

EXACT = {"rtol": 1e-10, "atol": 1e-10}
FLOAT64 = {"dtype": torch.float64}
SEEDS = range(200)


def source(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def picker(seed: int):
    numbers = source(seed)
    return lambda low, high: int(torch.randint(low, high + 1, (1,), generator=numbers))


# the worked example


def test_the_numbers_of_the_chapter():
    assert calculate_fan_in_and_fan_out(torch.empty(16, 3, 5, 5)) == (75, 400)
    weight = xavier_uniform_(torch.empty(2, 4, **FLOAT64))
    assert 0.5 < weight.abs().max() <= 1  # sqrt(6 / (2 + 4))
    assert calculate_gain("leaky_relu", math.sqrt(5)) == pytest.approx(1 / math.sqrt(3))


# activations

SLOPES = {name: getattr(ours, f"{name}_slope") for name in ACTIVATIONS}
PARAMETERS = {"leaky_relu": {"negative_slope": 0.3}, "elu": {"alpha": 1.7}}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_equal_torch_in_value_and_slope(name):
    function, twin = getattr(ours, name), getattr(torch if name == "tanh" else F, name)
    for seed in SEEDS:
        options = PARAMETERS.get(name, {}) if seed % 2 else {}
        x = 3 * torch.randn(7, generator=source(seed), **FLOAT64)
        # ties at 0, and numbers whose exponential is infinite
        x = torch.cat([x, x.relu(), torch.tensor([1e3, -1e3], **FLOAT64)])
        y, expected = function(x.requires_grad_(), **options), twin(x, **options)
        torch.testing.assert_close(y, expected, **EXACT)
        slope, twin_slope = (torch.autograd.grad(v.sum(), x)[0] for v in (y, expected))
        torch.testing.assert_close(slope, twin_slope, **EXACT)
        torch.testing.assert_close(SLOPES[name](x, **options), slope, **EXACT)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_pass_gradcheck_and_keep_the_type_of_number(name):
    x = torch.tensor([-2.0, -0.5, 0.7, 3.0], **FLOAT64, requires_grad=True)
    value, slope = ACTIVATIONS[name]
    assert gradcheck(value, [x])
    assert value(x.float()).dtype == slope(x.float()).dtype == torch.float32
    assert value(torch.tensor([math.nan])).isnan().all()


# fans and gains


def test_fans_equal_torch():
    for seed in SEEDS:
        pick = picker(seed)
        weight = torch.empty([pick(0, 5) for _ in range(pick(2, 5))])
        expected = init._calculate_fan_in_and_fan_out(weight)
        assert calculate_fan_in_and_fan_out(weight) == expected


@pytest.mark.parametrize("name", [*ours.gain.GAINS, "leaky_relu"])
def test_gains_equal_torch(name):
    for param in (None, 0.0, 0.2, 3.0):
        expected = init.calculate_gain(name, param)
        assert calculate_gain(name, param) == pytest.approx(expected)


# equal to torch in value, from one generator


def settings_of(name: str, pick) -> dict:
    """Draw options for one of torch's functions."""
    if name.startswith("xavier"):
        return {"gain": pick(1, 9) / 4}
    if name.startswith("kaiming"):
        return {
            "a": pick(0, 8) / 4,
            "mode": ("fan_in", "fan_out")[pick(0, 1)],
            "nonlinearity": ("leaky_relu", "relu", "tanh", "conv2d")[pick(0, 3)],
        }
    return {
        "orthogonal_": {"gain": pick(1, 9) / 4},
        "normal_": {"mean": pick(-3, 3) / 2, "std": pick(0, 5) / 3},
        "uniform_": {"a": -pick(0, 5) / 3, "b": pick(0, 5) / 3},
        "constant_": {"val": pick(-3, 3) / 2},
        "zeros_": {},
    }[name]


RANDOM = (
    *("normal_", "uniform_", "xavier_uniform_", "xavier_normal_"),
    *("kaiming_uniform_", "kaiming_normal_", "orthogonal_"),
)


@pytest.mark.parametrize("name", [*RANDOM, "constant_", "zeros_"])
def test_one_generator_gives_the_numbers_of_torch(name):
    for seed in SEEDS:
        pick = picker(seed)
        shape = [pick(1, 6) for _ in range(pick(2, 4))]
        options = settings_of(name, pick)
        one, same = ({"generator": source(9)} if name in RANDOM else {} for _ in "ab")
        filled, expected = torch.empty(shape, **FLOAT64), torch.empty(shape, **FLOAT64)
        assert getattr(ours, name)(filled, **options, **one) is filled
        getattr(init, name)(expected, **options, **same)
        torch.testing.assert_close(filled, expected, **EXACT)


def test_sparse_equals_torch_from_the_global_source():
    for seed in SEEDS:
        pick = picker(seed)
        shape, sparsity, std = (
            (pick(1, 9), pick(1, 9)),
            pick(0, 10) / 10,
            pick(1, 5) / 2,
        )
        torch.manual_seed(seed)
        filled = sparse_(torch.empty(shape, **FLOAT64), sparsity, std)
        torch.manual_seed(seed)
        expected = init.sparse_(torch.empty(shape, **FLOAT64), sparsity, std)
        torch.testing.assert_close(filled, expected, **EXACT)


def test_sparse_takes_numbers_and_places_from_its_generator():
    one, same = (sparse_(torch.empty(20, 9), 0.5, generator=source(3)) for _ in "ab")
    assert torch.equal(one, same)


# equal in distribution, from different generators

DISTRIBUTIONS = {
    "xavier_uniform_": {"gain": 1.5},
    "xavier_normal_": {"gain": 1.5},
    "kaiming_uniform_": {"a": 0.3},
    "kaiming_normal_": {"mode": "fan_out", "nonlinearity": "relu"},
    "orthogonal_": {},
    "sparse_": {"sparsity": 0.5, "std": 0.1},
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_distributions_equal_those_of_torch(name):
    options = DISTRIBUTIONS[name]
    samples = [
        getattr(module, name)(torch.empty(160, 100), generator=source(seed), **options)
        for module, seed in ((ours, 1), (init, 2))
    ]
    kept = [sample[sample != 0].numpy() for sample in samples]
    assert stats.ks_2samp(*kept).pvalue > 0.01
    # and the test would notice a wrong scale
    assert stats.ks_2samp(kept[0], 1.3 * kept[1]).pvalue < 1e-4


def test_distributions_are_those_of_the_formulas():
    weight = torch.empty(60, 8, 3, 3)
    fan_in, fan_out = 72, 540
    formulas = {
        xavier_uniform_: uniform_law(math.sqrt(6 / (fan_in + fan_out))),
        xavier_normal_: stats.norm(scale=math.sqrt(2 / (fan_in + fan_out))),
        kaiming_uniform_: uniform_law(math.sqrt(6 / fan_in)),
        kaiming_normal_: stats.norm(scale=math.sqrt(2 / fan_in)),
        lecun_normal_: stats.norm(scale=math.sqrt(1 / fan_in)),
    }
    for function, law in formulas.items():
        filled = function(weight, generator=source(4)).flatten().numpy()
        assert stats.kstest(filled, law.cdf).pvalue > 0.01


def uniform_law(bound: float):
    return stats.uniform(-bound, 2 * bound)


@pytest.mark.parametrize("layer", [nn.Linear(300, 200), nn.Conv2d(12, 200, 5)])
def test_the_default_of_torch_is_kaiming_with_the_slope_of_the_square_root_of_five(
    layer,
):
    fan_in, _ = calculate_fan_in_and_fan_out(layer.weight)
    ours_filled = kaiming_uniform_(torch.empty_like(layer.weight), a=math.sqrt(5))
    assert ours_filled.abs().max() <= 1 / math.sqrt(fan_in)
    pair = (w.detach().flatten().numpy() for w in (layer.weight, ours_filled))
    assert stats.ks_2samp(*pair).pvalue > 0.01


# in place


@pytest.mark.parametrize(
    "name", [*RANDOM, "constant_", "zeros_", "sparse_", "lecun_normal_"]
)
def test_a_parameter_is_filled_in_place_and_still_learns(name):
    needed = {"constant_": {"val": 0.5}, "sparse_": {"sparsity": 0.5}}.get(name, {})
    weight = nn.Parameter(torch.full((4, 6), math.nan))
    version = weight._version
    assert getattr(ours, name)(weight, **needed) is weight
    assert weight.isfinite().all()
    assert weight._version > version
    assert weight.requires_grad
    assert weight.is_leaf
    assert weight.grad_fn is None
    weight.sum().backward()
    assert weight.grad is not None


@pytest.mark.parametrize("name", ["xavier_uniform_", "kaiming_normal_", "orthogonal_"])
def test_views_other_memory_formats_and_empty_weights(name):
    function, twin = getattr(ours, name), getattr(init, name)
    whole, expected = torch.zeros(6, 8), torch.zeros(6, 8)
    function(whole.T[:, ::2], generator=source(1))
    if name != "orthogonal_":  # torch's needs a view that this memory has not
        twin(expected.T[:, ::2], generator=source(1))
        torch.testing.assert_close(whole, expected)
    assert (whole[1::2] == 0).all()
    image_like = torch.empty(4, 3, 2, 2).to(memory_format=torch.channels_last)
    assert function(image_like).isfinite().all()
    for shape in ((0, 3), (3, 0), (0, 0)):
        assert function(torch.empty(shape)).shape == shape


# orthogonal


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 1000))
def test_orthogonal_keeps_the_length_of_every_vector_that_it_can(rows, columns, seed):
    weight = orthogonal_(torch.empty(rows, columns, **FLOAT64), 2.0, source(seed))
    tall = weight if rows >= columns else weight.T
    expected = 4 * torch.eye(min(rows, columns), **FLOAT64)
    torch.testing.assert_close(tall.T @ tall, expected, **EXACT)


def test_orthogonal_prefers_no_direction():
    # Over all orthogonal matrices, an entry of a 3x3 one is uniform in [-1, 1].
    numbers = source(5)
    entries = [
        orthogonal_(torch.empty(3, 3), generator=numbers)[0, 0] for _ in range(400)
    ]
    law = stats.uniform(-1, 2)
    assert stats.kstest(torch.stack(entries).numpy(), law.cdf).pvalue > 0.01


# signals


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_signals_are_those_of_autograd(name):
    for seed in SEEDS:
        numbers, pick = source(seed), picker(seed)
        sizes = [pick(1, 6) for _ in range(pick(2, 6))]
        weights = [
            torch.randn(o, i, generator=numbers, **FLOAT64) for i, o in pairwise(sizes)
        ]
        x, dy = (
            torch.randn(5, n, generator=numbers, **FLOAT64)
            for n in (sizes[0], sizes[-1])
        )
        outputs = [x.requires_grad_()]
        for weight in weights:
            outputs.append(ACTIVATIONS[name].value(outputs[-1] @ weight.T))
        gradients = torch.autograd.grad(outputs[-1], outputs[1:], dy)
        signals = measure_signals(x.detach(), weights, ACTIVATIONS[name], dy)
        assert signals.forward == pytest.approx([y.std().item() for y in outputs[1:]])
        assert signals.backward == pytest.approx([g.std().item() for g in gradients])


@pytest.mark.parametrize("scale", [0.6, 1.0, math.sqrt(2), 3.0])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_prediction_is_what_a_wide_network_does(name, scale):
    width, numbers = 400, source(7)
    x, dy = (torch.randn(50, width, generator=numbers, **FLOAT64) for _ in "ab")

    def start(weight, generator):
        return normal_(weight, std=scale / math.sqrt(width), generator=generator)

    weights = square_layers(5, width, start, numbers)
    measured = measure_signals(x, weights, ACTIVATIONS[name], dy)
    predicted = predict_signals(5, scale, ACTIVATIONS[name])
    assert measured.forward == pytest.approx(predicted.forward, rel=0.12)
    assert measured.backward == pytest.approx(predicted.backward, rel=0.12)


def test_the_prediction_for_relu_is_exact():
    predicted = predict_signals(60, math.sqrt(2), ACTIVATIONS["relu"])
    assert predicted.backward == pytest.approx([1.0] * 60)
    assert predicted.forward == pytest.approx([math.sqrt(1 - 1 / math.pi)] * 60)


def test_what_the_chapter_says_of_a_hundred_layers():
    relu, tanh = ACTIVATIONS["relu"], ACTIVATIONS["tanh"]
    assert predict_signals(100, 1.0, relu).backward[0] == pytest.approx(2**-49.5)
    assert predict_signals(100, 1.0, tanh).forward[-1] < 0.1
    assert 0.6 < predict_signals(100, 5 / 3, tanh).forward[-1] < 0.7
    assert predict_signals(20, 12.0, ACTIVATIONS["sigmoid"]).backward[0] > 1


def test_equal_units_stay_equal():
    model = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1))
    for parameter in model.parameters():
        ours.constant_(parameter, 0.3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    x = torch.randn(20, 3)
    for _ in range(10):
        optimizer.zero_grad()
        (model(x).squeeze() - x.prod(dim=1)).square().mean().backward()
        optimizer.step()
    assert len(torch.unique(model[0].weight, dim=0)) == 1
    assert model[0].weight.std(dim=1).min() > 0  # each has learned, and the same


# clipping


def with_gradients(seed: int) -> list[nn.Parameter]:
    numbers, pick = source(seed), picker(seed)
    parameters = [
        nn.Parameter(torch.zeros(pick(1, 4), pick(1, 4), **FLOAT64)) for _ in "abc"
    ]
    for parameter in parameters[: pick(1, 3)]:  # some have no gradient
        parameter.grad = torch.randn(parameter.shape, generator=numbers, **FLOAT64)
    return parameters


NORMS = (1.0, 2.0, 3.0, 0.5, math.inf)


def test_clipping_by_norm_equals_torch():
    for seed in SEEDS:
        max_norm, norm_type = picker(seed)(1, 40) / 10, NORMS[seed % len(NORMS)]
        clipped, expected = with_gradients(seed), with_gradients(seed)
        total = clip_grad_norm_(clipped, max_norm, norm_type)
        torch_total = torch_utils.clip_grad_norm_(expected, max_norm, norm_type)
        torch.testing.assert_close(total, torch_total, **EXACT)
        assert_same_gradients(clipped, expected)


def test_clipping_by_value_equals_torch():
    for seed in SEEDS:
        clip_value = picker(seed)(0, 20) / 10
        clipped, expected = with_gradients(seed), with_gradients(seed)
        assert clip_grad_value_(clipped, clip_value) is None
        torch_utils.clip_grad_value_(expected, clip_value)
        assert_same_gradients(clipped, expected)


def assert_same_gradients(clipped: list, expected: list) -> None:
    for one, other in zip(clipped, expected, strict=True):
        torch.testing.assert_close(one.grad, other.grad, **EXACT)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 1000), st.floats(0.01, 10), st.sampled_from(NORMS))
def test_a_clipped_gradient_points_the_same_way_and_is_no_longer(seed, bound, norm):
    parameters = with_gradients(seed)
    before = [p.grad.clone() for p in parameters if p.grad is not None]
    total = clip_grad_norm_(parameters, bound, norm)
    after = [p.grad for p in parameters if p.grad is not None]
    factor = after[0].sum() / before[0].sum()
    for old, new in zip(before, after, strict=True):
        torch.testing.assert_close(new, factor * old)
    assert get_total_norm(after, norm) <= min(bound, total * (1 + 1e-9))


def test_one_parameter_a_generator_and_none():
    model = nn.Linear(3, 2)
    model(torch.ones(1, 3)).sum().backward()
    assert clip_grad_norm_(model.parameters(), 0.1) > 0.1
    assert get_total_norm(p.grad for p in model.parameters()) <= 0.1
    clip_grad_value_(model.weight, 0.01)
    assert model.weight.grad.max() <= 0.01
    assert clip_grad_norm_([], 1.0) == 0
    assert clip_grad_norm_([nn.Parameter(torch.zeros(2))], 1.0) == 0


# refusals

VECTOR, MATRIX = torch.empty(3), torch.empty(3, 4)
INFINITE = nn.Parameter(torch.zeros(1))
INFINITE.grad = torch.tensor([math.inf])

REFUSALS = {
    "a bias": (
        lambda: kaiming_uniform_(VECTOR),
        ValueError,
        "a tensor of shape (3,) has no fans; it needs 2 axes (out, in) or more",
    ),
    "an orthogonal bias": (
        lambda: orthogonal_(VECTOR),
        ValueError,
        "a tensor of shape (3,) has no fans",
    ),
    "nonlinearity": (
        lambda: calculate_gain("gelu"),
        ValueError,
        'nonlinearity "gelu" is unknown; there are linear, conv1d',
    ),
    "slope": (
        lambda: calculate_gain("leaky_relu", True),
        ValueError,
        "the negative slope is True; it must be a number",
    ),
    "mode": (
        lambda: kaiming_normal_(MATRIX, mode="fan_avg"),
        ValueError,
        'mode is "fan_avg"; say "fan_in" or "fan_out"',
    ),
    "std": (
        lambda: normal_(MATRIX, std=-1.0),
        ValueError,
        "std (-1.0) must not be negative",
    ),
    "bounds": (
        lambda: ours.uniform_(MATRIX, 1.0, 0.0),
        ValueError,
        "a (1.0) must not be above b (0.0)",
    ),
    "gain": (
        lambda: xavier_uniform_(MATRIX, gain=-1.0),
        ValueError,
        "gain (-1.0) must not be negative",
    ),
    "sparsity": (
        lambda: sparse_(MATRIX, 1.5),
        ValueError,
        "sparsity (1.5) must be between 0 and 1",
    ),
    "a sparse kernel": (
        lambda: sparse_(torch.empty(3, 4, 1), 0.5),
        ValueError,
        "a tensor of shape (3, 4, 1) cannot be made sparse; it needs 2 axes (out, in)",
    ),
    "scale": (
        lambda: predict_signals(3, -1.0, ACTIVATIONS["relu"]),
        ValueError,
        "scale (-1.0) must not be negative",
    ),
    "clip_value": (
        lambda: clip_grad_value_(INFINITE, -1.0),
        ValueError,
        "clip_value (-1.0) must not be negative",
    ),
    "max_norm": (
        lambda: clip_grad_norm_(INFINITE, -1.0),
        ValueError,
        "max_norm (-1.0) must not be negative",
    ),
    "norm_type": (
        lambda: clip_grad_norm_(INFINITE, 1.0, norm_type=0.0),
        ValueError,
        "norm_type (0.0) must be above 0",
    ),
    "infinite": (
        lambda: clip_grad_norm_(INFINITE, 1.0, error_if_nonfinite=True),
        RuntimeError,
        "the total norm is inf; it must be finite",
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_name_the_value_and_the_rule(case):
    call, error, message = REFUSALS[case]
    with pytest.raises(error) as refusal:
        call()
    assert message in str(refusal.value)
