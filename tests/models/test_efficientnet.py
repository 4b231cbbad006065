"""EfficientNet: the published counts, equal to torchvision at every size, and what its parts do."""

import re
from functools import cache, partial

import pytest
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from dlcourse.models import efficientnet
from dlcourse.models.anatomy import totals
from dlcourse.models.efficientnet import (
    BASELINE,
    SIZES,
    EfficientNet,
    MBConv,
    Scale,
    SqueezeExcitation,
    StochasticDepth,
    compound,
    scaled,
    stochastic_depth,
)
from dlcourse.training import fixed_seed
from tests.models.family import (
    learns_one_batch,
    same_gradients,
    same_logits,
    twins,
    unfilled,
)

EXACT = {"rtol": 1e-10, "atol": 1e-10}
NUMBERS = range(8)
PARAMETERS = [
    5_288_548, 7_794_184, 9_109_994, 12_233_232, 19_341_616, 30_389_784, 43_040_704,
    66_347_960,
]  # fmt: skip
SMALL = partial(EfficientNet, width_mult=0.25, depth_mult=0.3)


def ours(number: int):
    return getattr(efficientnet, f"efficientnet_b{number}")


def theirs(number: int):
    return getattr(torchvision.models, f"efficientnet_b{number}")


def published(number: int):
    """Find the weights of a size at torchvision, which know their own counts."""
    weights = getattr(torchvision.models, f"EfficientNet_B{number}_Weights")
    return weights.IMAGENET1K_V1


# by hand


def test_a_gate_by_hand():
    """Means 1 and 3; their difference through a ReLU is 2; sigmoid(0) and sigmoid(2)."""
    layer = SqueezeExcitation(2, 1).double()
    with torch.no_grad():
        layer.reduce.weight.copy_(torch.tensor([-1.0, 1]).view(1, 2, 1, 1))
        layer.expand.weight.copy_(torch.tensor([0.0, 1]).view(2, 1, 1, 1))
        layer.reduce.bias.zero_()
        layer.expand.bias.zero_()
    x = torch.tensor([[[[0.0, 2]], [[2, 4]]]], dtype=torch.float64)
    gates = torch.tensor([0.5, 1 / (1 + torch.e**-2)], dtype=torch.float64)
    torch.testing.assert_close(layer(x), x * gates.view(1, 2, 1, 1), **EXACT)


def test_compound_scaling_by_hand():
    assert compound(0.0) == Scale(1.0, 1.0, 1.0)
    assert compound(1.0).cost == pytest.approx(1.2 * 1.1**2 * 1.15**2)
    assert compound(3.0).cost == pytest.approx(compound(1.0).cost ** 3)


# counts


@cache
def counted(number: int) -> nn.Module:
    """Build a size once, without memory."""
    return unfilled(ours(number)).eval()


def numbers_of(model: nn.Module) -> list:
    """Find all that distinguishes a size: its parameters, and settings that have no shape."""
    layers = list(model.modules())
    norms = [m for m in layers if isinstance(m, nn.BatchNorm2d)]
    drops = [m for m in layers if type(m).__name__ == "StochasticDepth"]
    return [
        sum(p.numel() for p in model.parameters()),
        [(norm.eps, norm.momentum) for norm in norms],
        [(drop.p, drop.mode) for drop in drops],
        [m.p for m in layers if isinstance(m, nn.Dropout)],
    ]


@pytest.mark.parametrize("number", NUMBERS)
def test_parameters_and_settings_are_torchvisions(number):
    found = numbers_of(counted(number))
    assert found == numbers_of(unfilled(theirs(number)))
    assert found[0] == PARAMETERS[number]
    assert found[0] == published(number).meta["num_params"]


def on_meta(number: int, size: int):
    return counted(number), torch.empty(1, 3, size, size, device="meta")


@pytest.mark.parametrize(("number", "count"), [(0, 385_814_752), (1, 686_802_832)])
def test_multiply_adds_to_the_digit(number, count):
    model, x = on_meta(number, SIZES[number].pixels)
    with FlopCounterMode(display=False) as counter:
        model(x)
    assert counter.get_total_flops() / 2 == count


@pytest.mark.parametrize("number", NUMBERS)
def test_multiply_adds_are_the_published_billions(number):
    weights = published(number)
    model, x = on_meta(number, weights.transforms.keywords["crop_size"])
    assert totals(model, x).multiply_adds / 1e9 == pytest.approx(
        weights.meta["_ops"], abs=6e-4
    )


# equal to torchvision


@pytest.mark.parametrize("number", NUMBERS)
def test_the_logits_are_torchvisions(number):
    same_logits(ours(number), theirs(number), torch.rand(1, 3, 64, 48))


def test_the_gradients_are_torchvisions():
    same_gradients(ours(0), theirs(0), torch.rand(2, 3, 64, 64))


def test_training_fails_the_same_branches_as_torchvision():
    mine, other = twins(ours(0), theirs(0), torch.float32)
    x, answers = torch.rand(3, 3, 32, 32), []
    for model in (mine, other):
        with fixed_seed(1):
            answers.append(model.train()(x))
    torch.testing.assert_close(answers[0], answers[1], rtol=1e-4, atol=1e-4)


def test_it_starts_with_the_weights_that_torchvision_draws():
    drawn = []
    for build in (ours(0), theirs(0)):
        torch.manual_seed(0)
        model = build(num_classes=10)
        drawn.append([p.double().std().item() for p in model.parameters()])
    # the first gates have 8 to 32 numbers, the others thousands
    assert drawn[0] == pytest.approx(drawn[1], rel=0.3, abs=1e-3)


