"""ResNet: by hand, against torchvision in counts, values and gradients, and what it refuses."""

from collections.abc import Callable
from functools import partial

import pytest
import torch
import torchvision
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from dlcourse.models import resnet
from dlcourse.models.resnet import (
    BasicBlock,
    Block,
    Bottleneck,
    PreactivationBlock,
    PreactivationBottleneck,
    ZeroPadded,
    blocks_of,
    cifar_resnet,
    filter_normalized,
    gradient_along,
    imagenet_stem,
    loss_surface,
    path_shares,
    projected,
    without_block,
    zero_padded,
)
from dlcourse.training import generator
from tests.models.family import (
    learns_one_batch,
    parameters,
    same_gradients,
    same_logits,
    unfilled,
    with_random_weights,
)

TORCHVISION = (
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "resnext50_32x4d",
    "resnext101_32x8d",
)
PARAMETERS = {
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
    "resnext50_32x4d": 25_028_904,
    "resnext101_32x8d": 88_791_336,
    "resnet50_2015": 25_557_032,
    "resnet20": 269_722,
    "resnet32": 464_154,
    "resnet44": 658_586,
    "resnet56": 853_018,
    "resnet110": 1_727_962,
}
MULTIPLY_ADDS = {
    "resnet18": 1_814_073_344,
    "resnet34": 3_663_761_408,
    "resnet50": 4_089_184_256,
    "resnet101": 7_801_405_440,
    "resnet152": 11_513_626_624,
    "resnext50_32x4d": 4_230_479_872,
    "resnext101_32x8d": 16_414_015_488,
    "resnet20": 40_551_040,
    "resnet110": 252_887_680,
}


def small(depth: int = 14, **options) -> resnet.ResNet:
    """A network that answers at once, for images of one channel."""
    return cifar_resnet(depth, width=2, in_channels=1, **options)


def small_of(block: Callable[[int, int, int], nn.Module]) -> resnet.ResNet:
    """Two stages of one block each, for images of three channels."""
    return resnet.ResNet(nn.Conv2d(3, 8, 3), block, (1, 1), (8, 16), num_classes=4)


# the worked example


def test_a_block_by_hand():
    block = BasicBlock(
        1, 1
    ).eval()  # a normalization that has seen nothing divides by 1
    with torch.no_grad():
        for layer, middle in zip(block.residual, (2.0, -0.25), strict=True):
            layer.conv.weight.zero_()
            layer.conv.weight[..., 1, 1] = middle
            layer.norm.eps = 0.0
        y = block(torch.tensor([[[[3.0, -3.0]]]]))
    # F(3) = -0.25 relu(2 * 3) = -1.5 and F(-3) = 0; the sum with x goes through the ReLU
    assert y.tolist() == [[[[1.5, 0.0]]]]


def test_two_equal_paths_double():
    double = Block(nn.Identity(), nn.Identity(), out_channels=1)
    assert double(torch.tensor([[[[-1.0, 3.0]]]])).tolist() == [[[[0.0, 6.0]]]]


def test_option_a_by_hand():
    x = torch.arange(18.0).reshape(1, 2, 3, 3)
    y = ZeroPadded(channels=2, stride=2)(x)
    assert y.shape == (1, 4, 2, 2)
    assert y[0, 0].tolist() == [[0.0, 2.0], [6.0, 8.0]]
    assert y[0, 1].tolist() == [[9.0, 11.0], [15.0, 17.0]]
    assert not y[0, 2:].any()


# counts


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_are_the_published_ones(name):
    assert parameters(getattr(resnet, name)) == PARAMETERS[name]


@pytest.mark.parametrize("name", TORCHVISION)
def test_parameters_are_torchvisions(name):
    theirs = getattr(torchvision.models, name)
    assert parameters(getattr(resnet, name)) == parameters(theirs)


def multiply_adds(name: str, side: int) -> int:
    model = unfilled(getattr(resnet, name)).eval()
    counter = FlopCounterMode(display=False, depth=0)
    with counter, torch.no_grad():
        model(torch.empty(1, 3, side, side, device="meta"))
    return counter.get_total_flops() // 2


@pytest.mark.parametrize("name", MULTIPLY_ADDS)
def test_multiply_adds_are_the_published_ones(name):
    cifar = name in ("resnet20", "resnet110")
    assert multiply_adds(name, 32 if cifar else 224) == MULTIPLY_ADDS[name]


def test_the_stride_in_the_1x1_saves_the_3x3_of_each_later_stage():
    # three quarters of a 1x1 from 2c to c channels; the 3x3 puts out s x s pixels either way
    widths, sides = (128, 256, 512), (28, 14, 7)
    saved = sum(3 * 2 * c * c * s**2 for c, s in zip(widths, sides, strict=True))
    late, early = (multiply_adds(name, 224) for name in ("resnet50", "resnet50_2015"))
    assert late - early == saved


