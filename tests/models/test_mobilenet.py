"""MobileNet: counts of the papers, equal to torchvision, and what its parts do."""

import re
from functools import partial

import pytest
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models._utils import _make_divisible

from dlcourse.models._convolution import conv_norm_activation
from dlcourse.models.mobilenet import (
    InvertedResidual,
    MobileNetV1,
    MobileNetV2,
    in_pieces,
    make_divisible,
    mobilenet_v1,
    mobilenet_v2,
    recoverable,
    separable,
    spiral,
    through_relu,
)
from tests.models.family import (
    learns_one_batch,
    parameters,
    same_gradients,
    same_logits,
    unfilled,
    with_random_weights,
)

WIDTHS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)
V1 = {
    1.0: (4_231_976, 568_740_352),
    0.75: (2_585_560, 325_400_448),
    0.5: (1_331_592, 149_497_088),
    0.25: (470_072, 41_030_272),
}


def multiply_adds(build, size: int = 224) -> float:
    model, x = unfilled(build).eval(), torch.empty(1, 3, size, size, device="meta")
    with FlopCounterMode(display=False) as counter:
        model(x)
    return counter.get_total_flops() / 2


# by hand


def test_an_inverted_residual_by_hand():
    """One channel, widened to two that see x and -x; ReLU6 keeps one of them, up to 6."""
    block = InvertedResidual(1, 1, expand_ratio=2).eval()
    expand, depthwise, project = block.body
    with torch.no_grad():
        expand.conv.weight.copy_(torch.tensor([1.0, -1]).view(2, 1, 1, 1))
        depthwise.conv.weight.zero_()[:, :, 1, 1] = 1
        project.conv.weight.copy_(torch.tensor([1.0, 10]).view(1, 2, 1, 1))
        for layer in (expand, depthwise, project):
            layer.norm.eps = 0
    x = torch.tensor([3.0, -2, 8]).view(1, 1, 1, 3)
    assert block(x).flatten().tolist() == [3 + 3, -2 + 20, 8 + 6]


def test_a_separable_block_by_hand():
    block = separable(1, 2).eval()
    with torch.no_grad():
        block.depthwise.conv.weight.fill_(1)
        block.pointwise.conv.weight.copy_(torch.tensor([2.0, -1]).view(2, 1, 1, 1))
        for layer in block:
            layer.norm.eps = 0
    y = block(torch.ones(1, 1, 3, 3))
    assert y[0, 0].tolist() == [[8, 12, 8], [12, 18, 12], [8, 12, 8]]
    assert not y[0, 1].any()


# counts


@pytest.mark.parametrize("width", V1)
def test_v1_counts_are_the_published_ones(width):
    build = partial(mobilenet_v1, width_mult=width)
    assert (parameters(build), multiply_adds(build)) == V1[width]


def test_v1_of_ordinary_convolutions_has_the_counts_of_the_paper():
    def ordinary() -> nn.Module:
        return MobileNetV1(block=lambda i, o, s: conv_norm_activation(i, o, 3, s))

    assert round(parameters(ordinary) / 1e6, 1) == 29.3
    assert round(multiply_adds(ordinary) / 1e6) == 4867


@pytest.mark.parametrize("width", WIDTHS)
def test_v2_counts_are_torchvisions(width):
    ours, theirs = (
        partial(build, width_mult=width)
        for build in (mobilenet_v2, torchvision.models.mobilenet_v2)
    )
    assert parameters(ours) == parameters(theirs)


def test_v2_counts_are_the_published_ones():
    assert parameters(mobilenet_v2) == 3_504_872
    assert multiply_adds(mobilenet_v2) == 300_774_272


def test_blocks_are_13_and_17():
    assert len(mobilenet_v1(2, 0.25).features) - 1 == 13
    modules = list(mobilenet_v2(2, 0.25).modules())
    assert sum(isinstance(module, InvertedResidual) for module in modules) == 17


# equal to torchvision


@pytest.mark.parametrize("width", WIDTHS)
def test_v2_gives_torchvisions_logits(width):
    theirs = partial(torchvision.models.mobilenet_v2, width_mult=width)
    same_logits(
        partial(mobilenet_v2, width_mult=width), theirs, torch.rand(2, 3, 64, 48)
    )


def test_v2_gives_torchvisions_gradients():
    sizes = {"width_mult": 0.35, "num_classes": 7}
    same_gradients(
        partial(mobilenet_v2, **sizes),
        partial(torchvision.models.mobilenet_v2, **sizes),
        torch.rand(2, 3, 64, 64),
    )


def test_v2_starts_with_the_weights_that_torchvision_draws():
    drawn = []
    for build in (mobilenet_v2, torchvision.models.mobilenet_v2):
        torch.manual_seed(0)
        model = build(num_classes=10, width_mult=0.35)
        drawn.append([p.double().std().item() for p in model.parameters()])
    assert drawn[0] == pytest.approx(drawn[1], rel=0.2, abs=1e-3)


def test_dropout_acts_in_training_alone():
    model = mobilenet_v2(3, 0.35, dropout=1.0)
    x = torch.rand(2, 3, 32, 32)
    assert not model(x).any()
    assert model.eval()(x).any()


# shapes