# shapes


def test_b0_stage_by_stage():
    model, x = on_meta(0, 224)
    found = []
    for layer in model.features:
        x = layer(x)
        found.append(tuple(x.shape[1:3]))
    assert found == [
        (32, 112), (16, 112), (24, 56), (40, 28), (80, 14), (112, 14), (192, 7), (320, 7),
        (1280, 7),
    ]  # fmt: skip


def test_b0_has_16_blocks_and_b7_has_55():
    counts = [
        sum(isinstance(m, MBConv) for m in counted(number).modules())
        for number in (0, 7)
    ]
    assert counts == [16, 55]


@pytest.mark.parametrize("size", [(1, 1), (33, 65), (200, 30)])
def test_any_image_will_do(size):
    assert SMALL(5).eval()(torch.rand(2, 3, *size)).shape == (2, 5)


# learning


def test_it_learns_one_batch():
    x = torch.rand(4, 3, 48, 48, generator=torch.Generator().manual_seed(1))
    learns_one_batch(lambda: SMALL(4, dropout=0.0, stochastic_depth_prob=0.0), x)


def test_the_state_travels_both_ways():
    model, other = SMALL(3).eval(), SMALL(3).eval()
    other.load_state_dict(model.state_dict())
    x = torch.rand(1, 3, 32, 32)
    assert torch.equal(model(x), other(x))


# gates


def test_the_gate_equals_torchvisions():
    mine = SqueezeExcitation(12, 3).double()
    other = torchvision.ops.SqueezeExcitation(12, 3).double()
    other.load_state_dict(
        dict(zip(other.state_dict(), mine.state_dict().values(), strict=True))
    )
    x = torch.randn(2, 12, 5, 7, dtype=torch.float64, requires_grad=True)
    torch.testing.assert_close(mine(x), other(x), **EXACT)
    slopes = [torch.autograd.grad(f(x).sin().sum(), x)[0] for f in (mine, other)]
    torch.testing.assert_close(*slopes, **EXACT)


def test_gates_know_the_image_but_not_the_place():
    layer, x = SqueezeExcitation(6, 2), torch.rand(1, 6, 4, 4)
    gates = layer.gates(x)
    assert ((gates > 0) & (gates < 1)).all()
    torch.testing.assert_close(layer.gates(x.flip(2, 3)), gates)
    torch.testing.assert_close(layer(x), gates * x)


# stochastic depth


@pytest.mark.parametrize("mode", ["row", "batch"])
@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_stochastic_depth_equals_torchvisions(mode, p):
    x, answers = torch.randn(8, 3, 2, 2), []
    for function in (stochastic_depth, torchvision.ops.stochastic_depth):
        torch.manual_seed(2)
        answers.append(function(x, p, mode, True))
    assert torch.equal(*answers)


@settings(deadline=None, max_examples=20)
@given(st.floats(0.1, 0.9), st.integers(0, 1000))
def test_rows_fail_as_often_as_they_should(p, seed):
    source = torch.Generator().manual_seed(seed)
    rows = stochastic_depth(torch.ones(2000, 1), p, generator=source)
    assert abs((rows == 0).float().mean().item() - p) < 5 * 0.5 / 2000**0.5
    assert abs(rows.mean().item() - 1) < 5 * (p / (1 - p) / 2000) ** 0.5


def test_nothing_fails_outside_of_training():
    layer, x = StochasticDepth(0.9).eval(), torch.randn(3, 2)
    assert torch.equal(layer(x), x)
    assert repr(layer) == "StochasticDepth(p=0.9, mode=row)"


def test_a_block_whose_branch_always_fails_hands_on_its_input():
    block, x = MBConv(8, 8, drop=1.0), torch.rand(2, 8, 4, 4)
    assert torch.equal(block(x), x)


# blocks and scaling


def test_the_shortcut_needs_one_shape():
    assert MBConv(8, 8).shortcut
    assert not MBConv(8, 8, stride=2).shortcut
    assert not MBConv(8, 16).shortcut


def test_nothing_is_expanded_by_one():
    names = dict(MBConv(8, 8, expand_ratio=1).body.named_children())
    assert list(names) == ["depthwise", "gate", "project"]


def test_scaling_by_one_changes_nothing():
    assert scaled(1.0, 1.0) == BASELINE


@given(st.floats(0.3, 4), st.floats(0.1, 4))
def test_scaling_rounds_channels_to_eights_and_blocks_up(width, depth):
    for old, new in zip(BASELINE, scaled(width, depth), strict=True):
        assert new.channels % 8 == 0
        assert old.blocks * depth <= new.blocks < old.blocks * depth + 1


# refusals

REFUSALS = {
    "stride": (lambda: MBConv(4, 4, stride=3), "stride (3) must be 1 or 2"),
    "depth": (lambda: scaled(1.0, 0.0), "depth_mult (0.0) must be positive"),
    "width": (
        lambda: scaled(-1.0, 1.0),
        "value (-16.0) must be positive: a layer needs a channel",
    ),
    "probability": (lambda: StochasticDepth(1.5), "p (1.5) must lie from 0 to 1"),
    "mode": (lambda: StochasticDepth(0.5, "rows"), 'mode is "rows"; say "row" or'),
    "mode of the function": (
        lambda: stochastic_depth(torch.ones(1), 0.5, "all"),
        'mode is "all"; say "row" or "batch"',
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_name_the_value_and_the_rule(case):
    call, message = REFUSALS[case]
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