def test_option_b_adds_its_projections():
    extra = sum(i * o + 2 * o for i, o in ((16, 32), (32, 64)))
    b = parameters(partial(resnet.resnet20, shortcut=projected))
    assert b == PARAMETERS["resnet20"] + extra


def test_a_plain_twin_lacks_the_projections_alone():
    projections = sum(c // 2 * c + 2 * c for c in (128, 256, 512))
    for depth in (18, 34):
        plain, residual = (
            parameters(getattr(resnet, f"{kind}{depth}"))
            for kind in ("plain", "resnet")
        )
        assert residual - plain == projections
    assert parameters(partial(resnet.resnet20, shortcut=None)) == 269_722


@pytest.mark.parametrize(("name", "expansion"), [("resnet18", 1), ("resnet50", 4)])
def test_v2_lacks_the_normalizations_of_the_projections(name, expansion):
    first = (64 * expansion,) if expansion > 1 else ()
    channels = (*first, *(c * expansion for c in (128, 256, 512)))
    less = sum(2 * c for c in channels)
    v2 = parameters(getattr(resnet, f"{name}_v2"))
    assert PARAMETERS[name] - v2 == less


@pytest.mark.parametrize("depth", [20, 32, 44, 56, 110])
def test_the_name_counts_the_layers_with_weights(depth):
    model = unfilled(partial(cifar_resnet, depth))
    layers = [m for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    assert len(layers) == depth


# equal to torchvision


@pytest.mark.parametrize("name", TORCHVISION)
def test_logits_are_torchvisions(name):
    x = torch.rand(1, 3, 64, 64, generator=generator(0))
    same_logits(getattr(resnet, name), getattr(torchvision.models, name), x)


def test_gradients_are_torchvisions():
    x = torch.rand(2, 3, 32, 32, generator=generator(0))
    same_gradients(resnet.resnet18, torchvision.models.resnet18, x)


def test_the_start_is_torchvisions():
    model = resnet.ResNet(imagenet_stem(64), Bottleneck, (1,), (64,), num_classes=10)
    conv = model.stages[0][0].residual[1].conv
    wanted = (2 / (9 * 64)) ** 0.5  # fan out
    assert conv.weight.std().item() == pytest.approx(wanted, rel=0.02)


# shapes


def shapes(model: nn.Module, side: int) -> list[tuple[int, ...]]:
    x = torch.empty(1, 3, side, side, device="meta")
    found = [model.stem(x)]
    for stage in model.stages:
        found.append(stage(found[-1]))
    return [tuple(y.shape[1:]) for y in found]


@pytest.mark.parametrize(
    ("name", "expansion"),
    [("resnet34", 1), ("resnet50", 4), ("resnet50_v2", 4), ("resnext50_32x4d", 4)],
)
def test_stages_at_224_pixels(name, expansion):
    sides = (56, 28, 14, 7)
    stages = [
        (c * expansion, s, s) for c, s in zip((64, 128, 256, 512), sides, strict=True)
    ]
    model = unfilled(getattr(resnet, name))
    assert shapes(model, 224) == [(64, 56, 56), *stages]


def test_stages_at_32_pixels():
    model = unfilled(resnet.resnet20)
    sizes = [(16, 32, 32), (16, 32, 32), (32, 16, 16), (64, 8, 8)]
    assert shapes(model, 32) == sizes


@pytest.mark.parametrize("side", [1, 2, 33, 45])
def test_options_a_and_b_agree_on_odd_sides(side):
    x = torch.rand(1, 2, side, side + 1)
    a, b, block = (
        make.eval()(x).shape
        for make in (zero_padded(2, 4, 2), projected(2, 4, 2), BasicBlock(2, 4, 2))
    )
    assert a == b == block == (1, 4, (side + 1) // 2, (side + 2) // 2)


# learning


@pytest.mark.parametrize(
    "build",
    [
        partial(cifar_resnet, 8, 4, width=8),
        partial(cifar_resnet, 8, 4, projected, width=8),
        partial(small_of, PreactivationBlock),
        partial(small_of, PreactivationBottleneck),
        partial(small_of, partial(Bottleneck, groups=4, width_per_group=16)),
    ],
    ids=["option A", "option B", "v2", "v2 bottleneck", "ResNeXt"],
)
def test_it_learns_one_batch(build):
    x = torch.rand(4, 3, 16, 16, generator=generator(0))
    learns_one_batch(build, x, rate=1e-2)


def test_the_smallest_for_imagenet_learns_one_batch():
    x = torch.rand(4, 3, 32, 32, generator=generator(0))
    learns_one_batch(partial(resnet.resnet18, num_classes=4), x)


# invariants


def test_a_residual_of_zero_passes_a_rectified_input_on():
    block = Bottleneck(8, 2).eval()
    nn.init.zeros_(block.residual[-1].norm.weight)
    x = torch.rand(1, 8, 5, 5)
    assert torch.equal(block(x), x)


def test_v2_carries_the_input_to_the_end_without_a_relu():
    block = PreactivationBlock(3, 3).eval()
    nn.init.zeros_(block.residual[-1].weight)
    x = torch.randn(1, 3, 5, 5)
    assert torch.equal(block(x), x)


def test_groups_are_parallel_bottlenecks():
    """ResNeXt's block equals the sum of 4 paths of 2 channels each (figure 3 of its paper)."""
    block = with_random_weights(
        partial(Bottleneck, 16, 4, groups=4, width_per_group=32), dtype=torch.float64
    ).eval()
    x = torch.randn(1, 16, 5, 5, dtype=torch.float64)
    first, second, third = block.residual
    paths = 0
    for path in range(4):
        own = slice(2 * path, 2 * path + 2)
        y = first(x)[:, own]
        y = nn.functional.conv2d(y, second.conv.weight[own], padding=1)
        norm = second.norm
        y = nn.functional.batch_norm(
            y,
            norm.running_mean[own],
            norm.running_var[own],
            norm.weight[own],
            norm.bias[own],
        ).relu()
        paths = paths + nn.functional.conv2d(y, third.conv.weight[:, own])
    torch.testing.assert_close(block.residual(x), third.norm(paths))


def test_path_shares_are_pascals_triangle():
    assert (path_shares(4) * 16).tolist() == [1, 4, 6, 4, 1]
    assert path_shares(54).sum().item() == pytest.approx(1)


def test_the_gradient_is_the_sum_over_all_paths():
    model = with_random_weights(small).double().eval()
    x = torch.rand(2, 1, 8, 8, dtype=torch.float64)
    start = model.stem(x).detach().requires_grad_()
    scores = model.fc(model.stages(start).mean(dim=(2, 3)))
    (whole,) = torch.autograd.grad(scores.sum(), start)
    blocks = range(len(blocks_of(model)))
    paths = [
        gradient_along(model, x, {b for b in blocks if path >> b & 1})
        for path in range(2 ** len(blocks))
    ]
    torch.testing.assert_close(sum(paths), whole)


def test_without_a_block_its_shortcut_is_left():
    model = with_random_weights(small).eval()
    x = torch.rand(2, 1, 8, 8)
    shorter = without_block(model, 1)
    y = model.stem(x)
    for place, block in enumerate(blocks_of(model)):
        y = block(y) if place != 1 else y.relu()
    torch.testing.assert_close(shorter(x), model.fc(y.mean(dim=(2, 3))))
    assert len(blocks_of(model)) == len(blocks_of(shorter)) == 6


def test_a_plain_block_leaves_nothing():
    model = with_random_weights(partial(small, shortcut=None)).eval()
    x = torch.rand(1, 1, 8, 8)
    block = blocks_of(without_block(model, 1))[1]
    y = model.stages[0][0](model.stem(x))
    assert torch.equal(block(y), y)


def test_the_centre_of_a_surface_is_the_loss():
    model = with_random_weights(small).eval()
    x = torch.rand(2, 1, 8, 8)
    before = [p.clone() for p in model.parameters()]
    directions = tuple(filter_normalized(model, generator(seed)) for seed in (0, 1))
    steps = torch.tensor([-1.0, 0.0, 1.0])
    surface = loss_surface(
        lambda: model(x).square().sum(), list(model.parameters()), directions, steps
    )
    with torch.no_grad():
        assert surface[1, 1] == model(x).square().sum()
    for p, start in zip(model.parameters(), before, strict=True):
        assert torch.equal(p, start)


def test_a_filters_direction_is_as_long_as_the_filter():
    model = with_random_weights(small)
    direction = filter_normalized(model, generator(0))
    for p, d in zip(model.parameters(), direction, strict=True):
        if p.ndim > 1:
            torch.testing.assert_close(
                d.flatten(1).norm(dim=1), p.flatten(1).norm(dim=1)
            )
        else:
            assert not d.any()


# refusals


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("depth", [2, 18, 21])
def test_a_depth_that_is_not_6n_plus_2(depth):
    with pytest.raises(ValueError, match=rf"depth \({depth}\) must be 6n \+ 2"):
        cifar_resnet(depth)


@pytest.mark.usefixtures("as_in_use")
def test_option_a_cannot_take_channels_away():
    with pytest.raises(ValueError, match="and 8 would become 4; use option B"):
        zero_padded(8, 4, 1)


@pytest.mark.usefixtures("as_in_use")
def test_a_plain_block_that_changes_the_shape_is_needed():
    with pytest.raises(ValueError, match="block 2 is plain and changes the shape"):
        without_block(small(shortcut=None), 2)
