"""AlexNet: torchvision's single tower and the paper's two groups, counted and compared."""

import pytest
import torch
import torch.nn.functional as F
import torchvision.models as theirs
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from dlcourse.models import alexnet as page
from dlcourse.models.alexnet import (
    AlexNet,
    alexnet,
    alexnet_2012,
    convolutions,
    fully_connected,
)
from dlcourse.models.transfer import renamed
from dlcourse.nn.normalization import local_response_norm
from dlcourse.nn.padding import receptive_field_by_gradient
from tests.models.family import (
    learns_one_batch,
    parameters,
    same_gradients,
    same_logits,
    unfilled,
    with_random_weights,
)

TOWERS = {
    "torchvision's": (alexnet, 224, 61_100_840, 714_188_480),
    "two groups": (alexnet_2012, 227, 60_965_224, 724_406_816),
    "one tower": (lambda: alexnet_2012(groups=1), 227, 62_378_344, 1_135_256_096),
}


def small(classes: int = 4, **options) -> AlexNet:
    """A narrow network of the paper's plan."""
    features = convolutions((8, 16, 16, 16, 16), **options)
    return AlexNet(features, fully_connected(16 * 36, 32, classes, dropout=0.0))


def multiply_adds(model: nn.Module, side: int) -> int:
    with FlopCounterMode(display=False) as counter:
        model(torch.empty(1, 3, side, side, device="meta"))
    return counter.get_total_flops() // 2


# the worked example


def test_sizes_by_hand():
    model, sizes = small(), {}
    for name, layer in model.features.named_children():
        layer.register_forward_hook(
            lambda _, __, y, name=name: sizes.__setitem__(name, y.shape[-1])
        )
    model(torch.zeros(1, 3, 227, 227))
    found = [sizes[name] for name in ("conv1", "pool1", "conv2", "pool2", "pool5")]
    assert found == [55, 27, 27, 13, 6]  # (227 - 11) / 4 + 1, (55 - 3) / 2 + 1, ...


# counts


@pytest.mark.parametrize("name", TOWERS)
def test_parameters_and_multiply_adds_to_the_digit(name):
    build, side, count, operations = TOWERS[name]
    assert parameters(build) == count
    assert multiply_adds(unfilled(build), side) == operations


@pytest.mark.parametrize(
    ("groups", "counts"),
    [
        (1, [34_944, 614_656, 885_120, 1_327_488, 884_992]),
        (2, [34_944, 307_456, 885_120, 663_936, 442_624]),
    ],
)
def test_parameters_layer_by_layer(groups, counts):
    model = unfilled(lambda: alexnet_2012(groups=groups))
    layers = dict(model.named_modules())
    dense = [37_752_832, 16_781_312, 4_097_000]
    names = [f"features.conv{n}" for n in range(1, 6)]
    names += [f"classifier.fc{n}" for n in (6, 7, 8)]
    found = [sum(p.numel() for p in layers[name].parameters()) for name in names]
    assert found == counts + dense


STAGES = {  # paper: figure 2, with 227 pixels for its 224
    "features.conv1": (96, 55, 55),
    "features.norm1": (96, 55, 55),
    "features.pool1": (96, 27, 27),
    "features.conv2": (256, 27, 27),
    "features.pool2": (256, 13, 13),
    "features.conv3": (384, 13, 13),
    "features.conv4": (384, 13, 13),
    "features.conv5": (256, 13, 13),
    "features.pool5": (256, 6, 6),
    "avgpool": (256, 6, 6),
    "classifier.fc6": (4096,),
    "classifier.fc7": (4096,),
    "classifier.fc8": (1000,),
}


def test_shapes_stage_by_stage():
    model, shapes = unfilled(alexnet_2012), {}
    for name in STAGES:
        model.get_submodule(name).register_forward_hook(
            lambda _, __, y, name=name: shapes.__setitem__(name, tuple(y.shape[1:]))
        )
    model(torch.empty(1, 3, 227, 227, device="meta"))
    assert shapes == STAGES


def test_the_order_is_relu_normalization_pooling():
    names = [name for name, _ in convolutions((8,) * 5, response=True).named_children()]
    assert names == [
        *("conv1", "relu1", "norm1", "pool1", "conv2", "relu2", "norm2", "pool2"),
        *("conv3", "relu3", "conv4", "relu4", "conv5", "relu5", "pool5"),
    ]


def test_dropout_is_where_each_puts_it():
    ours, paper = unfilled(alexnet).classifier, unfilled(alexnet_2012).classifier
    assert list(dict(ours.named_children()))[:3] == ["drop6", "fc6", "relu6"]
    assert list(dict(paper.named_children()))[:3] == ["fc6", "relu6", "drop6"]
    kinds = [type(layer) for layer in theirs.AlexNet().classifier]
    assert [type(layer) for layer in ours] == kinds


# equal to torchvision, in value and in gradient


@pytest.mark.parametrize("side", [64, 224])
def test_same_logits_as_torchvision(side):
    same_logits(alexnet, theirs.alexnet, torch.rand(1, 3, side, side))


