"""NiN: mlpconv, class maps and their means, against plain layers of torch."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from dlcourse.models.nin import NiN, global_average, mlpconv, nin, nin_2014
from tests.models.family import (
    learns_one_batch,
    parameters,
    same_gradients,
    same_logits,
    unfilled,
)


def small(classes: int = 4) -> NiN:
    """Two narrow blocks."""
    blocks = (
        mlpconv(3, (8, 8), kernel_size=3, padding=1),
        nn.MaxPool2d(3, stride=2),
        mlpconv(8, (16, classes), kernel_size=3, padding=1),
    )
    return NiN(nn.Sequential(*blocks), least=3)


def plain(widths: int = 96, classes: int = 1000) -> nn.Module:
    """The network for ImageNet written out, layer by layer."""
    layers, channels = [], 3
    plan = [(widths, 11, 4, 0), (256, 5, 1, 2), (384, 3, 1, 1), (classes, 3, 1, 1)]
    for n, (width, side, stride, padding) in enumerate(plan):
        layers += [nn.Conv2d(channels, width, side, stride, padding), nn.ReLU()]
        for _ in range(2):
            layers += [nn.Conv2d(width, width, 1), nn.ReLU()]
        if n < 3:
            layers.append(nn.MaxPool2d(3, 2))
        channels = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())


def multiply_adds(model: nn.Module, side: int) -> int:
    with FlopCounterMode(display=False) as counter:
        model(torch.empty(1, 3, side, side, device="meta"))
    return counter.get_total_flops() // 2


# the worked example


def test_one_pixel_by_hand():
    """An exclusive or, which no single layer can say: on where just one of two channels is."""
    block = mlpconv(2, (2, 1), kernel_size=1)
    block.conv.weight.data = torch.tensor([[1.0, 1.0], [1.0, 1.0]])[..., None, None]
    block.conv.bias.data = torch.tensor([0.0, -1.0])
    block.mix1.weight.data = torch.tensor([[1.0, -2.0]])[..., None, None]
    block.mix1.bias.data = torch.tensor([0.0])
    pixels = torch.tensor([[0.0, 0, 1, 1], [0, 1, 0, 1]])[None, :, None]  # 1 2 1 4
    assert block(pixels).flatten().tolist() == [0, 1, 1, 0]


# counts


def test_parameters_and_multiply_adds_to_the_digit():
    assert parameters(nin) == 7_439_608
    assert multiply_adds(unfilled(nin), 224) == 965_572_864
    assert parameters(lambda: nin(num_classes=10, in_channels=1)) == 1_992_166
    by_hand = 192 * 76 + 160 * 193 + 96 * 161 + 192 * 2401 + 2 * 192 * 193
    by_hand += 192 * 1729 + 192 * 193 + 10 * 193
    assert parameters(nin_2014) == by_hand == 966_986


SHAPES = {
    "mlpconv1": (96, 54, 54),
    "pool1": (96, 26, 26),
    "mlpconv2": (256, 26, 26),
    "pool2": (256, 12, 12),
    "mlpconv3": (384, 12, 12),
    "pool3": (384, 5, 5),
    "drop": (384, 5, 5),
    "mlpconv4": (1000, 5, 5),
}
SHAPES_2014 = {
    "mlpconv1": (96, 32, 32),
    "pool1": (96, 16, 16),
    "drop1": (96, 16, 16),
    "mlpconv2": (192, 16, 16),
    "pool2": (192, 8, 8),
    "drop2": (192, 8, 8),
    "mlpconv3": (10, 8, 8),
}


@pytest.mark.parametrize(
    ("build", "side", "expected"), [(nin, 224, SHAPES), (nin_2014, 32, SHAPES_2014)]
)
def test_shapes_stage_by_stage(build, side, expected):
    model, shapes = unfilled(build), {}
    for name, layer in model.features.named_children():
        layer.register_forward_hook(
            lambda _, __, y, name=name: shapes.__setitem__(name, tuple(y.shape[1:]))
        )
    scores = model(torch.empty(2, 3, side, side, device="meta"))
    assert shapes == expected
    assert scores.shape == (2, expected["mlpconv4" if build is nin else "mlpconv3"][0])


# equal to plain layers, in value and in gradient


@pytest.mark.parametrize("side", [67, 224])
def test_same_logits_as_the_layers_written_out(side):
    same_logits(nin, plain, torch.rand(1, 3, side, side))


def test_same_gradients_as_the_layers_written_out():
    same_gradients(
        lambda: nin(num_classes=5),
        lambda: plain(classes=5),
        torch.rand(1, 3, 67, 75),
    )


SEEDS = given(st.integers(0, 10_000))


@settings(deadline=None, max_examples=20)
@SEEDS
def test_a_one_by_one_convolution_is_a_linear_layer_at_every_pixel(seed):
    source = torch.Generator().manual_seed(seed)
    x = torch.randn(2, 3, 4, 5, generator=source, dtype=torch.float64)
    block = mlpconv(3, (6, 4), kernel_size=1).double()
    pixels = x.permute(0, 2, 3, 1)  # b h w c
    for layer in (block.conv, block.mix1):
        pixels = F.linear(pixels, layer.weight.flatten(1), layer.bias).relu()
    torch.testing.assert_close(block(x), pixels.permute(0, 3, 1, 2))


# it learns


def test_learns_one_batch():
    learns_one_batch(small, torch.randn(4, 3, 16, 16), steps=100, rate=3e-3, seed=1)


# invariants


def test_scores_are_the_means_of_the_maps():
    model, x = small(), torch.rand(2, 3, 9, 12)
    torch.testing.assert_close(model(x), model.maps(x).mean(dim=(2, 3)))


def test_a_constant_map_keeps_its_value():
    assert global_average(torch.full((1, 2, 3, 5), 4.0)).tolist() == [[4.0, 4.0]]


def test_any_size_has_scores():
    model = unfilled(nin)
    for side in (67, 100, 512):
        x = torch.empty(1, 3, side, side + 9, device="meta")
        assert model(x).shape == (1, 1000)


@pytest.mark.parametrize("build", [nin, nin_2014])
def test_the_least_side_leaves_one_pixel(build):
    model = unfilled(build)
    x = torch.empty(1, 3, model.least, model.least, device="meta")
    assert model.maps(x).shape[-2:] == (1, 1)


def test_initial_weights_keep_the_size_of_the_signal():
    weight = mlp_weights()
    assert abs(weight.std().item() / (2 / 192) ** 0.5 - 1) < 0.05


def mlp_weights() -> torch.Tensor:
    return nin_2014().features.mlpconv2.mix1.weight


# refusals


@pytest.mark.usefixtures("as_in_use")
def test_small_images_are_refused():
    message = (
        "the images have 66x90 pixels; this network needs at least 67 on each side"
    )
    with pytest.raises(ValueError, match=message):
        nin(num_classes=2)(torch.zeros(1, 3, 66, 90))
