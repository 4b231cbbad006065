"""The checks of transfer: the references do what torch and the package do, and slips get words."""

import pytest
import torch
import torch.nn.functional as F
from sklearn.neighbors import NearestCentroid
from torch import nn
from torchvision.transforms.functional import normalize

from dlcourse.checks import transfer as checks
from dlcourse.checks.judging import Check, Draw
from dlcourse.models import transfer as package

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}


def cases(task: str) -> list[dict]:
    source = Draw(3)
    return [CHECKS[task].draw(source).arguments for _ in range(5)]


def test_images_are_normalized_as_torchvision_does():
    for case in cases("normalize_images"):
        expected = normalize(case["x"], case["mean"].tolist(), case["std"].tolist())
        torch.testing.assert_close(checks.normalize_images.reference(**case), expected)


def test_a_grey_weight_answers_as_the_old_one_does_to_copies():
    for case in cases("grey_weight"):
        grey = torch.randn(2, 1, 9, 10, dtype=torch.float64)
        expected = F.conv2d(grey.expand(-1, 3, -1, -1), case["weight"])
        new = checks.grey_weight.reference(**case)
        torch.testing.assert_close(F.conv2d(grey, new), expected)


@pytest.mark.parametrize("frozen", [0, 1, 2])
def test_what_trains_is_what_the_package_leaves_to_train(frozen):
    model = package.small_pretrained()
    layers = [*model[:3], model.fc]
    counts = tuple(sum(p.numel() for p in layer.parameters()) for layer in layers)
    model = package.replace_head(model, 5)
    for layer in layers[:frozen]:
        package.freeze(layer)
    expected = sum(p.numel() for p in model.parameters() if p.requires_grad)
    assert checks.trainable_parameters.reference(counts, frozen, 32, 5) == expected


def test_a_layered_step_is_the_packages_rates_in_torchs_sgd():
    for case in cases("layered_step"):
        layers = [nn.Linear(len(row), 1, bias=False) for row in case["weights"]]
        for layer, row, slope in zip(
            layers, case["weights"], case["gradients"], strict=True
        ):
            layer.weight.data, layer.weight.grad = row[None].clone(), slope[None]
        groups = package.layer_rates(layers, case["lr"], case["decay"])
        torch.optim.SGD(groups).step()
        expected = torch.cat([layer.weight.detach() for layer in layers])
        torch.testing.assert_close(checks.layered_step.reference(**case), expected)


def test_a_probe_step_is_autograds():
    for case in cases("probe_step"):
        weight, bias = (
            case[name].clone().requires_grad_() for name in ("weight", "bias")
        )
        F.cross_entropy(
            F.linear(case["features"], weight, bias), case["labels"]
        ).backward()
        torch.optim.SGD([weight, bias], case["lr"]).step()
        new = checks.probe_step.reference(**case)
        torch.testing.assert_close(new, (weight.detach(), bias.detach()))


def test_the_nearest_centroid_is_that_of_scikit_learn():
    for case in cases("nearest_centroid"):
        model = NearestCentroid().fit(case["features"].numpy(), case["labels"].numpy())
        expected = torch.tensor(model.predict(case["queries"].numpy()))
        assert checks.nearest_centroid.reference(**case).equal(expected)


# what no list of mistakes foresees


def in_place(x, mean, std):
    x -= mean[:, None, None]
    return x / std[:, None, None]


def step_in_place(weights, gradients, lr, decay):
    for i in range(len(weights)):
        weights[i] -= lr * decay ** (len(weights) - 1 - i) * gradients[i]
    return weights


def by_autograd(features, labels, weight, bias, lr):
    weight, bias = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    F.cross_entropy(features @ weight.T + bias, labels).backward()
    return (weight - lr * weight.grad).detach(), (bias - lr * bias.grad).detach()


def one_result(features, labels, weight, bias, lr):
    return weight


STUDENTS = {
    "in place": ("normalize_images", in_place, "it changed its argument x"),
    "weights in place": (
        "layered_step",
        step_in_place,
        "it changed its argument weights",
    ),
    "autograd": ("probe_step", by_autograd, "it runs torch's nll_loss_forward"),
    "the bias forgotten": ("probe_step", one_result, "and a tuple of 2 is right"),
    "a float": (
        "trainable_parameters",
        lambda counts, frozen, features, num_classes: 1.0,
        "a whole number (int) is right",
    ),
    "distances": (
        "nearest_centroid",
        lambda features, labels, queries, classes: torch.cdist(queries, features),
        "the result has shape",
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", STUDENTS)
def test_what_a_student_reads(case):
    task, function, message = STUDENTS[case]
    assert message in CHECKS[task].judge(function, seed=1).message
