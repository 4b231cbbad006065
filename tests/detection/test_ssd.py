"""SSD: by hand, against torchvision, gradients, refusals, learning."""

from types import SimpleNamespace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck
from torchvision.models.detection import ssd
from torchvision.models.detection._utils import BoxCoder

from dlcourse.data.scenes import scenes
from dlcourse.detection._backbone import Backbone
from dlcourse.detection.anchors import match_best
from dlcourse.detection.boxes import box_iou
from dlcourse.detection.precision import mean_average_precision
from dlcourse.detection.ssd import (
    SSD,
    DefaultBoxes,
    SSDHead,
    VGG16Maps,
    detect,
    hard_negatives,
    small,
    small_pretrained,
    ssd300_vgg16,
    ssd_loss,
)
from dlcourse.detection.ssd.small import MAP
from dlcourse.training import fixed_seed

SEEDS = pytest.mark.parametrize("seed", range(100))
FLOAT64 = {"dtype": torch.float64}


def boxes_of(count, source):
    first = torch.rand(count, 2, generator=source, **FLOAT64) * 60
    sides = 4 + torch.rand(count, 2, generator=source, **FLOAT64) * 40
    return torch.cat([first, first + sides], dim=1)


def drawn(seed, images=3, anchors=40, classes=4):
    """Draw answers of a network and targets; the second image is empty."""
    source = torch.Generator().manual_seed(seed)
    logits = torch.randn(images, anchors, classes + 1, generator=source, **FLOAT64)
    codes = torch.randn(images, anchors, 4, generator=source, **FLOAT64)
    boxes = boxes_of(anchors, source)
    targets = []
    for image in range(images):
        count = 0 if image == 1 else 1 + (seed + image) % 4
        labels = torch.randint(0, classes, (count,), generator=source)
        targets.append({"boxes": boxes_of(count, source), "labels": labels})
    matched = [match_best(box_iou(t["boxes"], boxes)) for t in targets]
    return logits, codes, boxes, matched, targets


# by hand


def test_the_largest_losses_of_each_image_are_taken():
    loss = torch.tensor([[5.0, 1, 4, 3, 2], [5.0, 1, 4, 3, 2]])
    positive = torch.tensor([[True, False, False, False, False], [False] * 5])
    taken = hard_negatives(loss, positive, ratio=3)
    assert taken[0].tolist() == [False, False, True, True, True]
    assert not taken[1].any()


def test_an_object_and_three_negatives():
    logits = torch.zeros(1, 6, 2, **FLOAT64)
    logits[0, 2, 0] = 5  # knows that it is background
    box = torch.tensor([[0.0, 0, 8, 8]], **FLOAT64)
    matched = [torch.tensor([0, -1, -1, -1, -1, -1])]
    target = {"boxes": box, "labels": torch.tensor([0])}
    losses = ssd_loss(
        logits, torch.zeros(1, 6, 4, **FLOAT64), box.expand(6, 4), matched, [target]
    )
    expected = 4 * torch.log(torch.tensor(2.0, **FLOAT64))
    torch.testing.assert_close(losses["classification"], expected)
    assert losses["bbox_regression"] == 0


def test_a_background_answer_is_never_a_detection():
    box = torch.tensor([[0.0, 0, 8, 8]])
    found = detect(torch.tensor([[20.0, 0, 0]]), torch.zeros(1, 4), box, (8, 8))
    assert found["boxes"].shape == (0, 4)
    assert found["labels"].dtype == torch.int64


# equal to torchvision


@SEEDS
def test_the_loss_equals_torchvision_in_value_and_gradient(seed):
    logits, codes, boxes, matched, targets = drawn(seed)
    logits.requires_grad_(), codes.requires_grad_()
    losses = ssd_loss(logits, codes, boxes, matched, targets)
    them = SimpleNamespace(box_coder=BoxCoder((10, 10, 5, 5)), neg_to_pos_ratio=3.0)
    shifted = [{**t, "labels": 1 + t["labels"]} for t in targets]
    answers = {"bbox_regression": codes, "cls_logits": logits}
    anchors = [boxes] * len(targets)
    expected = ssd.SSD.compute_loss(them, shifted, answers, anchors, matched)
    assert losses.keys() == expected.keys()
    for name, value in losses.items():
        torch.testing.assert_close(value, expected[name], atol=1e-10, rtol=1e-10)
    slopes = [
        torch.autograd.grad(sum(each.values()), (logits, codes))
        for each in (losses, expected)
    ]
    torch.testing.assert_close(*slopes, atol=1e-10, rtol=1e-10)


