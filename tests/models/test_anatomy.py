"""Anatomy: rows and totals against torch's own counter, published numbers and traced gradients."""

import warnings

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from dlcourse.models.anatomy import layer_table, totals, walk
from dlcourse.models.anatomy.walk import drawn
from dlcourse.nn.convolution import Conv2d
from dlcourse.nn.padding import ReceptiveField, receptive_field_by_gradient

IMAGE = (1, 3, 224, 224)


def unfilled(build, *shape):
    with torch.device("meta"):
        return build(), torch.empty(*shape)


def torchvision_network(name, **options):
    from torchvision import models

    with (
        warnings.catch_warnings()
    ):  # GoogLeNet warns that its initial weights will change
        warnings.simplefilter("ignore")
        return unfilled(lambda: getattr(models, name)(weights=None, **options), *IMAGE)


# a network small enough to count by hand


class Small(nn.Module):
    """A block, its shortcut, and a layer that is called twice."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 4, 3, bias=False), nn.ReLU())
        self.twice = nn.Conv2d(4, 4, 3, padding=1)
        self.head = nn.Linear(4, 10)

    def forward(self, x):
        x = self.stem(x)
        x = x + self.twice(self.twice(x))
        return self.head(x.mean((2, 3)))


def test_a_row_a_call():
    rows = layer_table(*unfilled(Small, 1, 1, 8, 8))
    assert [tuple(row[:5]) for row in rows] == [
        ("stem.0", "Conv2d", (4, 6, 6), 36, 36 * 36),
        ("stem.1", "ReLU", (4, 6, 6), 0, 0),
        ("twice", "Conv2d", (4, 6, 6), 148, 36 * 144),
        ("twice", "Conv2d", (4, 6, 6), 0, 36 * 144),
        ("head", "Linear", (10,), 50, 40),
    ]
    assert [row.field and row.field.size for row in rows] == [3, 3, 5, 7, None]
    assert rows[3].field == ReceptiveField(7, 1, -2)


def test_a_row_a_part():
    rows = layer_table(*unfilled(Small, 1, 1, 8, 8), depth=1)
    assert [row.name for row in rows] == ["stem", "twice", "twice", "head"]
    (row,) = layer_table(*unfilled(Small, 1, 1, 8, 8), depth=0)
    assert (row.name, row.kind, row.shape) == ("", "Small", (10,))
    assert row.parameters == 36 + 148 + 50


def test_totals_by_hand():
    assert totals(*unfilled(Small, 1, 1, 8, 8)) == (
        36 + 148 + 50,
        36 * 36 + 2 * 36 * 144 + 40,
        3 * 144 + 10,
        4,
    )


def test_counts_are_for_one_image():
    model, x = unfilled(Small, 5, 1, 8, 8)
    assert totals(model, x) == totals(model, x[:1])
    assert layer_table(model, x) == layer_table(model, x[:1])


def test_numbers_are_counted_as_shapes_are():
    model = Small()
    assert layer_table(model, torch.rand(1, 1, 8, 8)) == layer_table(
        *unfilled(Small, 1, 1, 8, 8)
    )


def test_inference_mode_changes_nothing():
    model, x = Small(), torch.rand(1, 1, 8, 8)
    with torch.inference_mode():
        assert layer_table(model, 1 * x) == layer_table(model, x)
        assert totals(model, x).multiply_adds > 0


# against torch's counter, and the papers' depths

PUBLISHED = {
    "alexnet": (61_100_840, 714_188_480, 8),
    "vgg16": (138_357_544, 15_470_264_320, 16),
    "resnet18": (11_689_512, 1_814_073_344, 18),
    "resnext50_32x4d": (25_028_904, 4_230_479_872, 50),
    "googlenet": (6_624_904, 1_498_376_192, 22),
    "densenet121": (7_978_856, 2_834_161_664, 121),
    "mobilenet_v2": (3_504_872, 300_774_272, 53),
    "efficientnet_b0": (5_288_548, 385_814_752, 82),
}
OPTIONS = {"googlenet": {"aux_logits": False, "init_weights": False}}


@pytest.mark.parametrize("name", PUBLISHED)
def test_networks_of_torchvision(name):
    model, x = torchvision_network(name, **OPTIONS.get(name, {}))
    found = totals(model, x)
    assert (found.parameters, found.multiply_adds, found.depth) == PUBLISHED[name]
    with FlopCounterMode(display=False) as counter:
        model.eval()(x)
    assert counter.get_total_flops() == 2 * found.multiply_adds
    rows = layer_table(model, x)
    assert sum(row.multiply_adds for row in rows) == found.multiply_adds
    assert sum(row.parameters for row in rows) == found.parameters


def test_classifiers_that_are_not_asked_cost_parameters_only():
    model, x = torchvision_network("googlenet", init_weights=False)
    with_two, without = totals(model, x), PUBLISHED["googlenet"]
    assert with_two.parameters == without[0] + 6_379_984
    assert with_two.multiply_adds == without[1]


PRODUCTS = {
    "strided, in groups": (lambda: nn.Conv2d(6, 9, 3, 2, groups=3), (2, 6, 9, 9)),
    "transposed": (lambda: nn.ConvTranspose2d(6, 9, 3, 2, groups=3), (2, 6, 5, 5)),
    "one side": (lambda: nn.Conv1d(6, 9, 3), (2, 6, 9)),
    "linear at every place": (lambda: nn.Linear(6, 9, bias=False), (2, 5, 6)),
    "our own": (lambda: Conv2d(6, 9, 3, padding=1, groups=3), (2, 6, 9, 9)),
    "attention": (lambda: lambda x: x @ x.mT, (2, 5, 6)),
}


class Function(nn.Module):
    """A module around a function."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


