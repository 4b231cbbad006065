"""DenseNet: the four of torchvision, the paper's for CIFAR, reuse and memory."""

import pytest
import torch
import torchvision.models as theirs
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from dlcourse.models import densenet as page
from dlcourse.models.densenet import (
    DenseBlock,
    DenseLayer,
    DenseNet,
    Transition,
    cifar_densenet,
    concatenated_channels,
    feature_reuse,
    kept_for_backward,
    silenced,
)
from dlcourse.models.densenet.reuse import mean_size_by_source
from dlcourse.training import fixed_seed, generator
from tests.models.family import (
    learns_one_batch,
    parameters,
    same_gradients,
    same_logits,
    unfilled,
    with_random_weights,
)

SIZES = {  # parameters, multiply-adds at 224 pixels
    "densenet121": (7_978_856, 2_834_161_664),
    "densenet161": (28_681_000, 7_727_907_072),
    "densenet169": (14_149_480, 3_359_843_328),
    "densenet201": (20_013_928, 4_291_365_888),
}

SMALL = {"growth_rate": 4, "block_config": (2, 3), "num_init_features": 8}


def images(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=generator(0))


# the worked example


def test_every_layer_reads_all_before_it():
    """Layers that pass their input on unchanged would give it back again and again."""
    block = DenseBlock(3, 2, 2, bn_size=0).eval()
    for layer in block:
        layer.bottleneck.norm = nn.Identity()
        nn.init.zeros_(layer.bottleneck.conv.weight)
        for channel in range(2):
            layer.bottleneck.conv.weight.data[channel, channel::2, 1, 1] = 1
    x = torch.ones(1, 2, 3, 3)
    # each layer adds up what it reads: 1, then 1 + 1, then 1 + 1 + 2
    assert block(x)[0, ::2, 1, 1].tolist() == [1, 1, 2, 4]


def test_a_layer_reads_a_bottleneck_of_four_growth_rates():
    layer = DenseLayer(50, 12)
    assert layer.bottleneck.conv.weight.shape == (48, 50, 1, 1)
    assert layer.answer.conv.weight.shape == (12, 48, 3, 3)


# counts


@pytest.mark.parametrize("name", SIZES)
def test_parameters_and_multiply_adds_to_the_digit(name):
    build = getattr(page, name)
    count, operations = SIZES[name]
    assert parameters(build) == parameters(getattr(theirs, name)) == count
    model, x = unfilled(build).eval(), torch.empty(1, 3, 224, 224, device="meta")
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(x)
    assert counter.get_total_flops() // 2 == operations


PUBLISHED = {  # millions, in the paper's table 2
    (40, 12, False): 1.0,
    (100, 12, False): 7.0,
    (100, 24, False): 27.2,
    (100, 12, True): 0.8,
    (250, 24, True): 15.3,
    (190, 40, True): 25.6,
}


@pytest.mark.parametrize(("depth", "growth", "compressed"), PUBLISHED)
def test_parameters_for_cifar_as_published(depth, growth, compressed):
    options = {} if compressed else {"bottleneck": False, "compression": 1.0}
    count = parameters(lambda: cifar_densenet(depth, growth, **options))
    expected = PUBLISHED[depth, growth, compressed]
    assert abs(count / 1e6 - expected) < 0.06


@pytest.mark.parametrize(
    ("name", "depth"),
    [(name, int(name.removeprefix("densenet"))) for name in SIZES],
)
def test_the_name_counts_the_layers(name, depth):
    layers = [
        m
        for m in unfilled(getattr(page, name)).modules()
        if isinstance(m, nn.Conv2d | nn.Linear)
    ]
    assert len(layers) == depth


# shapes, stage by stage

STAGES = {
    "stem": (64, 56),
    "block1": (256, 56),
    "transition1": (128, 28),
    "block2": (512, 28),
    "transition2": (256, 14),
    "block3": (1024, 14),
    "transition3": (512, 7),
    "block4": (1024, 7),
}


def test_shapes_stage_by_stage():
    model, found = unfilled(page.densenet121).eval(), {}
    for name in STAGES:
        model.features.get_submodule(name).register_forward_hook(
            lambda _, __, y, name=name: found.__setitem__(name, tuple(y.shape[1:3]))
        )
    assert model(torch.empty(1, 3, 224, 224, device="meta")).shape == (1, 1000)
    assert found == STAGES


# equal to torchvision, in value and in gradient


@pytest.mark.parametrize("name", SIZES)
def test_same_logits_as_torchvision(name):
    same_logits(getattr(page, name), getattr(theirs, name), images(1, 3, 29, 37))


def test_same_gradients_as_torchvision():
    same_gradients(
        lambda: DenseNet(**SMALL, num_classes=5),
        lambda: theirs.DenseNet(**SMALL, num_classes=5),
        images(2, 3, 40, 40),
    )


def test_the_default_drops_as_torchvision():
    def answers(build):
        with fixed_seed(0):
            model = build(**SMALL, num_classes=5, drop_rate=0.3).train()
            return model(images(2, 3, 40, 40))

    torch.testing.assert_close(answers(DenseNet), answers(theirs.DenseNet))


# it learns


def test_learns_one_batch():
    learns_one_batch(
        lambda: cifar_densenet(10, 8, num_classes=4), images(4, 3, 8, 8), rate=1e-2
    )


def test_with_the_stem_of_imagenet_too():
    noise = torch.randn(4, 3, 32, 32, generator=generator(1))
    learns_one_batch(lambda: DenseNet(**SMALL, num_classes=4), noise, rate=1e-2)


# memory


