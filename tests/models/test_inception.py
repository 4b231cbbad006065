"""Inception: the modules counted by hand, GoogLeNet and Inception v3 against torchvision."""

import pytest
import torch
import torchvision.models as theirs
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils.flop_counter import FlopCounterMode

from dlcourse.models.inception import (
    Branches,
    GoogLeNetOutputs,
    Inception,
    InceptionOutputs,
    NaiveInception,
    auxiliary_loss,
    bn_inception,
    convolve_first,
    googlenet,
    googlenet_2014,
    inception_v3,
    pool_first,
    reduction_module,
)
from dlcourse.models.inception.units import biased
from dlcourse.models.transfer import renamed
from dlcourse.training import fixed_seed, generator
from tests.models.family import (
    learns_one_batch,
    parameters,
    same_gradients,
    same_logits,
    unfilled,
    with_random_weights,
)


def their_googlenet(**options) -> nn.Module:
    return theirs.googlenet(init_weights=False, **options)


def their_v3(**options) -> nn.Module:
    return theirs.inception_v3(init_weights=False, **options)


def images(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=generator(0))


def multiply_adds(build, *shape: int) -> int:
    model, x = unfilled(build).eval(), torch.empty(1, *shape, device="meta")
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(x)
    return counter.get_total_flops() // 2


def weights(build) -> int:
    """Count the kernels alone, without biases."""
    return sum(p.numel() for p in unfilled(build).parameters() if p.ndim > 1)


# the worked example

NOTES = {  # 28x28x256 that enter, and the channels of each branch
    "naive": (lambda: NaiveInception(256, 128, 192, 96), 854_196_224),
    "reduced": (lambda: Inception(256, 128, 64, 192, 64, 96, 64), 271_351_808),
}


@pytest.mark.parametrize("name", NOTES)
def test_operations_of_the_module_of_the_notes(name):
    build, count = NOTES[name]
    assert multiply_adds(build, 256, 28, 28) == count


def test_the_terms_of_the_notes_by_hand():
    ones = 28 * 28 * (64 + 64 + 128) * 256 + 28 * 28 * 64 * 256
    large = 28 * 28 * 192 * 9 * 64 + 28 * 28 * 96 * 25 * 64
    assert ones + large == NOTES["reduced"][1]


def test_weights_of_the_first_module():
    assert weights(lambda: NaiveInception(192, 64, 128, 32)) == 387_072
    reduced = unfilled(lambda: Inception(192, 64, 96, 128, 16, 32, 32))
    kernels = {
        name: sum(p.numel() for p in branch.parameters() if p.ndim > 1)
        for name, branch in reduced.items()
    }
    assert sum(kernels.values()) == 163_328
    assert sum(kernels.values()) - kernels["pool"] == 157_184


def test_a_bottleneck_saves_nine_tenths():
    direct = multiply_adds(lambda: biased(192, 32, 5), 192, 28, 28)
    reduced = lambda: nn.Sequential(biased(192, 16, 1), biased(16, 32, 5))  # noqa: E731
    assert direct == 120_422_400
    assert multiply_adds(reduced, 192, 28, 28) == 12_443_648


def test_branches_stand_in_order_along_the_channels():
    x = images(2, 3, 4, 5)
    doubled, halved = nn.Conv2d(3, 3, 1, bias=False), nn.Conv2d(3, 3, 1, bias=False)
    nn.init.dirac_(doubled.weight).data.mul_(2)
    nn.init.dirac_(halved.weight).data.mul_(0.5)
    both = Branches({"doubled": doubled, "halved": halved})
    assert torch.equal(both(x), torch.cat([2 * x, x / 2], dim=1))


# counts

COUNTS = {
    "googlenet": (
        lambda: googlenet(aux_logits=False),
        *(6_624_904, 224, 1_498_376_192),
    ),
    "googlenet_2014": (
        lambda: googlenet_2014(aux_logits=False),
        *(6_998_552, 224, 1_582_671_872),
    ),
    "inception_v3": (inception_v3, 27_161_264, 299, 5_713_216_096),
}


@pytest.mark.parametrize("name", COUNTS)
def test_parameters_and_multiply_adds_to_the_digit(name):
    build, count, side, operations = COUNTS[name]
    assert parameters(build) == count
    assert multiply_adds(build, 3, side, side) == operations