def shapes(model: nn.Module, size: int) -> list[tuple[int, ...]]:
    x = torch.empty(1, 3, size, size, device="meta")
    found = []
    for layer in model.features:
        x = layer(x)
        found.append(tuple(x.shape[1:3]))
    return found


def test_v1_stage_by_stage():
    assert shapes(unfilled(mobilenet_v1), 224) == [
        (32, 112), (64, 112), (128, 56), (128, 56), (256, 28), (256, 28), (512, 14),
        *[(512, 14)] * 5, (1024, 7), (1024, 7),
    ]  # fmt: skip


def test_v2_stage_by_stage():
    assert shapes(unfilled(mobilenet_v2), 224) == [
        (32, 112), (16, 112), *[(24, 56)] * 2, *[(32, 28)] * 3, *[(64, 14)] * 4,
        *[(96, 14)] * 3, *[(160, 7)] * 3, (320, 7), (1280, 7),
    ]  # fmt: skip


@pytest.mark.parametrize("build", [mobilenet_v1, mobilenet_v2])
@pytest.mark.parametrize("size", [(1, 1), (33, 65), (200, 30)])
def test_any_image_will_do(build, size):
    assert build(5, 0.25).eval()(torch.rand(2, 3, *size)).shape == (2, 5)


# learning


@pytest.mark.parametrize("build", [MobileNetV1, partial(MobileNetV2, dropout=0.0)])
def test_it_learns_one_batch(build):
    x = torch.rand(4, 3, 48, 48, generator=torch.Generator().manual_seed(1))
    learns_one_batch(lambda: build(4, 0.25), x)


def test_the_state_travels_both_ways():
    model, other = mobilenet_v2(3, 0.35).eval(), mobilenet_v2(3, 0.35).eval()
    other.load_state_dict(model.state_dict())
    x = torch.rand(1, 3, 32, 32)
    assert torch.equal(model(x), other(x))


# parts


@given(st.floats(0.1, 5000), st.integers(1, 32))
def test_rounding_equals_torchvisions(value, divisor):
    found = make_divisible(value, divisor)
    assert found == _make_divisible(value, divisor)
    assert found % divisor == 0
    assert found >= max(0.9 * value, divisor)


def test_the_shortcut_needs_one_shape():
    assert InvertedResidual(8, 8).shortcut
    assert not InvertedResidual(8, 8, stride=2).shortcut
    assert not InvertedResidual(8, 16).shortcut


def test_nothing_is_expanded_by_one():
    names = [name for name, _ in InvertedResidual(8, 4, 1, 1).body.named_children()]
    assert names == ["depthwise", "project"]


def test_the_bottleneck_is_linear_unless_asked():
    def ends(model: nn.Module) -> list[bool]:
        blocks = [m for m in model.modules() if isinstance(m, InvertedResidual)]
        return [hasattr(block.body.project, "activation") for block in blocks]

    assert not any(ends(mobilenet_v2(2, 0.35)))
    assert all(ends(MobileNetV2(2, 0.35, bottleneck=nn.ReLU6)))


@pytest.mark.parametrize("pieces", [1, 2, 5, 24])
@pytest.mark.parametrize("shape", [(4, 4, 1), (4, 6, 1), (4, 4, 2)])
def test_pieces_add_up_to_the_block(pieces, shape):
    block = with_random_weights(
        lambda: InvertedResidual(*shape), dtype=torch.float64
    ).eval()
    x = torch.randn(2, 4, 7, 6, dtype=torch.float64)
    torch.testing.assert_close(
        in_pieces(block, x, pieces), block(x), rtol=1e-10, atol=1e-10
    )


def test_a_spiral_ends_on_the_unit_circle():
    radius = spiral(points=50).norm(dim=1)
    torch.testing.assert_close(radius, torch.linspace(0, 1, 50))


def test_two_rows_and_their_negatives_lose_nothing():
    """ReLU keeps x or -x of each pair, so half of the point comes back, in the right place."""
    rows = torch.tensor([[1.0, 0], [0, 1], [-1, 0], [0, -1]])
    points = spiral(points=20)
    torch.testing.assert_close(through_relu(points, rows), points / 2)
    assert recoverable(points[1:], rows).float().mean() > 0.5


@settings(deadline=None, max_examples=10)
@given(st.integers(2, 12), st.integers(0, 1000))
def test_the_recoverable_share_is_that_of_coin_tosses(dimensions, seed):
    """Each row is positive with chance 1/2; two heads are needed: 1 - (d + 1) / 2^d."""
    source = torch.Generator().manual_seed(seed)
    found = torch.stack(
        [
            recoverable(torch.ones(1, 2), torch.randn(dimensions, 2, generator=source))
            for _ in range(200)
        ]
    )
    expected = 1 - (dimensions + 1) / 2**dimensions
    assert abs(found.float().mean() - expected) < 0.18  # five standard deviations


# refusals

REFUSALS = {
    "width": (
        lambda: mobilenet_v1(width_mult=0.0),
        "value (0.0) must be positive: a layer needs a channel",
    ),
    "stride": (lambda: InvertedResidual(4, 4, stride=3), "stride (3) must be 1 or 2"),
    "pieces": (
        lambda: in_pieces(InvertedResidual(2, 2), torch.ones(1, 2, 3, 3), 13),
        "pieces (13) must be between 1 and the 12 channels",
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_name_the_value_and_the_rule(case):
    call, message = REFUSALS[case]
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
