"""Normalization: by hand, against torch in value, gradient and memory, and what it refuses."""

from functools import partial

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.autograd import gradcheck, gradgradcheck

from dlcourse.nn.convolution import Conv2d
from dlcourse.nn.normalization import (
    BatchNorm2d,
    GroupNorm,
    InstanceNorm2d,
    LayerNorm,
    LocalResponseNorm,
    SwitchableNorm2d,
    batch_norm,
    fold_batch_norm,
    group_norm,
    instance_norm,
    layer_norm,
    local_response_norm,
    standardize,
    switchable_norm,
)

EXACT = {"rtol": 1e-10, "atol": 1e-10}
FLOAT64 = {"dtype": torch.float64}


class Setting:
    """Tensors and numbers drawn from a seed: inputs after a ReLU, so with ties at 0."""

    def __init__(self, seed: int) -> None:
        self.source = torch.Generator().manual_seed(seed)

    def pick(self, low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (1,), generator=self.source))

    def tensor(self, *shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=self.source, **FLOAT64)

    def input(self, channels: int, sides: int) -> torch.Tensor:
        lengths = [self.pick(2, 5) for _ in range(sides)]
        scale, shift = self.tensor(2).exp()
        return (self.tensor(self.pick(2, 4), channels, *lengths) * scale + shift).relu()

    def perhaps(self, *shape: int) -> torch.Tensor | None:
        return self.tensor(*shape) if self.pick(0, 2) else None

    def averages(self, channels: int, always: bool) -> dict[str, torch.Tensor | None]:
        kept = always or self.pick(0, 1)
        mean, variance = self.tensor(channels), self.tensor(channels).square() + 0.1
        return {
            "running_mean": mean if kept else None,
            "running_var": variance if kept else None,
        }

    def numbers(self) -> dict[str, float]:
        momentum, eps = torch.rand(2, generator=self.source, **FLOAT64).tolist()
        return {"momentum": momentum, "eps": 1e-5 + 0.1 * eps}


def outcome(function, x, parameters: dict, averages: dict, **numbers) -> dict:
    """Value, gradients of all that has one, and the averages afterwards."""
    leaves = {"input": x, **{n: t for n, t in parameters.items() if t is not None}}
    leaves = {name: leaf.clone().requires_grad_() for name, leaf in leaves.items()}
    averages = {n: None if t is None else t.clone() for n, t in averages.items()}
    y = function(**leaves, **averages, **numbers)
    # uneven weights on the outputs: a normalization's plain sum has no gradient at all
    slope = torch.sin(torch.arange(y.numel(), dtype=y.dtype)).view_as(y)
    gradients = torch.autograd.grad(y, list(leaves.values()), slope)
    kept = {name: tensor for name, tensor in averages.items() if tensor is not None}
    return {"value": y, **dict(zip(leaves, gradients, strict=True)), **kept}


# the worked example


def test_the_example_of_the_notes():
    row = torch.tensor([1.0, 1.5, 1.2, 0.9, 1.7, 2.1, 3.1, 1.7], **FLOAT64)
    y, mean, variance = standardize(row.view(8, 1, 1), eps=1e-8)
    assert (mean.item(), variance.item()) == pytest.approx((1.65, 0.44))
    expected = [-0.98, -0.23, -0.68, -1.13, 0.08, 0.68, 2.19, 0.08]
    assert y.flatten().tolist() == pytest.approx(expected, abs=0.005)


# equal to torch, in value, in gradient and in the averages kept


@pytest.mark.parametrize("seed", range(200))
def test_batch_norm_equals_torch(seed):
    setting = Setting(seed)
    channels, training = setting.pick(1, 4), bool(setting.pick(0, 2))
    x = setting.input(channels, setting.pick(0, 3))
    parameters = {
        "weight": setting.perhaps(channels),
        "bias": setting.perhaps(channels),
    }
    averages = setting.averages(channels, always=not training)
    given_ = (x, parameters, averages)
    numbers = {**setting.numbers(), "training": training}
    torch.testing.assert_close(
        outcome(batch_norm, *given_, **numbers),
        outcome(F.batch_norm, *given_, **numbers),
        **EXACT,
    )