def test_parameters_equal_torchvision():
    plain = parameters(lambda: their_googlenet(aux_logits=False))
    assert plain == parameters(lambda: googlenet(aux_logits=False))
    assert parameters(googlenet) == parameters(their_googlenet) == plain + 6_379_984
    assert parameters(inception_v3) == parameters(their_v3)
    upright = parameters(lambda: inception_v3(aux_logits=False))
    assert upright == parameters(lambda: their_v3(aux_logits=False))
    assert parameters(inception_v3) - upright == 3_326_696


def test_each_network_has_its_modules():
    names = {name for name, _ in unfilled(googlenet_2014).named_modules()}
    assert sum("inception" in n and n.count(".") == 1 for n in names) == 9
    convolutions = [
        m
        for m in unfilled(lambda: googlenet(aux_logits=False)).modules()
        if isinstance(m, nn.Conv2d)
    ]
    assert len(convolutions) == 57


# shapes, stage by stage

STAGES = {
    googlenet: (
        224,
        {
            "lower.conv1": (64, 112),
            "lower.pool1": (64, 56),
            "lower.conv3": (192, 56),
            "lower.pool2": (192, 28),
            "lower.inception3a": (256, 28),
            "lower.inception3b": (480, 28),
            "lower.inception4a": (512, 14),
            "middle.inception4b": (512, 14),
            "middle.inception4c": (512, 14),
            "middle.inception4d": (528, 14),
            "upper.inception4e": (832, 14),
            "upper.inception5a": (832, 7),
            "upper.inception5b": (1024, 7),
        },
    ),
    bn_inception: (
        224,
        {
            "conv1": (64, 112),
            "pool2": (192, 28),
            "inception3a": (256, 28),
            "inception3b": (320, 28),
            "inception3c": (576, 14),
            "inception4a": (576, 14),
            "inception4b": (576, 14),
            "inception4c": (608, 14),
            "inception4d": (608, 14),
            "inception4e": (1056, 7),
            "inception5a": (1024, 7),
            "inception5b": (1024, 7),
        },
    ),
    inception_v3: (
        299,
        {
            "stem.conv1a": (32, 149),
            "stem.conv2b": (64, 147),
            "stem.conv4a": (192, 71),
            "stem.pool2": (192, 35),
            "lower.mixed5b": (256, 35),
            "lower.mixed5d": (288, 35),
            "lower.mixed6a": (768, 17),
            "lower.mixed6e": (768, 17),
            "upper.mixed7a": (1280, 8),
            "upper.mixed7c": (2048, 8),
        },
    ),
}
STAGES[googlenet_2014] = STAGES[googlenet]


@pytest.mark.parametrize("build", STAGES, ids=lambda build: build.__name__)
def test_shapes_stage_by_stage(build):
    side, expected = STAGES[build]
    model, found = unfilled(build).eval(), {}

    def note(name):
        def hook(module, inputs, output):
            found[name] = (output.shape[1], output.shape[2])

        return hook

    for name in expected:
        model.get_submodule(name).register_forward_hook(note(name))
    assert model(torch.empty(2, 3, side, side, device="meta")).shape == (2, 1000)
    assert found == expected


# equal to torchvision, in value and in gradient


def test_same_logits_as_torchvision():
    same_logits(googlenet, their_googlenet, images(2, 3, 64, 79))
    same_logits(inception_v3, their_v3, images(2, 3, 75, 92))


def test_same_gradients_as_torchvision():
    options = {"num_classes": 7, "aux_logits": False}
    same_gradients(
        lambda: googlenet(**options),
        lambda: their_googlenet(**options),
        images(2, 3, 40, 40),
    )


def in_training(ours, other, x: Tensor) -> tuple[tuple, tuple]:
    """Answers of two builds with the same weights in training, without chance."""
    model = unfilled(ours).to_empty(device="cpu").train()
    twin = with_random_weights(other).train()
    model.load_state_dict(renamed(twin.state_dict(), model))
    with torch.no_grad():
        return model(x), twin(x)


def test_in_training_the_auxiliary_classifiers_answer_as_torchvisions():
    options = {"num_classes": 5, "dropout": 0.0, "dropout_aux": 0.0}
    found, expected = in_training(
        lambda: googlenet(**options),
        lambda: their_googlenet(**options),
        images(2, 3, 96, 96),
    )
    assert isinstance(found, GoogLeNetOutputs)
    assert found._fields == expected._fields
    torch.testing.assert_close(tuple(found), tuple(expected), rtol=1e-3, atol=1e-3)