@pytest.mark.parametrize("name", PRODUCTS)
def test_products_of_all_sorts(name):
    build, shape = PRODUCTS[name]
    model, x = build(), torch.rand(shape)
    model = model if isinstance(model, nn.Module) else Function(model)
    with FlopCounterMode(display=False) as counter:
        output = model(x)
    found = totals(model, x)
    assert found.multiply_adds * 2 * len(x) == counter.get_total_flops() > 0
    assert (found.activations * len(x), found.depth) == (output.numel(), 1)


# receptive fields

FIELDS = {
    "alexnet": ("features", ReceptiveField(195, 32, -66)),
    "vgg16": ("features", ReceptiveField(212, 32, -90)),
    "resnet18": ("layer4", ReceptiveField(435, 32, -217)),
    "mobilenet_v2": ("features", ReceptiveField(491, 32, -245)),
}


@pytest.mark.parametrize("name", FIELDS)
def test_published_receptive_fields(name):
    part, field = FIELDS[name]
    rows = {row.name: row for row in layer_table(*torchvision_network(name), depth=1)}
    assert rows[part].field == field


WAYS = {
    "a stack": nn.Sequential(
        nn.Conv2d(1, 2, 5, 2, 1, dilation=2), nn.ReLU(), nn.AvgPool2d(3, 2, 1)
    ),
    "largest of a window": nn.Sequential(nn.Conv2d(1, 2, 3), nn.MaxPool2d(3, 2)),
    "ways of two widths": Function(
        lambda x: torch.cat([F.avg_pool2d(x, 5, 1, 2), F.avg_pool2d(x, 3, 1, 1)], 1)
    ),
    "uneven windows meet": Function(
        lambda x: F.avg_pool2d(x, 4, 1, 2)[..., :-1, :-1] + F.avg_pool2d(x, 3, 1, 1)
    ),
    "a side longer than the other": Function(
        lambda x: F.avg_pool2d(x, (1, 7), 1, (0, 3))
    ),
    "padded before": Function(lambda x: F.avg_pool2d(F.pad(x, (2, 1, 2, 1)), 4, 1)),
    "every second cell": Function(lambda x: F.avg_pool2d(x, 3, 1, 1)[..., 1::2, 1::2]),
    "bins": nn.AdaptiveAvgPool2d(10),
    "a shortcut that skips cells": Function(
        lambda x: x[..., ::2, ::2] + F.avg_pool2d(x, 3, 2, 1)
    ),
}


@pytest.mark.parametrize("name", WAYS)
def test_fields_equal_those_of_the_gradient(name):
    model, x = WAYS[name].double(), torch.rand(8, 1, 40, 40).double()
    (row,) = layer_table(model, x, depth=0)
    assert row.field == receptive_field_by_gradient(model, x)