@pytest.mark.parametrize("seed", range(200))
def test_instance_norm_equals_torch(seed):
    setting = Setting(seed)
    channels, measured = setting.pick(1, 4), bool(setting.pick(0, 2))
    x = setting.input(channels, setting.pick(1, 3))
    parameters = {"weight": None, "bias": None}
    if setting.pick(0, 1):  # torch wants both or neither
        parameters = {name: setting.tensor(channels) for name in parameters}
    averages = setting.averages(channels, always=not measured)
    given_ = (x, parameters, averages)
    numbers = {**setting.numbers(), "use_input_stats": measured}
    torch.testing.assert_close(
        outcome(instance_norm, *given_, **numbers),
        outcome(F.instance_norm, *given_, **numbers),
        **EXACT,
    )


@pytest.mark.parametrize("seed", range(200))
def test_layer_norm_equals_torch(seed):
    setting = Setting(seed)
    x = setting.input(setting.pick(1, 4), setting.pick(0, 3))
    ending = tuple(x.shape[setting.pick(0, x.dim() - 1) :])
    parameters = {
        "weight": setting.perhaps(*ending),
        "bias": setting.perhaps(*ending),
    }
    eps = setting.numbers()["eps"]
    numbers = {"normalized_shape": ending, "eps": eps}
    torch.testing.assert_close(
        outcome(layer_norm, x, parameters, {}, **numbers),
        outcome(F.layer_norm, x, parameters, {}, **numbers),
        **EXACT,
    )


@pytest.mark.parametrize("seed", range(200))
def test_group_norm_equals_torch(seed):
    setting = Setting(seed)
    groups = setting.pick(1, 3)
    channels = groups * setting.pick(1, 3)
    x = setting.input(channels, setting.pick(0, 3))
    parameters = {
        "weight": setting.perhaps(channels),
        "bias": setting.perhaps(channels),
    }
    numbers = {"num_groups": groups, "eps": setting.numbers()["eps"]}
    torch.testing.assert_close(
        outcome(group_norm, x, parameters, {}, **numbers),
        outcome(F.group_norm, x, parameters, {}, **numbers),
        **EXACT,
    )


@pytest.mark.parametrize("seed", range(200))
def test_local_response_norm_equals_torch(seed):
    setting = Setting(seed)
    x = setting.input(setting.pick(1, 6), setting.pick(1, 3))
    alpha, beta, k = (setting.tensor(3).abs() + 0.1).tolist()
    numbers = {"size": setting.pick(1, 7), "alpha": alpha, "beta": beta, "k": k}
    torch.testing.assert_close(
        outcome(local_response_norm, x, {}, {}, **numbers),
        outcome(F.local_response_norm, x, {}, {}, **numbers),
        **EXACT,
    )


def switchable_by_definition(
    input,
    running_mean,
    running_var,
    mean_weight,
    var_weight,
    weight=None,
    bias=None,
    training=False,
    momentum=0.1,
    eps=1e-5,
):
    """Each of the three moments taken over its axes, as the paper writes them."""
    axes = tuple(range(1, input.dim()))
    sides = axes[1:]
    shape = (1, -1, *(1 for _ in sides))
    batch = {"dim": (0, *sides), "keepdim": True}
    means = [
        input.mean(sides, keepdim=True),
        input.mean(axes, keepdim=True),
        input.mean(**batch) if training else running_mean.view(shape),
    ]
    variances = [
        input.var(sides, correction=0, keepdim=True),
        input.var(axes, correction=0, keepdim=True),
        input.var(**batch, correction=0) if training else running_var.view(shape),
    ]
    if training and running_mean is not None:
        F.batch_norm(
            input.detach(),
            running_mean,
            running_var,
            training=True,
            momentum=momentum,
        )
    mean = sum(w * m for w, m in zip(mean_weight.softmax(0), means, strict=True))
    var = sum(w * v for w, v in zip(var_weight.softmax(0), variances, strict=True))
    y = (input - mean) / (var + eps).sqrt()
    y = y if weight is None else y * weight.view(shape)
    return y if bias is None else y + bias.view(shape)


