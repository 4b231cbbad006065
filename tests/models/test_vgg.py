"""VGG: all eight of torchvision's sizes, and the head as convolutions."""

import pytest
import torch
import torchvision.models as theirs
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from dlcourse.models import vgg as page
from dlcourse.models.alexnet import fully_connected
from dlcourse.models.transfer import renamed
from dlcourse.models.vgg import (
    DEPTHS,
    VGG,
    convolutional_head,
    convolutions,
    fully_convolutional,
)
from dlcourse.nn.padding import receptive_field_by_gradient
from tests.models.family import (
    learns_one_batch,
    parameters,
    same_gradients,
    same_logits,
    unfilled,
)

COUNTS = {
    "vgg11": (132_863_336, 7_609_090_048),
    "vgg11_bn": (132_868_840, 7_609_090_048),
    "vgg13": (133_047_848, 11_308_466_176),
    "vgg13_bn": (133_053_736, 11_308_466_176),
    "vgg16": (138_357_544, 15_470_264_320),
    "vgg16_bn": (138_365_992, 15_470_264_320),
    "vgg19": (143_667_240, 19_632_062_464),
    "vgg19_bn": (143_678_248, 19_632_062_464),
}


def small(layers: int = 11, classes: int = 4, width: int = 4, **options) -> VGG:
    """A narrow network of the paper's plan."""
    widths = (width, width, 2 * width, 2 * width, 2 * width)
    features = convolutions(DEPTHS[layers], widths, **options)
    return VGG(features, fully_connected(2 * width * 49, 64, classes, dropout=0.0))


def multiply_adds(model: nn.Module, side: int) -> int:
    with FlopCounterMode(display=False) as counter:
        model(torch.empty(1, 3, side, side, device="meta"))
    return counter.get_total_flops() // 2


# the worked example


def test_a_row_of_weights_by_hand():
    layer = nn.Linear(8, 1, bias=False)
    layer.bias = nn.Parameter(torch.tensor([0.5]))
    layer.weight.data = torch.arange(8.0)[None]
    head = convolutional_head(nn.Sequential(layer), side=2)
    x = torch.zeros(1, 2, 2, 3)
    x[0, 1, 0] = torch.tensor([10.0, 100, 1000])  # meets the weights 4 and 5
    assert head(x).flatten().tolist() == [540.5, 5400.5]


# counts


@pytest.mark.parametrize("name", COUNTS)
def test_parameters_and_multiply_adds_to_the_digit(name):
    count, operations = COUNTS[name]
    build = getattr(page, name)
    assert parameters(build) == count == parameters(getattr(theirs, name))
    assert multiply_adds(unfilled(build), 224) == operations


@pytest.mark.parametrize("layers", DEPTHS)
def test_the_name_counts_the_layers_with_weights(layers):
    model = unfilled(getattr(page, f"vgg{layers}"))
    assert sum(isinstance(m, nn.Conv2d | nn.Linear) for m in model.modules()) == layers


def test_shapes_stage_by_stage():
    shapes, model = {}, unfilled(page.vgg16)
    for name, layer in [*model.features.named_children(), ("", model.avgpool)]:
        layer.register_forward_hook(
            lambda _, __, y, name=name: shapes.__setitem__(name, tuple(y.shape[1:]))
        )
    model(torch.empty(1, 3, 224, 224, device="meta"))
    assert shapes[""] == (512, 7, 7)
    assert [shapes[f"pool{n}"] for n in range(1, 6)] == [
        *((64, 112, 112), (128, 56, 56), (256, 28, 28), (512, 14, 14), (512, 7, 7)),
    ]
    for name, shape in shapes.items():  # a convolution keeps the size
        if name.startswith("conv"):
            assert shape[1] == 224 >> (int(name[4]) - 1)


# equal to torchvision, in value and in gradient


@pytest.mark.parametrize("name", ["vgg11_bn", "vgg13", "vgg16_bn", "vgg19"])
def test_same_logits_as_torchvision(name):
    """Full convolutions and a small head: 120 million weights that multiply seconds away."""

    def theirs_narrow() -> nn.Module:
        model = getattr(theirs, name)()
        model.classifier = small_head()
        return model

    def ours_narrow() -> nn.Module:
        return VGG(getattr(page, name)().features, small_head())

    same_logits(ours_narrow, theirs_narrow, torch.rand(1, 3, 64, 40))


def small_head() -> nn.Sequential:
    return fully_connected(512 * 49, 8, 10)


def test_same_logits_with_the_whole_head():
    same_logits(page.vgg11, theirs.vgg11, torch.rand(1, 3, 32, 32))


