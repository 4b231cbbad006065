"""Localization: labels, losses and landmarks by hand, windows both ways, one picture learned."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.ops import box_convert

from dlcourse.data.scenes import scenes
from dlcourse.detection.localization import (
    Localizer,
    WindowNet,
    classify_every_pixel,
    classify_windows,
    cut_windows,
    decode,
    encode,
    extreme_points,
    fully_convolutional,
    landmark_loss,
    localization_losses,
    mirrored_extremes,
    squared_loss,
    window_boxes,
)
from dlcourse.detection.precision import mean_average_precision

CAR = {"boxes": torch.tensor([[20.0, 40.0, 60.0, 80.0]]), "labels": torch.tensor([1])}
EMPTY = {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.int64)}


# the label


def test_a_label_by_hand():
    label = encode([CAR, EMPTY], (100, 200), num_classes=3)
    assert label[0].tolist() == pytest.approx([1, 0.2, 0.6, 0.4, 0.2, 0, 1, 0])
    assert label[1].tolist() == [0] * 8


def test_a_label_is_torchvisions_cxcywh_with_h_before_w():
    for seed in range(50):
        source = torch.Generator().manual_seed(seed)
        corners = torch.rand(2, 2, generator=source).sort(dim=0).values * 90
        target = {"boxes": corners.reshape(1, 4), "labels": torch.tensor([0])}
        x, y, w, h = box_convert(target["boxes"] / 90, "xyxy", "cxcywh")[0]
        wanted = torch.stack([x, y, h, w])
        torch.testing.assert_close(encode([target], (90, 90), 1)[0, 1:5], wanted)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_encode_and_decode_undo_each_other(seed):
    source = torch.Generator().manual_seed(seed)
    corners = torch.rand(2, 2, generator=source).sort(dim=0).values
    box = corners.reshape(1, 4) * torch.tensor([64.0, 48, 64, 48])
    target = {"boxes": box, "labels": torch.randint(0, 4, (1,), generator=source)}
    answers = decode(encode([target, EMPTY], (48, 64), 4), (48, 64), threshold=0.5)
    torch.testing.assert_close(answers[0]["boxes"], box, atol=1e-4, rtol=0)
    assert answers[0]["labels"].tolist() == target["labels"].tolist()
    assert [len(answer["boxes"]) for answer in answers] == [1, 0]
    assert answers[1]["scores"].shape == (0,)


# the losses


def test_the_squared_loss_by_hand():
    """The notes' two cases: all eight numbers where p_c is 1, the first alone where it is 0."""
    outputs = torch.full((2, 8), 0.5)
    labels = torch.tensor([[1, 0.5, 0.5, 0.5, 0.5, 0, 1, 0], [0.0] * 8])
    whole, first = 4 * 0.25, 0.25
    assert squared_loss(outputs, labels).item() == (whole + first) / 2
    unconditional = squared_loss(outputs, labels, conditional=False).item()
    assert unconditional == (whole + 8 * 0.25) / 2


def test_an_empty_picture_gives_no_gradient_but_to_presence():
    outputs = torch.randn(3, 9, requires_grad=True)
    losses = localization_losses(outputs, torch.zeros(3, 9))
    for loss in (squared_loss(outputs, torch.zeros(3, 9)), sum(losses.values())):
        (slope,) = torch.autograd.grad(loss, outputs, retain_graph=True)
        assert (slope[:, 0] != 0).all()
        assert (slope[:, 1:] == 0).all()
    assert [losses[name].item() for name in ("box", "class")] == [0, 0]


def test_losses_equal_torchs():
    outputs = torch.randn(6, 8, dtype=torch.float64)
    labels = encode([CAR, EMPTY] * 3, (100, 100), 3).double()
    there = labels[:, 0] > 0
    losses = localization_losses(outputs, labels)
    seen, right = outputs[there], labels[there]
    presence = F.binary_cross_entropy_with_logits(outputs[:, 0], labels[:, 0])
    torch.testing.assert_close(losses["presence"], presence)
    torch.testing.assert_close(losses["box"], F.l1_loss(seen[:, 1:5], right[:, 1:5]))
    classes = F.cross_entropy(seen[:, 5:], right[:, 5:].argmax(dim=1))
    torch.testing.assert_close(losses["class"], classes)
    whole = squared_loss(outputs, labels, conditional=False)
    torch.testing.assert_close(whole, F.mse_loss(outputs, labels) * 8)


def test_slopes_of_the_losses():
    outputs = torch.randn(4, 8, dtype=torch.float64, requires_grad=True)
    labels = encode([CAR, EMPTY] * 2, (100, 100), 3).double()
    assert torch.autograd.gradcheck(lambda x: squared_loss(x, labels), outputs)
    assert torch.autograd.gradcheck(
        lambda x: sum(localization_losses(x, labels).values()), outputs
    )
    points = torch.randn(2, 3, 2, dtype=torch.float64)
    seen = torch.tensor([[True, False, True], [False, False, False]])
    moved = torch.randn(2, 3, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: landmark_loss(x, points, seen), moved)


# landmarks


def test_extreme_points_touch_the_sides_of_the_box():
    for target in scenes(6, objects=(1, 3)).targets:
        points = extreme_points(target["masks"])
        top, left = points[:, 0, 1], points[:, 1, 0]
        bottom, right = points[:, 2, 1], points[:, 3, 0]
        sides = torch.stack([left - 0.5, top - 0.5, right + 0.5, bottom + 0.5], dim=1)
        torch.testing.assert_close(sides, target["boxes"])