@pytest.mark.parametrize("seed", range(200))
def test_switchable_norm_equals_its_definition(seed):
    setting = Setting(seed)
    channels, training = setting.pick(1, 4), bool(setting.pick(0, 2))
    x = setting.input(channels, setting.pick(1, 3))
    parameters = {
        "mean_weight": setting.tensor(3),
        "var_weight": setting.tensor(3),
        "weight": setting.perhaps(channels),
        "bias": setting.perhaps(channels),
    }
    averages = setting.averages(channels, always=not training)
    given_ = (x, parameters, averages)
    numbers = {**setting.numbers(), "training": training}
    torch.testing.assert_close(
        outcome(switchable_norm, *given_, **numbers),
        outcome(switchable_by_definition, *given_, **numbers),
        **EXACT,
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_other_types_of_number(dtype):
    x, weight, bias = (torch.randn(s).to(dtype) for s in ((4, 6, 5, 5), 6, 6))
    loose = {"rtol": 2e-2, "atol": 5e-2} if dtype == torch.bfloat16 else {}
    for ours, theirs in (
        (
            batch_norm(x, None, None, weight, bias, training=True),
            F.batch_norm(x, None, None, weight, bias, training=True),
        ),
        (group_norm(x, 3, weight, bias), F.group_norm(x, 3, weight, bias)),
        (layer_norm(x, (5, 5)), F.layer_norm(x, (5, 5))),
        # in bfloat16 torch's own lacks a kernel
        (local_response_norm(x, 3), F.local_response_norm(x.float(), 3).to(dtype)),
    ):
        torch.testing.assert_close(ours, theirs, **loose)


def test_views_and_other_memory_formats():
    x = torch.randn(4, 5, 3, 6, **FLOAT64).permute(0, 3, 1, 2)
    for ours, theirs in (
        (
            batch_norm(x, None, None, training=True),
            F.batch_norm(x, None, None, training=True),
        ),
        (group_norm(x, 2), F.group_norm(x, 2)),
        (layer_norm(x, x.shape[2:]), F.layer_norm(x, x.shape[2:])),
        (instance_norm(x), F.instance_norm(x)),
        (local_response_norm(x, 4), F.local_response_norm(x, 4)),
    ):
        torch.testing.assert_close(ours, theirs, **EXACT)


def test_values_far_from_zero_keep_their_digits():
    """The mean square less the squared mean would lose them here."""
    x = 1e3 + torch.randn(8, 3, 6, 6)
    exact = F.batch_norm(x.double(), None, None, training=True)
    y = batch_norm(x, None, None, training=True)
    torch.testing.assert_close(y.double(), exact, rtol=0, atol=1e-3)


def test_gradcheck_to_the_second_order():
    leaf = partial(torch.randn, **FLOAT64, requires_grad=True)
    x, weight, bias = leaf(3, 4, 2, 2), leaf(4), leaf(4)

    def batch(x, weight, bias):
        return batch_norm(x, None, None, weight, bias, training=True)

    def group(x, weight, bias):
        return group_norm(x, 2, weight, bias)

    def moments(x, weight, bias):
        return standardize(x.flatten(2), weight, bias)

    for function in (batch, group, moments):
        assert gradcheck(function, (x, weight, bias))
        assert gradgradcheck(function, (x, weight, bias))
    response = partial(local_response_norm, size=4, alpha=2.0)
    assert gradcheck(response, (x,))
    assert gradgradcheck(response, (x,))


def test_arguments_are_left_alone_and_in_place_relu_works_after():
    x = torch.randn(4, 6, 3, 3, requires_grad=True)
    before = x.detach().clone()
    for function in (
        partial(batch_norm, running_mean=None, running_var=None, training=True),
        partial(layer_norm, normalized_shape=(3, 3)),
        partial(group_norm, num_groups=2),
        partial(local_response_norm, size=3),
        instance_norm,
    ):
        function(x).relu_().sum().backward()
    torch.testing.assert_close(x.detach(), before)


def test_evaluation_leaves_the_averages_alone():
    mean, variance = torch.randn(3), torch.rand(3)
    before = mean.clone(), variance.clone()
    batch_norm(torch.randn(4, 3), mean, variance)
    torch.testing.assert_close((mean, variance), before)


# the layers

TWINS = {
    "batch": (lambda: BatchNorm2d(6), lambda: nn.BatchNorm2d(6)),
    "batch, plain average": (
        lambda: BatchNorm2d(6, momentum=None),
        lambda: nn.BatchNorm2d(6, momentum=None),
    ),
    "batch, nothing learned": (
        lambda: BatchNorm2d(6, eps=0.1, affine=False),
        lambda: nn.BatchNorm2d(6, eps=0.1, affine=False),
    ),
    "batch, nothing kept": (
        lambda: BatchNorm2d(6, track_running_stats=False),
        lambda: nn.BatchNorm2d(6, track_running_stats=False),
    ),
    "instance": (lambda: InstanceNorm2d(6), lambda: nn.InstanceNorm2d(6)),
    "instance, learned and kept": (
        lambda: InstanceNorm2d(6, affine=True, track_running_stats=True),
        lambda: nn.InstanceNorm2d(6, affine=True, track_running_stats=True),
    ),
    "layer": (lambda: LayerNorm((6, 4, 4)), lambda: nn.LayerNorm((6, 4, 4))),
    "layer, one axis": (lambda: LayerNorm(4), lambda: nn.LayerNorm(4)),
    "layer, no shift": (
        lambda: LayerNorm(4, bias=False),
        lambda: nn.LayerNorm(4, bias=False),
    ),
    "layer, nothing learned": (
        lambda: LayerNorm(4, elementwise_affine=False),
        lambda: nn.LayerNorm(4, elementwise_affine=False),
    ),
    "group": (lambda: GroupNorm(3, 6), lambda: nn.GroupNorm(3, 6)),
    "group, nothing learned": (
        lambda: GroupNorm(3, 6, affine=False),
        lambda: nn.GroupNorm(3, 6, affine=False),
    ),
    "response": (
        lambda: LocalResponseNorm(5, alpha=0.1, k=2.0),
        lambda: nn.LocalResponseNorm(5, alpha=0.1, k=2.0),
    ),
}


def shaken(layer: nn.Module) -> nn.Module:
    """Move the parameters away from the ones and zeros they start with."""
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.normal_()
    return layer


@pytest.mark.parametrize("twin", TWINS)
def test_state_dict_goes_both_ways(twin):
    makers = TWINS[twin]
    batches = [2 * torch.randn(3, 6, 4, 4) + 1 for _ in range(3)]
    for make_teacher, make_learner in (makers, makers[::-1]):
        teacher, learner = shaken(make_teacher()), make_learner()
        teacher(batches[0])
        learner.load_state_dict(teacher.state_dict())
        for x in batches[1:]:  # the averages go on from what was loaded
            torch.testing.assert_close(teacher(x), learner(x))
        teacher.eval(), learner.eval()
        torch.testing.assert_close(teacher(batches[0]), learner(batches[0]))
        torch.testing.assert_close(
            dict(teacher.state_dict()), dict(learner.state_dict())
        )


@pytest.mark.parametrize("twin", TWINS)
def test_layers_start_and_print_like_their_twins(twin):
    ours, theirs = (make() for make in TWINS[twin])
    torch.testing.assert_close(dict(ours.state_dict()), dict(theirs.state_dict()))
    assert repr(ours).split("(")[0] == repr(theirs).split("(")[0]


def test_the_layers_name_their_settings():
    assert repr(BatchNorm2d(6, momentum=None)) == (
        "BatchNorm2d(6, eps=1e-05, momentum=None, affine=True, track_running_stats=True)"
    )
    assert repr(LayerNorm(4, bias=False)) == (
        "LayerNorm((4,), eps=1e-05, elementwise_affine=True, bias=False)"
    )
    assert repr(GroupNorm(2, 6)) == "GroupNorm(2, 6, eps=1e-05, affine=True)"
    assert repr(LocalResponseNorm(5)) == (
        "LocalResponseNorm(5, alpha=0.0001, beta=0.75, k=1.0)"
    )


def test_an_image_without_a_batch():
    x = torch.randn(6, 4, 4)
    torch.testing.assert_close(InstanceNorm2d(6)(x), nn.InstanceNorm2d(6)(x))


def test_switchable_layer_learns_its_shares_and_evaluates_alone():
    layer = SwitchableNorm2d(3)
    x = torch.randn(4, 3, 5, 5, generator=torch.Generator().manual_seed(1))
    layer(x).square().sum().backward()
    assert all(p.grad.abs().sum() > 0 for p in (layer.mean_weight, layer.var_weight))
    layer.eval()
    together, alone = layer(x), torch.cat([layer(one[None]) for one in x])
    torch.testing.assert_close(together, alone)


# folding


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("library", ["ours", "torch's"])
def test_a_folded_convolution_gives_the_same_outputs(library, affine, bias):
    conv_class, bn_class = {
        "ours": (Conv2d, BatchNorm2d),
        "torch's": (nn.Conv2d, nn.BatchNorm2d),
    }[library]
    conv = conv_class(4, 6, 3, stride=2, padding=1, groups=2, bias=bias).double()
    bn = shaken(bn_class(6, eps=0.1, affine=affine).double())
    x = torch.randn(3, 4, 7, 7, **FLOAT64)
    bn(conv(x))  # so that the averages are not those of the start
    bn.eval()
    before = {name: t.clone() for name, t in conv.state_dict().items()}
    folded = fold_batch_norm(conv, bn)
    torch.testing.assert_close(folded(x), bn(conv(x)), **EXACT)
    torch.testing.assert_close(dict(conv.state_dict()), before)
    assert all(parameter.requires_grad for parameter in folded.parameters())


def test_folding_equals_torch():
    conv, bn = nn.Conv2d(3, 5, 3).eval(), shaken(nn.BatchNorm2d(5))
    bn(conv(torch.randn(4, 3, 6, 6)))
    bn.eval()
    ours = fold_batch_norm(conv, bn)
    theirs = nn.utils.fusion.fuse_conv_bn_eval(conv, bn)
    torch.testing.assert_close(dict(ours.state_dict()), dict(theirs.state_dict()))


# odd shapes


def test_one_place_one_channel_one_sample():
    x = torch.randn(1, 1, 1, 7)
    torch.testing.assert_close(
        batch_norm(x, None, None, training=True), F.layer_norm(x, (7,))
    )
    column = torch.randn(2, 4)
    torch.testing.assert_close(
        batch_norm(column, None, None, training=True),
        F.batch_norm(column, None, None, training=True),
    )
    torch.testing.assert_close(group_norm(column, 4), torch.zeros(2, 4))


def test_a_constant_channel_becomes_zero():
    x = torch.full((2, 3, 4, 4), 5.0)
    assert not batch_norm(x, None, None, training=True).any()


@pytest.mark.parametrize("size", [1, 2, 5, 9])
def test_a_window_may_be_larger_than_the_channels(size):
    x = torch.randn(2, 3, 4, 4, **FLOAT64)
    torch.testing.assert_close(
        local_response_norm(x, size), F.local_response_norm(x, size), **EXACT
    )


def test_an_empty_batch_stays_empty_in_evaluation():
    layer = BatchNorm2d(3).eval()
    assert layer(torch.ones(0, 3, 4, 4)).shape == (0, 3, 4, 4)
    assert local_response_norm(torch.ones(0, 3, 4, 4), 3).shape == (0, 3, 4, 4)


# invariants


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.floats(0.01, 100), st.floats(-100, 100))
def test_scale_and_shift_of_a_channel_are_forgotten(seed, scale, shift):
    x = Setting(seed).tensor(4, 3, 3, 3)
    plain = batch_norm(x, None, None, training=True, eps=0.0)
    moved = batch_norm(x * scale + shift, None, None, training=True, eps=0.0)
    torch.testing.assert_close(moved, plain, rtol=1e-8, atol=1e-8)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_the_family_is_one_function_over_other_axes(seed):
    x = Setting(seed).tensor(3, 4, 3, 2)
    torch.testing.assert_close(group_norm(x, 1), layer_norm(x, x.shape[1:]), **EXACT)
    torch.testing.assert_close(group_norm(x, 4), instance_norm(x), **EXACT)
    alone = [batch_norm(one[None], None, None, training=True) for one in x]
    torch.testing.assert_close(torch.cat(alone), instance_norm(x), **EXACT)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_each_channel_has_the_mean_and_variance_it_was_given(seed):
    setting = Setting(seed)
    weight, bias = setting.tensor(3), setting.tensor(3)
    x = setting.tensor(4, 3, 5)
    y = batch_norm(x, None, None, weight, bias, training=True, eps=0.0)
    torch.testing.assert_close(y.mean((0, 2)), bias, **EXACT)
    torch.testing.assert_close(y.var((0, 2), correction=0), weight.square(), **EXACT)