WHOLE = {
    "global average": nn.AdaptiveAvgPool2d(1),
    "mean": Function(lambda x: x.mean((-1, -2), keepdim=True)),
    "largest": Function(lambda x: x.amax((2, 3))),
    "dense": nn.Sequential(nn.Flatten(), nn.Linear(192, 2)),
    "gate": Function(lambda x: x * x.mean((2, 3), keepdim=True).sigmoid()),
    "bins of two sizes": nn.AdaptiveAvgPool2d(5),
    "transposed": nn.ConvTranspose2d(3, 3, 2, 2),
}


@pytest.mark.parametrize("name", WHOLE)
def test_no_field_where_the_whole_image_is_seen(name):
    (row,) = layer_table(WHOLE[name], torch.rand(1, 3, 8, 8), depth=0)
    assert row.field is None


def test_channels_are_no_sides():
    (row,) = layer_table(Function(lambda x: x[:, 1:].mean(1)), torch.rand(1, 3, 8, 8))
    assert row.field == ReceptiveField()


# what networks do


def test_several_outputs_and_none():
    class Odd(nn.Module):
        def forward(self, x):
            return {"first": [x[:, :1], x]}

    class Silent(nn.Module):
        def forward(self, x):
            return None

    x = torch.rand(1, 2, 4, 4)
    (row,) = layer_table(Odd(), x)
    assert row.shape == (1, 4, 4)
    assert layer_table(Silent(), x) == []


def test_a_module_under_two_names_and_a_shared_weight():
    shared = nn.Linear(3, 3)
    tied = nn.Linear(3, 3, bias=False)
    tied.weight = shared.weight
    model = nn.Sequential(shared, shared, tied)
    rows = layer_table(model, torch.rand(1, 3))
    assert [row.name for row in rows] == ["0", "0", "2"]
    assert [row.parameters for row in rows] == [12, 0, 0]
    assert totals(model, torch.rand(1, 3))[:2] == (12, 27)


def test_the_model_is_left_as_it_was():
    model = nn.Sequential(nn.BatchNorm2d(3), nn.Dropout(0.5).eval(), nn.Flatten())
    before = {name: t.clone() for name, t in model.state_dict().items()}
    layer_table(model, torch.rand(2, 3, 4, 4))
    assert [module.training for module in model] == [True, False, True]
    assert all(torch.equal(t, before[n]) for n, t in model.state_dict().items())
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model)
    with pytest.raises(RuntimeError):
        layer_table(model, torch.rand(2, 5, 4, 4))
    assert [module.training for module in model] == [True, False, True]
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model)


# the walk


def test_a_walk_tells_the_table_and_draws():
    model, x = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2)), None
    x = torch.rand(1, 1, 32, 32)
    first, second = walk(model, x, maps=2, side=7)
    assert (first["name"], first["shape"], first["parameters"]) == (
        "0",
        [6, 28, 28],
        156,
    )
    assert first["multiplyAdds"] == 117_600
    assert (first["field"], second["field"]) == ([5, 1, 0], [6, 2, 0])
    assert [each["shape"] for each in first["maps"]] == [[7, 7]] * 2
    one = first["maps"][0]
    after = model[:2](x)[0, one["channel"]]  # the step shows what ReLU has left
    assert one["cells"] == drawn(after.detach(), 7)["cells"]


def test_a_walk_draws_the_channels_that_vary_most():
    x = torch.rand(1, 1, 8, 8)
    model = Function(lambda x: torch.cat([x, 9 * x, 0 * x, 3 * x], dim=1))
    (step,) = walk(model, x, maps=2)
    assert [each["channel"] for each in step["maps"]] == [1, 3]


def test_normalization_and_flattening_are_no_steps():
    model = nn.Sequential(
        *(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten()),
        *(nn.Dropout(), nn.Linear(144, 3)),
    )
    steps = walk(model, torch.rand(1, 1, 8, 8))
    assert [step["name"] for step in steps] == ["0", "5"]
    assert (steps[0]["parameters"], steps[0]["shape"]) == (40 + 8, [4, 6, 6])
    assert steps[1]["maps"][0]["shape"] == [1, 3]
    assert steps[1]["field"] is None


def test_levels_go_from_the_least_to_the_most():
    assert drawn(torch.full((2, 2), 3.0), 2)["cells"] == "0000"
    x = torch.randn(20, 30)
    cells = drawn(x, 10)["cells"]
    assert len(cells) == 100
    assert {"0", "f"} <= set(cells)
