"""The checks of style transfer: the references do what torch does, and slips get words."""

import pytest
import torch
import torch.nn.functional as F

from dlcourse.checks import gatys as checks
from dlcourse.checks.judging import Check, Draw

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}


def cases(task: str) -> list[dict]:
    source = Draw(3)
    return [CHECKS[task].draw(source).arguments for _ in range(5)]


def gram(maps):
    """Place by place, as the formula says."""
    return torch.einsum("bihw,bjhw->bij", maps, maps) / maps[0].numel()


def by_hand(pictures, first, second, alpha, beta):
    shallow = F.relu(F.conv2d(pictures, first))
    deep = F.relu(F.conv2d(shallow, second))
    with torch.no_grad():
        wanted, looks = deep[1:2].clone(), [gram(x[2:]) for x in (shallow, deep)]
    content = F.mse_loss(deep[:1], wanted)
    pairs = zip((shallow, deep), looks, strict=True)
    style = sum(F.mse_loss(gram(x[:1]), y, reduction="sum") for x, y in pairs) / 2
    return alpha * content + beta * style


def test_the_losses_are_torchs():
    for case in cases("gram_matrix"):
        right = checks.gram_matrix.reference(**case)
        torch.testing.assert_close(right, gram(case["features"]))
    for case in cases("content_loss"):
        right = checks.content_loss.reference(**case)
        torch.testing.assert_close(right, F.mse_loss(case["features"], case["target"]))
    for case in cases("style_loss"):
        features, style = case["features"], case["style"]
        squares = F.mse_loss(gram(features), gram(style), reduction="sum")
        right = checks.style_loss.reference(**case)
        torch.testing.assert_close(right, squares / len(features))


def test_the_cost_and_its_gradient_are_those_of_autograd():
    for case in cases("total_cost"):
        torch.testing.assert_close(checks.total_cost.reference(**case), by_hand(**case))
        leaf = case["pictures"].clone().requires_grad_()
        by_hand(**case | {"pictures": leaf}).backward()
        right = checks.pixel_gradient.reference(**case)
        torch.testing.assert_close(right, leaf.grad)
        assert right[1:].abs().max() == 0
        assert right[0].abs().max() > 0


def test_a_step_is_that_of_torchs_sgd():
    for case in cases("descent_step"):
        image = torch.nn.Parameter(case["image"].clone())
        image.grad = case["gradient"]
        torch.optim.SGD([image], case["lr"]).step()
        right = checks.descent_step.reference(**case)
        torch.testing.assert_close(right, image.detach().clamp(0, 1))


# what no list of mistakes foresees


def loops(features):
    """Right, if slow."""
    answer = features.new_zeros(len(features), features.shape[1], features.shape[1])
    for n, image in enumerate(features):
        for i, one in enumerate(image):
            for j, other in enumerate(image):
                answer[n, i, j] = (one * other).sum() / image.numel()
    return answer


def cut_off(features, target):
    return torch.tensor(((features - target) ** 2).mean().item(), dtype=torch.float64)


def target_only(features, target):
    return (features.detach() - target).pow(2).mean()


def in_place(image, gradient, lr):
    image -= lr * gradient
    return image.clamp_(0, 1)


def with_graph(pictures, first, second, alpha, beta):
    pictures = pictures.requires_grad_()
    return torch.autograd.grad(by_hand(pictures, first, second, alpha, beta), pictures)


STUDENTS = {
    "numbers": ("content_loss", cut_off, "no gradient reaches features"),
    "the wrong side detached": (
        "content_loss",
        target_only,
        "no gradient reaches features",
    ),
    "torch's own": (
        "content_loss",
        lambda features, target: F.mse_loss(features, target),
        "it runs torch's mse_loss",
    ),
    "in place": ("descent_step", in_place, "it changed its argument image"),
    "a tuple": ("pixel_gradient", with_graph, "it returned a tuple of 1"),
    "one matrix": (
        "gram_matrix",
        lambda features: gram(features)[0],
        "the result has shape",
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", STUDENTS)
def test_what_a_student_reads(case):
    task, function, message = STUDENTS[case]
    assert message in CHECKS[task].judge(function, seed=1).message


@pytest.mark.usefixtures("as_in_use")
def test_loops_are_welcome():
    assert CHECKS["gram_matrix"].judge(loops, seed=1).right