def test_concatenations_by_hand():
    layers = DenseBlock(6, 64, 32)
    found = sum(layer.bottleneck.conv.in_channels for layer in layers)
    assert concatenated_channels(6, 64, 32) == found == 6 * 64 + 32 * 15


def test_what_is_kept_grows_with_the_square_and_with_checkpoints_in_proportion():
    x = images(1, 16, 8, 8)
    kept = {
        (depth, efficient): kept_for_backward(
            DenseBlock(depth, 16, 4, memory_efficient=efficient), x
        )
        for depth in (8, 16, 32)
        for efficient in (False, True)
    }

    def twice(efficient):  # second difference over the first: 0 on a line
        a, b, c = (kept[depth, efficient] for depth in (8, 16, 32))
        return (c - b) / (b - a)

    assert twice(False) > 2.3
    assert twice(True) < 2.05
    assert kept[32, True] < kept[32, False] / 3


def test_a_plain_block_keeps_two_concatenations_a_layer():
    depth, channels, growth, cells = 6, 16, 4, 64
    found = kept_for_backward(DenseBlock(depth, channels, growth), images(1, 16, 8, 8))
    two = 2 * 4 * cells * concatenated_channels(depth, channels, growth)
    # and twice the bottleneck's answer; the statistics are a few numbers a channel
    inner = 2 * 4 * cells * depth * 4 * growth
    assert abs(found - two - inner) < 0.05 * found


def test_checkpoints_change_no_value_and_no_gradient():
    def run(efficient):
        with fixed_seed(0):
            model = DenseNet(**SMALL, num_classes=5, memory_efficient=efficient).train()
        y = model(images(2, 3, 40, 40))
        y.square().sum().backward()
        return y, [p.grad for p in model.parameters()]

    torch.testing.assert_close(run(True), run(False))


# reuse


def test_reuse_finds_the_source_that_a_layer_reads():
    block = DenseBlock(3, 4, 2, bn_size=0)
    for layer in block:
        nn.init.zeros_(layer.bottleneck.conv.weight)
    nn.init.ones_(block[0].bottleneck.conv.weight)
    block[1].bottleneck.conv.weight.data[:, 4:] = 0.5
    block[2].bottleneck.conv.weight.data[:, :4] = 0.1
    block[2].bottleneck.conv.weight.data[:, 6:] = -0.2
    expected = torch.tensor([[1, torch.nan, torch.nan], [0, 1, torch.nan], [0.5, 0, 1]])
    torch.testing.assert_close(feature_reuse(block), expected, equal_nan=True)


def test_silence_is_what_zeros_say_and_passes():
    block = DenseBlock(3, 4, 2, bn_size=0).eval()
    x = images(2, 4, 5, 5)
    before = block(x)
    with silenced(block, layer=2, source=1):
        during = block(x)
    assert torch.equal(during[:, :8], before[:, :8])
    assert not torch.equal(during[:, 8:], before[:, 8:])
    lone = block[2].bottleneck
    weight = lone.conv.weight.detach().clone()
    weight[:, 4:6] = 0
    read = lone.activation(lone.norm(before[:, :8]))
    expected = torch.nn.functional.conv2d(read, weight, padding=1)
    torch.testing.assert_close(during[:, 8:], expected)
    assert torch.equal(block(x), before)


def test_sizes_are_averaged_over_all_of_a_kernel():
    weight = torch.tensor([[[[1.0, -1], [3, 3]], [[0, 0], [0, 8]]]])
    torch.testing.assert_close(
        mean_size_by_source(weight, [1, 1]), torch.tensor([2.0, 2])
    )


# invariants

NUMBER = st.integers(1, 5)


@settings(deadline=None, max_examples=20)
@given(NUMBER, NUMBER, NUMBER, st.sampled_from([0, 1, 4]))
def test_a_block_keeps_its_input_and_adds_growth(depth, channels, growth, bn_size):
    block = DenseBlock(depth, channels, growth, bn_size).eval()
    x = images(2, channels, 3, 4)
    y = block(x)
    assert y.shape == (2, channels + depth * growth, 3, 4)
    assert torch.equal(y[:, :channels], x)


@settings(deadline=None, max_examples=20)
@given(st.integers(4, 40), st.sampled_from([0.3, 0.5, 1.0]))
def test_a_transition_compresses_and_halves(channels, compression):
    y = Transition(channels, compression).eval()(images(1, channels, 6, 7))
    assert y.shape == (1, int(compression * channels), 3, 3)


def test_an_image_is_classified_alone():
    model = with_random_weights(lambda: cifar_densenet(16, 4)).eval()
    x = images(3, 3, 12, 20)
    torch.testing.assert_close(model(x)[1:2], model(x[1:2]))


# refusals


@pytest.mark.usefixtures("as_in_use")
def test_refusals_name_the_value_and_the_rule():
    with pytest.raises(
        ValueError, match="have 28x40 pixels; this network needs at least 29"
    ):
        unfilled(page.densenet121)(torch.empty(1, 3, 28, 40, device="meta"))
    with pytest.raises(
        ValueError, match=r"depth \(41\) must be 6n \+ 4 .*: 10, 16, ..."
    ):
        cifar_densenet(41, 12)
    with pytest.raises(
        ValueError, match=r"depth \(41\) must be 3n \+ 4 .*: 7, 10, ..."
    ):
        cifar_densenet(41, 12, bottleneck=False)


@pytest.mark.parametrize(
    ("build", "least"), [(page.densenet121, 29), (lambda: cifar_densenet(10, 4), 4)]
)
def test_the_smallest_image_passes(build, least):
    model = unfilled(build).eval()
    model(torch.empty(1, 3, least, least, device="meta"))