def test_same_gradients_as_torchvision():
    # narrow, since 61 million float64 weights are half a gigabyte
    def reference() -> nn.Module:
        model = theirs.AlexNet(num_classes=4)
        features, head = convolutions((8, 16, 16, 16, 16), padding=2), model.classifier
        kinds = [type(layer) for layer in model.features]
        assert [type(layer) for layer in features] == kinds
        model.features = nn.Sequential(*features.children())
        head[1], head[4] = nn.Linear(16 * 36, 32), nn.Linear(32, 32)
        head[6] = nn.Linear(32, 4)
        return model

    same_gradients(lambda: small(padding=2), reference, torch.rand(2, 3, 72, 64))


def test_torchvision_takes_our_weights_too():
    model = with_random_weights(alexnet)
    other = unfilled(theirs.alexnet).to_empty(device="cpu").eval()
    other.load_state_dict(renamed(model.state_dict(), other))
    x = torch.rand(1, 3, 63, 63)
    torch.testing.assert_close(model.eval()(x), other(x))


def test_the_normalization_is_that_of_the_paper():
    a = 100 * torch.rand(1, 12, 2, 2, dtype=torch.float64)
    b = torch.empty_like(a)
    for i in range(12):
        window = a[:, max(0, i - 2) : i + 3]
        b[:, i] = a[:, i] / (2 + 1e-4 * window.square().sum(dim=1)) ** 0.75
    norm = page.response_norm()
    torch.testing.assert_close(norm(a), b, rtol=1e-10, atol=1e-10)
    settings = norm.size, norm.alpha, norm.beta, norm.k
    torch.testing.assert_close(local_response_norm(a, *settings), b)


def test_the_paper_as_functions():
    """The whole network again, in two halves that meet where the paper's cards do."""
    model = small(groups=2, response=True).double().eval()
    weights = dict(model.named_parameters())

    def conv(x, n, **options):
        weight, bias = (weights[f"features.conv{n}.{p}"] for p in ("weight", "bias"))
        return F.conv2d(x, weight, bias, **options).relu()

    def halves(x, n, padding):
        parts = [
            F.conv2d(half, weight, bias, padding=padding).relu()
            for half, weight, bias in zip(
                x.chunk(2, dim=1),
                weights[f"features.conv{n}.weight"].chunk(2),
                weights[f"features.conv{n}.bias"].chunk(2),
                strict=True,
            )
        ]
        return torch.cat(parts, dim=1)

    x = torch.rand(2, 3, 227, 227, dtype=torch.float64)
    y = F.max_pool2d(
        local_response_norm(conv(x, 1, stride=4), 5, 5e-4, 0.75, 2.0), 3, 2
    )
    y = F.max_pool2d(local_response_norm(halves(y, 2, 2), 5, 5e-4, 0.75, 2.0), 3, 2)
    y = halves(halves(conv(y, 3, padding=1), 4, 1), 5, 1)
    y = F.max_pool2d(y, 3, 2).flatten(1)
    for n in (6, 7, 8):
        weight, bias = (weights[f"classifier.fc{n}.{p}"] for p in ("weight", "bias"))
        y = F.linear(y, weight, bias)
        y = y.relu() if n < 8 else y
    torch.testing.assert_close(model(x), y, rtol=1e-10, atol=1e-10)


# it learns


def test_learns_one_batch():
    images = torch.randn(4, 3, 99, 99)
    learns_one_batch(lambda: small(response=True, groups=2), images, rate=3e-3)


def test_initial_weights_are_those_of_the_paper():
    model = small(groups=2)
    page.initialize_2012(model)
    for name, value in model.named_parameters():
        if name.endswith("weight"):
            assert abs(value.std().item() / 0.01 - 1) < 0.15, name
        else:
            on = any(part in name for part in ("conv2", "conv4", "conv5", "fc6", "fc7"))
            assert (value == float(on)).all(), name


# invariants


def test_halves_stay_apart_until_the_third_convolution():
    layers = convolutions((8, 8, 8, 8, 8), groups=2, response=False).double()
    first = torch.rand(1, 8, 9, 9, dtype=torch.float64)
    changed = first.clone()
    changed[:, :4] += 1
    second, third = layers.conv2, layers.conv3
    assert torch.equal(second(first)[:, 4:], second(changed)[:, 4:])
    assert not torch.equal(second(first)[:, :4], second(changed)[:, :4])
    seen = third(second(first)) != third(second(changed))
    assert seen.any(dim=(0, 2, 3)).all()


def test_receptive_field():
    features = convolutions((8, 8, 8, 8, 8), padding=2).eval()
    field = receptive_field_by_gradient(features, torch.rand(8, 3, 63, 480))
    assert (field.size, field.jump) == (195, 32)


@pytest.mark.parametrize("padding", [0, 2])
def test_the_least_side_leaves_one_pixel(padding):
    features = convolutions((8, 8, 8, 8, 8), padding=padding)
    model = AlexNet(features, fully_connected(8 * 36, 8, 2))
    assert features(torch.rand(1, 3, model.least, model.least)).shape[-2:] == (1, 1)
    with pytest.raises(RuntimeError, match="too small"):
        features(torch.rand(1, 3, model.least - 1, model.least - 1))


def test_at_its_own_size_no_pixel_is_averaged():
    x = torch.rand(1, 8, 6, 6)
    assert torch.equal(small().avgpool(x), x)


# refusals


@pytest.mark.usefixtures("as_in_use")
def test_small_images_are_refused():
    with pytest.raises(ValueError, match="the images have 40x90 pixels; this network"):
        small()(torch.zeros(1, 3, 40, 90))