@pytest.mark.parametrize("name", COUNTS)
def test_every_layer_stands_where_torchvision_has_it(name):
    ours, other = (unfilled(getattr(build, name)) for build in (page, theirs))
    for part in ("features", "classifier"):
        pairs = zip(ours.get_submodule(part), other.get_submodule(part), strict=True)
        assert all(repr(mine) == repr(its) for mine, its in pairs)
    assert set(renamed(other.state_dict(), ours)) == set(ours.state_dict())


def test_same_gradients_as_torchvision():
    from torchvision.models.vgg import make_layers

    def reference() -> nn.Module:
        plan = [4, "M", 4, "M", 8, 8, "M", 8, 8, "M", 8, 8, "M"]
        model = theirs.VGG(make_layers(plan, batch_norm=True), init_weights=False)
        model.classifier = fully_connected(8 * 49, 64, 4)
        return model

    same_gradients(lambda: small(norm=True), reference, torch.rand(2, 3, 64, 32))


def test_initial_weights_have_the_spread_of_torchvision():
    features, head = (
        convolutions((1, 1), (32, 64), norm=True),
        fully_connected(100, 50, 9),
    )
    model = VGG(features, head)
    assert abs(model.features.conv2_1.weight.std() / (2 / (64 * 9)) ** 0.5 - 1) < 0.05
    assert abs(model.classifier.fc6.weight.std() / 0.01 - 1) < 0.05
    assert not any(
        p.any() for n, p in model.named_parameters() if "c" in n and "bias" in n
    )
    assert (model.features.norm1_1.weight == 1).all()


# the head as convolutions


def test_for_the_usual_size_the_two_heads_agree():
    model = small().double().eval()
    x = torch.rand(2, 3, 224, 224, dtype=torch.float64)
    scores = fully_convolutional(model)(x)
    assert scores.shape == (2, 4, 1, 1)
    torch.testing.assert_close(scores.flatten(1), model(x), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    ("side", "places"), [(224, 1), (256, 2), (384, 6), (448, 8), (512, 10)]
)
def test_places_of_the_window(side, places):
    dense = unfilled(lambda: fully_convolutional(small()))
    scores = dense(torch.empty(1, 3, side, side, device="meta"))
    assert scores.shape == (1, 4, places, places)


def test_a_window_of_the_map_gets_its_own_scores():
    classifier = fully_connected(3 * 16, 8, 5).double().eval()
    x = torch.rand(2, 3, 6, 7, dtype=torch.float64)
    scores = convolutional_head(classifier, side=4)(x)
    assert scores.shape == (2, 5, 3, 4)
    for row, column in ((0, 0), (1, 3), (2, 2)):
        window = x[:, :, row : row + 4, column : column + 4]
        expected = classifier(window.flatten(1))
        torch.testing.assert_close(scores[:, :, row, column], expected)


def test_the_weights_are_shared():
    classifier = fully_connected(3 * 16, 8, 5)
    head = convolutional_head(classifier, side=4)
    assert head.fc6.weight.data_ptr() == classifier.fc6.weight.data_ptr()
    assert head.fc8.bias.data_ptr() == classifier.fc8.bias.data_ptr()


# it learns


@pytest.mark.parametrize(("norm", "rate"), [(False, 3e-3), (True, 1e-2)])
def test_learns_one_batch(norm, rate):
    images = torch.randn(4, 3, 64, 64)
    learns_one_batch(lambda: small(width=8, norm=norm), images, steps=120, rate=rate)


# invariants


@pytest.mark.parametrize(("depth", "size"), [(1, 3), (2, 5), (3, 7)])
def test_a_stack_of_three_by_three_sees_as_much_as_one_larger_kernel(depth, size):
    layers = convolutions((depth,), (8,))[:-1].eval()
    field = receptive_field_by_gradient(layers, torch.rand(16, 3, 9, 32))
    assert (field.size, field.jump) == (size, 1)


def test_the_least_side_leaves_one_pixel():
    features = small().features
    assert features(torch.rand(1, 3, 32, 63)).shape[-2:] == (1, 1)
    with pytest.raises(RuntimeError, match="too small"):
        features(torch.rand(1, 3, 31, 32))


# refusals

REFUSALS = {
    "small": (
        lambda: small()(torch.zeros(1, 3, 31, 64)),
        "the images have 31x64 pixels; this network needs at least 32 on each side",
    ),
    "head": (
        lambda: convolutional_head(nn.Sequential(nn.Linear(100, 2)), side=7),
        "the layer reads 100 numbers, which is no number of channels times 7x7 pixels",
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_name_the_value_and_the_rule(case):
    call, message = REFUSALS[case]
    with pytest.raises(ValueError, match=message):
        call()