@SEEDS
def test_detections_equal_torchvision(seed):
    logits, codes, boxes, _, _ = drawn(seed)
    size = (70, 90)
    limits = {
        "score_thresh": (0.01, 0.3)[seed % 2],
        "nms_thresh": 0.45,
        "detections_per_img": (200, 7)[seed % 3 == 0],
        "topk_candidates": (400, 5)[seed % 5 == 0],
    }
    them = SimpleNamespace(box_coder=BoxCoder((10, 10, 5, 5)), **limits)
    answers = {"bbox_regression": codes, "cls_logits": logits}
    expected = ssd.SSD.postprocess_detections(
        them, answers, [boxes] * len(logits), [size] * len(logits)
    )
    for image, wanted in enumerate(expected):
        found = detect(logits[image], codes[image], boxes, size, **limits)
        assert torch.equal(found["labels"] + 1, wanted["labels"])
        torch.testing.assert_close(found["boxes"], wanted["boxes"])
        torch.testing.assert_close(found["scores"], wanted["scores"])


@pytest.fixture(scope="module")
def pair():
    """Both SSD300, without weights or their drawing."""
    with torch.device("meta"):
        ours = ssd300_vgg16(90)
        theirs = ssd.ssd300_vgg16(weights=None, weights_backbone=None, num_classes=91)
    return ours, theirs


def test_ssd300_has_the_parameters_and_maps_of_torchvision(pair):
    shapes = [[tuple(p.shape) for p in model.parameters()] for model in pair]
    assert shapes[0] == shapes[1]
    assert sum(p.numel() for p in pair[0].parameters()) == 35_641_826
    image = torch.zeros(1, 3, 300, 300, device="meta")
    maps = pair[0].backbone(image)
    assert [x.shape for x in maps] == [
        x.shape for x in pair[1].backbone(image).values()
    ]
    assert [x.shape[-1] for x in maps] == [38, 19, 10, 5, 3, 1]
    with torch.device("cpu"):
        boxes = pair[0].default_boxes(torch.zeros(1, 3, 300, 300), maps)
    assert len(boxes) == 8732


def test_state_dicts_go_both_ways(pair):
    ours, theirs = pair
    orders = [list(model.state_dict()) for model in pair]
    # Layers of VGG have names here and numbers there, in one order.
    assert len(orders[0]) == len(orders[1])
    renamed = dict(zip(orders[1], ours.state_dict().values(), strict=True))
    theirs.load_state_dict(renamed)
    back = dict(zip(orders[0], theirs.state_dict().values(), strict=True))
    ours.load_state_dict(back)


def test_heads_equal_torchvision():
    ours, theirs = SSDHead([6, 8], [4, 6], 5), ssd.SSDHead([6, 8], [4, 6], 5)
    ours.load_state_dict(theirs.state_dict())
    maps = [torch.randn(2, 6, 5, 4), torch.randn(2, 8, 2, 3)]
    expected = theirs(maps)
    logits, codes = ours(maps)
    torch.testing.assert_close(logits, expected["cls_logits"])
    torch.testing.assert_close(codes, expected["bbox_regression"])


def test_the_fine_map_has_the_length_it_learned():
    # The layers before it are the model page's; here only the scale of each cell.
    with torch.device("meta"):
        maps = VGG16Maps()
    assert maps.scale_weight.shape == (512,)
    assert maps.extra[0][-1][1].dilation == (6, 6)


# gradients


def test_gradcheck_of_the_loss():
    logits, codes, boxes, matched, targets = drawn(3, images=2, anchors=8, classes=2)

    def total(logits, codes):
        return sum(ssd_loss(logits, codes, boxes, matched, targets).values())

    assert gradcheck(total, (logits.requires_grad_(), codes.requires_grad_()))


@pytest.fixture(scope="module")
def learner():
    with fixed_seed(0):
        return small(Backbone(width=4))