def test_in_training_inception_v3_answers_as_torchvisions():
    options = {"num_classes": 5, "dropout": 0.0}
    found, expected = in_training(
        lambda: inception_v3(**options),
        lambda: their_v3(**options),
        images(2, 3, 299, 299),
    )
    assert isinstance(found, InceptionOutputs)
    assert found._fields == expected._fields
    torch.testing.assert_close(tuple(found), tuple(expected), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("build", [googlenet, inception_v3])
def test_in_evaluation_the_logits_come_alone(build):
    model = unfilled(build).eval()
    assert model(torch.empty(1, 3, 99, 99, device="meta")).shape == (1, 1000)


# they learn


SMALLEST = {
    "googlenet": (lambda: googlenet(4, aux_logits=False, dropout=0.0), 1e-3),
    "googlenet_2014": (lambda: googlenet_2014(4, aux_logits=False, dropout=0.0), 3e-4),
    "bn_inception": (lambda: bn_inception(4), 1e-3),
}


@pytest.mark.parametrize("name", SMALLEST)
def test_learns_one_batch(name):
    build, rate = SMALLEST[name]
    learns_one_batch(
        build, torch.randn(4, 3, 40, 40, generator=generator(1)), rate=rate
    )


def test_with_the_auxiliary_loss_a_gradient_reaches_every_parameter():
    with fixed_seed(0):
        model = googlenet(3).train()
        error = auxiliary_loss(model(images(3, 3, 64, 64)), torch.arange(3))
        error.backward()
    assert all(p.grad.any() for p in model.parameters())


# the auxiliary loss


def test_the_auxiliary_loss_weighs_both_by_three_tenths():
    logits, second, first = images(3, 4, 5)
    labels = torch.tensor([0, 1, 2, 3])
    expected = cross_entropy(logits, labels) + 0.3 * (
        cross_entropy(second, labels) + cross_entropy(first, labels)
    )
    outputs = GoogLeNetOutputs(logits, second, first)
    torch.testing.assert_close(auxiliary_loss(outputs, labels), expected)
    alone = auxiliary_loss(logits, labels)
    torch.testing.assert_close(alone, cross_entropy(logits, labels))
    assert torch.equal(auxiliary_loss(outputs, labels, weight=0.0), alone)


# reductions


def test_three_ways_to_halve_a_grid():
    counts = [
        multiply_adds(lambda way=way: way(288), 288, 35, 35)
        for way in (pool_first, convolve_first, reduction_module)
    ]
    kernel = 9 * 288 * 576
    assert counts[0] == 17 * 17 * kernel
    assert counts[1] == 35 * 35 * kernel
    branch = 35 * 35 * (288 * 64 + 9 * 64 * 96) + 17 * 17 * 9 * 96 * 96
    assert counts[2] == 17 * 17 * 9 * 288 * 384 + branch


# invariants

WIDTH = st.integers(1, 6)


@settings(deadline=None, max_examples=20)
@given(st.tuples(*[WIDTH] * 7), st.integers(1, 9), st.integers(1, 9))
def test_a_module_keeps_the_grid_and_adds_the_widths(widths, height, width):
    module = unfilled(lambda: Inception(*widths)).eval()
    x = torch.empty(2, widths[0], height, width, device="meta")
    _, small, _, middle, _, large, pooled = widths
    assert module(x).shape == (2, small + middle + large + pooled, height, width)


def test_an_image_is_classified_alone():
    model = with_random_weights(bn_inception).eval()
    x = images(3, 3, 33, 47)
    with torch.no_grad():
        torch.testing.assert_close(model(x)[1:2], model(x[1:2]), rtol=1e-4, atol=1e-4)


# refusals

REFUSALS = {
    "googlenet": (googlenet, False, (14, 60), "have 14x60 pixels; this network needs"),
    "inception_v3": (inception_v3, False, (74, 99), "have 74x99 pixels"),
    "v3 in training": (
        inception_v3,
        True,
        (298, 299),
        "have 298x299 pixels; this network needs at least 299",
    ),
    "auxiliary": (
        googlenet_2014,
        True,
        (64, 64),
        "takes 14 to 16 cells a side; it got 4x4: give images of 224 pixels",
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_name_the_value_and_the_rule(case):
    build, training, sides, message = REFUSALS[case]
    model = unfilled(build).train(training)
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - the message follows
        model(torch.empty(1, 3, *sides, device="meta"))
    assert message in str(refusal.value)


@pytest.mark.parametrize(("build", "least"), [(googlenet, 15), (inception_v3, 75)])
def test_the_smallest_image_passes(build, least):
    model = unfilled(build).eval()
    assert model(torch.empty(1, 3, least, least, device="meta")).shape == (1, 1000)