def test_mirrored_points_are_those_of_the_mirrored_mask():
    mask = torch.rand(5, 12, 17) > 0.8
    turned = mirrored_extremes(extreme_points(mask), 17.0)
    torch.testing.assert_close(turned, extreme_points(mask.flip(2)))


def test_hidden_landmarks_do_not_count():
    points, hidden = torch.randn(2, 4, 2), torch.zeros(2, 4, dtype=torch.bool)
    assert landmark_loss(points + 1, points, hidden) == 0
    hidden[0, 0] = True
    assert landmark_loss(points + 1, points, hidden).item() == pytest.approx(2)


# windows


@pytest.mark.parametrize(
    ("pool", "height", "width", "rows", "columns"),
    [(2, 14, 14, 1, 1), (2, 16, 16, 2, 2), (2, 28, 28, 8, 8), (2, 19, 30, 3, 9),
     (5, 29, 24, 4, 3)],
)  # fmt: skip
def test_one_pass_equals_window_by_window(pool, height, width, rows, columns):
    model = WindowNet(4, pool).double()
    images = torch.rand(2, 3, height, width, dtype=torch.float64)
    one_by_one = classify_windows(model, images, model.side, pool)
    at_once = fully_convolutional(model)(images)
    assert at_once.shape == (2, 4, rows, columns)
    torch.testing.assert_close(at_once, one_by_one, rtol=1e-10, atol=1e-12)


def test_one_pass_teaches_the_same_weights():
    model = WindowNet(4).double()
    images = torch.rand(1, 3, 18, 18, dtype=torch.float64)
    slopes = []
    for answers in (
        classify_windows(model, images, 14, 2),
        fully_convolutional(model)(images),
    ):
        model.zero_grad()
        answers.square().sum().backward()
        slopes.append(model.features[0].weight.grad.clone())
    torch.testing.assert_close(*slopes)


@pytest.mark.parametrize(("height", "width"), [(14, 14), (15, 16), (28, 28), (21, 18)])
def test_shifted_poolings_equal_windows_at_every_pixel(height, width):
    model = WindowNet(4).double()
    images = torch.rand(1, 3, height, width, dtype=torch.float64)
    every = classify_every_pixel(model, images)
    assert every.shape == (1, 4, height - 13, width - 13)
    torch.testing.assert_close(every, classify_windows(model, images, 14, 1))


def test_windows_lie_where_their_boxes_say():
    images = torch.rand(1, 3, 20, 24)
    windows = cut_windows(images, 14, 3)
    boxes = window_boxes(*windows.shape[1:3], 14, 3).int().tolist()
    for window, (left, top, right, bottom) in zip(
        windows.flatten(1, 2)[0], boxes, strict=True
    ):
        assert window.equal(images[0, :, top:bottom, left:right])


# the model


def test_learns_one_picture_and_an_empty_one():
    data = scenes(1, objects=(1, 1), seed=3)
    images = torch.cat([data.images, torch.rand(1, 3, 96, 96)])
    targets = [*data.targets, EMPTY]
    model = Localizer(num_classes=5)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(40):
        optimizer.zero_grad()
        sum(model(images, targets).values()).backward()
        optimizer.step()
    predictions = model.eval()(images)
    levels = (0.5, 0.75)
    assert mean_average_precision(predictions, targets, levels) >= 0.95
    assert predictions[0]["scores"] > 0.9 > 0.1 > predictions[1]["scores"]


def test_the_gradient_reaches_every_parameter():
    data = scenes(4, objects=(1, 1))
    model = Localizer(num_classes=5)
    sum(model(data.images, data.targets).values()).backward()
    assert all(p.grad.abs().sum() > 0 for p in model.parameters())


def test_empty_targets_do_not_break_it():
    model = Localizer(num_classes=5)
    losses = model(torch.rand(2, 3, 96, 96), [EMPTY, EMPTY])
    sum(losses.values()).backward()
    assert losses["box"] == losses["class"] == 0


def test_other_sizes():
    model = Localizer(num_classes=2, size=(64, 100)).eval()
    assert len(model(torch.rand(2, 3, 64, 100))) == 2


# refusals


def test_refusals(as_in_use):
    two = {"boxes": torch.rand(2, 4), "labels": torch.tensor([0, 1])}
    with pytest.raises(ValueError, match="holds 2 things; a label has room for one"):
        encode([two], (10, 10), 3)
    with pytest.raises(ValueError, match="the label 1 must lie from 0 to 0"):
        encode([CAR], (10, 10), 1)
    for loss in (squared_loss, localization_losses):
        with pytest.raises(ValueError, match=r"need a row of 5 \+ k numbers"):
            loss(torch.zeros(2, 8), torch.zeros(2, 7))
    with pytest.raises(ValueError, match="a mask is empty"):
        extreme_points(torch.zeros(1, 4, 4, dtype=torch.bool))
    with pytest.raises(ValueError, match="they need n p 2, n p 2 and n p"):
        landmark_loss(torch.zeros(1, 3, 2), torch.zeros(1, 4, 2), torch.zeros(1, 4) > 0)
    with pytest.raises(ValueError, match=r"stride \(0\) must be at least 1"):
        cut_windows(torch.zeros(1, 3, 20, 20), 14, 0)
    with pytest.raises(
        ValueError, match=r"a window of 14 does not fit into \(10, 20\)"
    ):
        cut_windows(torch.zeros(1, 3, 10, 20), 14, 2)
    model = Localizer(num_classes=5)
    with pytest.raises(ValueError, match="targets are missing"):
        model(torch.zeros(1, 3, 96, 96))
    with pytest.raises(
        ValueError, match=r"images have \(64, 64\) pixels; .* \(96, 96\)"
    ):
        model(torch.zeros(1, 3, 64, 64), [EMPTY])
