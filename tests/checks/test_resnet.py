"""The checks of classic blocks: the references are the package's modules, and slips get words."""

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dlcourse.checks import resnet as checks
from dlcourse.checks.judging import Check, Draw
from dlcourse.models.densenet import DenseBlock
from dlcourse.models.efficientnet import SqueezeExcitation
from dlcourse.models.inception import Inception
from dlcourse.models.mobilenet import InvertedResidual, separable
from dlcourse.models.resnet import (
    BasicBlock,
    PreactivationBlock,
    projected,
    zero_padded,
)

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}


# the references are the package's modules


def shortcut(x: Tensor, channels: int, stride: int, weight: Tensor | None) -> nn.Module:
    make = zero_padded if weight is None else projected
    return make(x.shape[1], channels, stride)


def residual_block(
    x: Tensor, weight1: Tensor, stride: int, shortcut_weight: Tensor | None, **_: Tensor
) -> nn.Module:
    make = zero_padded if shortcut_weight is None else projected
    return BasicBlock(x.shape[1], len(weight1), stride, make)


def preactivation_block(x: Tensor, **_: Tensor) -> nn.Module:
    return PreactivationBlock(x.shape[1], x.shape[1])


def inception_module(x: Tensor, **weights: Tensor) -> nn.Module:
    return Inception(x.shape[1], *(len(weight) for weight in weights.values()))


def dense_block(x: Tensor, weight1: Tensor, **_: Tensor) -> nn.Module:
    return DenseBlock(3, x.shape[1], len(weight1), bn_size=0)


def separable_block(
    x: Tensor, pointwise: Tensor, stride: int, **_: Tensor
) -> nn.Module:
    return separable(x.shape[1], len(pointwise), stride)


def inverted_residual(
    x: Tensor, expand: Tensor, project: Tensor, stride: int, **_: Tensor
) -> nn.Module:
    ratio = len(expand) // x.shape[1]
    return InvertedResidual(x.shape[1], len(project), stride, ratio)


def squeeze_excitation(x: Tensor, weight1: Tensor, **_: Tensor) -> nn.Module:
    return SqueezeExcitation(x.shape[1], len(weight1))


MODULES: dict[str, Callable[..., nn.Module]] = {
    function.__name__: function
    for function in (
        shortcut,
        residual_block,
        preactivation_block,
        inception_module,
        dense_block,
        separable_block,
        inverted_residual,
        squeeze_excitation,
    )
}


def same_shape(task: str, arguments: dict) -> bool:
    """A block that keeps the shape, where the package's projection is empty."""
    name = {"shortcut": "weight", "residual_block": "shortcut_weight"}.get(task)
    weight = arguments[name] if name else None
    return weight is not None and weight.shape[0] == weight.shape[1]


def filled(module: nn.Module, arguments: dict) -> nn.Module:
    """Take normalization out of a module and fill its layers, in their order, from a case."""
    module = module.double().eval()
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.eps = 0.0  # mean 0 and variance 1 then leave everything as it is
    learned = [
        parameter
        for layer in module.modules()
        if isinstance(layer, nn.Conv2d)
        for parameter in layer.parameters(recurse=False)
    ]
    given = [
        a for name, a in arguments.items() if name != "x" and isinstance(a, Tensor)
    ]
    for own, value in zip(learned, given, strict=True):
        own.data = value.view_as(own)
    return module


@pytest.mark.parametrize("task", MODULES)
def test_the_reference_is_the_packages_module(task):
    assert MODULES.keys() == CHECKS.keys()
    source, compared = Draw(0), 0
    for _ in range(12):
        arguments = CHECKS[task].draw(source).arguments
        if not same_shape(task, arguments):
            module = filled(MODULES[task](**arguments), arguments)
            expected = module(arguments["x"])
            torch.testing.assert_close(CHECKS[task].reference(**arguments), expected)
            compared += 1
    assert compared >= 6


# what no list of mistakes foresees


def without_stride(x, weight1, weight2, stride=1, shortcut_weight=None):
    y = F.conv2d(
        F.conv2d(x, weight1, padding=1, stride=stride).relu(), weight2, padding=1
    )
    past = x if shortcut_weight is None else F.conv2d(x, shortcut_weight)
    return (y + past).relu()


def fed_the_last_only(x, weight1, weight2, weight3):
    maps = [x]
    for weight in (weight1, weight2, weight3):
        maps.append(F.conv2d(maps[-1].relu(), weight, padding=1))
    return torch.cat(maps, dim=1)


def in_place(x, weight1, weight2):
    y = F.conv2d(x.relu_(), weight1, padding=1)
    return x + F.conv2d(y.relu(), weight2, padding=1)


def unpooled_size(x, weight1, reduce3, weight3, reduce5, weight5, weight_pool):
    pooled = F.conv2d(F.max_pool2d(x, 3), weight_pool)
    return torch.cat([F.conv2d(x, weight1), pooled], dim=1)


def ungrouped(x, depthwise, pointwise, stride=1):
    return F.conv2d(F.conv2d(x, depthwise, stride=stride), pointwise)


STUDENTS = {
    "projection without stride": (
        "residual_block",
        without_stride,
        "must match the size",
    ),
    "last map only": ("dense_block", fed_the_last_only, "channels, but got"),
    "in place": ("preactivation_block", in_place, "it changed its argument x"),
    "pooling at its own stride": (
        "inception_module",
        unpooled_size,
        "Sizes of tensors",
    ),
    "no groups": ("separable_block", ungrouped, "channels, but got"),
    "nothing returned": (
        "squeeze_excitation",
        lambda **_: None,
        "is the return missing?",
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", STUDENTS)
def test_what_a_student_reads(case):
    task, function, message = STUDENTS[case]
    assert message in CHECKS[task].judge(function, seed=1).message


@pytest.mark.usefixtures("as_in_use")
def test_a_wrong_shortcut_costs_its_own_points_only():
    block = CHECKS["residual_block"]

    def residual(x, weight1, weight2, stride=1, shortcut_weight=None):
        y = F.conv2d(x, weight1, stride=stride, padding=1).relu()
        y = F.conv2d(y, weight2, padding=1)
        return (y + shortcut(x, weight2.shape[0], stride, shortcut_weight)).relu()

    residual.__globals__["shortcut"], own = lambda x, *_: x, shortcut
    verdict = block.judge(residual, seed=1)
    residual.__globals__["shortcut"] = own
    assert verdict.right
    assert verdict.helped