def test_the_gradient_reaches_every_parameter(learner):
    # Large and small things, so that every map has positives.
    data = scenes(2, objects=(4, 4), scale=(0.15, 0.9), seed=4)
    learner.train()
    sum(learner(data.images, data.targets).values()).backward()
    for name, parameter in learner.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def test_empty_targets_do_no_harm(learner):
    data = scenes(2, objects=(1, 2), seed=2)
    empty = {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.long)}
    learner.train()
    for targets in ([data.targets[0], empty], [empty, empty]):
        learner.zero_grad()
        losses = learner(data.images, targets)
        sum(losses.values()).backward()
        assert all(torch.isfinite(loss) for loss in losses.values())
    assert losses["classification"] == losses["bbox_regression"] == 0


@pytest.mark.parametrize("sides", [(96, 96), (64, 128), (100, 75)])
def test_odd_sizes(learner, sides):
    learner.eval()
    found = learner(torch.rand(2, 3, *sides))
    assert len(found) == 2
    for each in found:
        height, width = sides
        assert (each["boxes"] >= 0).all()
        assert (each["boxes"][:, 2] <= width).all()
        assert (each["boxes"][:, 3] <= height).all()
        assert each["scores"].tolist() == sorted(each["scores"].tolist(), reverse=True)


def test_one_image_is_learned_by_heart():
    image = scenes(1, objects=(3, 3), seed=3)
    with fixed_seed(0):
        model = small(Backbone(width=6))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    model.train()
    for _ in range(60):
        optimizer.zero_grad()
        sum(model(image.images, image.targets).values()).backward()
        optimizer.step()
    # Running averages of the norms have not settled after so few steps.
    for layer in model.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.momentum = None
            layer.reset_running_stats()
    with torch.no_grad():
        model(image.images, image.targets)
        found = model.eval()(image.images)
    assert mean_average_precision(found, image.targets) >= 0.95


def test_the_shipped_weights_do_what_is_claimed():
    data = scenes(40, split="test", seed=1)
    with torch.no_grad():
        found = small_pretrained()(data.images)
    # Forty scenes of the two hundred: the figure itself is the script's.
    assert mean_average_precision(found, data.targets) > MAP - 0.12


# invariants


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(0, 5))
def test_negatives_are_as_many_as_asked_or_all(seed, ratio):
    source = torch.Generator().manual_seed(seed)
    loss = torch.randn(3, 20, generator=source).round(decimals=1)
    positive = torch.rand(3, 20, generator=source) < 0.2
    taken = hard_negatives(loss, positive, ratio)
    assert not (taken & positive).any()
    counts = positive.sum(dim=1)
    expected = torch.minimum(ratio * counts, 20 - counts)
    assert torch.equal(taken.sum(dim=1), expected)
    for row in range(3):
        left = ~(taken | positive)[row]
        if taken[row].any() and left.any():
            assert loss[row, taken[row]].min() >= loss[row, left].max()


# refusals

REFUSALS = {
    "shapes": (
        lambda: hard_negatives(torch.ones(1, 3), torch.ones(1, 2, dtype=torch.bool)),
        "loss has shape (1, 3) and positive (1, 2); each box needs one of both",
    ),
    "ratio": (
        lambda: hard_negatives(torch.ones(1, 3), torch.ones(1, 3) > 0, ratio=-1),
        "ratio (-1) must be at least 0",
    ),
    "no targets": (
        lambda: small(Backbone(width=4)).train()(torch.rand(2, 3, 96, 96)),
        "2 images and no targets; training needs one for each",
    ),
    "too few targets": (
        lambda: small(Backbone(width=4)).train()(torch.rand(2, 3, 96, 96), [{}]),
        "2 images and 1 targets; training needs one for each",
    ),
    "maps and boxes": (
        lambda: SSD(
            lambda x: (x, x),
            [3],
            2,
            boxes=DefaultBoxes(aspect_ratios=((2,),), scales=(0.2, 0.4)),
        ).eval()(torch.rand(1, 3, 8, 8)),
        "zip() argument 2 is longer than argument 1",
    ),
    "a flat truth": (
        lambda: ssd_loss(
            torch.zeros(1, 1, 2),
            torch.zeros(1, 1, 4),
            torch.tensor([[0.0, 0, 4, 4]]),
            [torch.tensor([0])],
            [{"boxes": torch.zeros(1, 4), "labels": torch.tensor([0])}],
        ),
        "reference holds the box [0.0, 0.0, 0.0, 0.0]",
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_name_the_value_and_the_rule(case):
    call, message = REFUSALS[case]
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - the message is compared
        call()
    assert message in str(refusal.value)