def test_samples_are_alone_but_in_batch_normalization():
    x = torch.randn(4, 4, 3, 3)
    others = torch.cat([x[:1], torch.randn(3, 4, 3, 3)])
    for function in (
        instance_norm,
        partial(group_norm, num_groups=2),
        partial(layer_norm, normalized_shape=(4, 3, 3)),
        partial(local_response_norm, size=3),
    ):
        torch.testing.assert_close(function(x)[0], function(others)[0])
    first, second = (batch_norm(b, None, None, training=True)[0] for b in (x, others))
    assert (first - second).abs().max() > 0.01


# refusals

X, ONES = torch.ones(2, 4, 3, 3), torch.ones(4)

REFUSALS = {
    "an array": (
        lambda: layer_norm(X.numpy(), (3,)),
        TypeError,
        "input is a ndarray; convert it with torch.as_tensor",
    ),
    "integers": (
        lambda: batch_norm(X.long(), None, None, training=True),
        TypeError,
        "input holds torch.int64; convert it with input.float()",
    ),
    "two types": (
        lambda: batch_norm(X, ONES, ONES, weight=ONES.double()),
        TypeError,
        "weight holds torch.float64 but input holds torch.float32; make them equal",
    ),
    "no channels": (
        lambda: batch_norm(ONES, None, None, training=True),
        ValueError,
        "input has shape (4,); it needs at least 2 axes (batch, channels)",
    ),
    "no sides": (
        lambda: instance_norm(torch.ones(2, 4)),
        ValueError,
        "input has shape (2, 4); it needs at least 3 axes (batch, channels, sides)",
    ),
    "weight": (
        lambda: group_norm(X, 2, weight=torch.ones(3)),
        ValueError,
        "weight has shape (3,); it needs one entry for each of 4 channels",
    ),
    "running mean": (
        lambda: batch_norm(X, torch.ones(3), ONES),
        ValueError,
        "running_mean has shape (3,); it needs one entry for each of 4 channels",
    ),
    "no averages": (
        lambda: batch_norm(X, ONES, None),
        ValueError,
        "running_mean or running_var is None; without training=True both are needed",
    ),
    "one value": (
        lambda: batch_norm(X[:1, :, :1, :1], None, None, training=True),
        ValueError,
        "input of shape (1, 4, 1, 1) has 1 value per channel; a variance needs 2",
    ),
    "one place": (
        lambda: instance_norm(X[..., :1, :1]),
        ValueError,
        "input of shape (2, 4, 1, 1) has 1 value per channel and sample; a variance needs 2",
    ),
    "groups": (
        lambda: group_norm(X, 3),
        ValueError,
        "num_groups (3) must divide the channels (4)",
    ),
    "groups of a layer": (
        lambda: GroupNorm(0, 4),
        ValueError,
        "num_groups (0) must divide the channels (4)",
    ),
    "ending": (
        lambda: layer_norm(X, (4, 3)),
        ValueError,
        "input has shape (2, 4, 3, 3); it must end in normalized_shape (4, 3)",
    ),
    "no ending": (
        lambda: layer_norm(X, ()),
        ValueError,
        "input has shape (2, 4, 3, 3); it must end in normalized_shape ()",
    ),
    "layer weight": (
        lambda: layer_norm(X, (3, 3), weight=torch.ones(3)),
        ValueError,
        "weight has shape (3,); normalized_shape is (3, 3)",
    ),
    "size": (
        lambda: local_response_norm(X, 0),
        ValueError,
        "size (0) must be at least 1",
    ),
    "vectors for images": (
        lambda: BatchNorm2d(4)(torch.ones(2, 4)),
        ValueError,
        "input has shape (2, 4); it needs 4 axes (b c h w)",
    ),
    "a row of pixels": (
        lambda: InstanceNorm2d(4)(torch.ones(4, 3)),
        ValueError,
        "input has shape (4, 3); it needs 4 axes (b c h w) or 3 axes (c h w)",
    ),
    "folding too early": (
        lambda: fold_batch_norm(nn.Conv2d(1, 4, 1), BatchNorm2d(4)),
        ValueError,
        "bn is in training mode, where each batch is its own measure; call bn.eval()",
    ),
    "folding without averages": (
        lambda: fold_batch_norm(
            nn.Conv2d(1, 4, 1), BatchNorm2d(4, track_running_stats=False).eval()
        ),
        ValueError,
        "running_mean or running_var is None",
    ),
    "folding what does not follow": (
        lambda: fold_batch_norm(nn.Conv2d(4, 3, 1), BatchNorm2d(4).eval()),
        ValueError,
        "running_mean has shape (4,); it needs one entry for each of 3 channels",
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_name_the_value_and_the_rule(case):
    call, error, message = REFUSALS[case]
    with pytest.raises(error) as refusal:
        call()
    assert message in str(refusal.value)
