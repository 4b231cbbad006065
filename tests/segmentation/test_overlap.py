"""Overlap: metrics equal to scikit-learn's and scipy's, and losses to their formulas by hand."""

import math
import warnings
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import binary_erosion, distance_transform_edt
from skimage.segmentation import find_boundaries
from sklearn import metrics as theirs
from torch.autograd import gradcheck

from dlcourse.segmentation.overlap import (
    boundary,
    boundary_f,
    confusion_matrix,
    dice,
    frequency_weighted_iou,
    iou,
    mean_accuracy,
    mean_iou,
    pixel_accuracy,
    soft_dice_loss,
    soft_jaccard_loss,
)
from dlcourse.training import generator

TARGET = torch.tensor([[0, 0, 1, 1], [0, 0, 2, 2]])
SEEN = torch.tensor([[0, 0, 1, 2], [0, 1, 2, 2]])


def drawn(seed: int) -> tuple[torch.Tensor, torch.Tensor, int]:
    """Draw two maps of odd sizes that agree in most pixels; some classes occur in one or none."""
    source = generator(seed)
    k = 1 + seed % 6
    shape = (1 + seed % 3, *(torch.randint(1, 9, (2,), generator=source).tolist()))
    most = int(torch.randint(1, k + 1, (), generator=source))
    target = torch.randint(most, shape, generator=source)
    other = torch.randint(k, shape, generator=source)
    same = torch.rand(shape, generator=source) < 0.6
    return torch.where(same, target, other), target, k


def blobs(seed: int, count: int = 3) -> torch.Tensor:
    """Draw masks of one or two ellipses; the first of every third draw is empty."""
    source = generator(seed)
    h, w = torch.randint(5, 24, (2,), generator=source).tolist()
    y, x = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
    masks = torch.zeros(count, h, w, dtype=torch.bool)
    for mask in masks:
        for _ in range(2):
            row, column, high, wide = torch.rand(4, generator=source).tolist()
            ellipse = ((y - h * row) / (1 + h * high / 2)) ** 2
            ellipse = ellipse + ((x - w * column) / (1 + w * wide / 2)) ** 2
            mask |= ellipse <= 1
    masks[0] &= seed % 3 > 0
    return masks


# by hand


def test_two_rows_by_hand():
    confusion = confusion_matrix(SEEN, TARGET, 4)
    assert confusion.tolist() == [[3, 1, 0, 0], [0, 1, 1, 0], [0, 0, 2, 0], [0] * 4]
    assert confusion.dtype == torch.int64
    assert pixel_accuracy(confusion).item() == 6 / 8
    assert mean_accuracy(confusion).item() == pytest.approx((3 / 4 + 1 / 2 + 1) / 3)
    assert iou(confusion)[:3].tolist() == pytest.approx([3 / 4, 1 / 3, 2 / 3])
    assert dice(confusion)[:3].tolist() == pytest.approx([6 / 7, 1 / 2, 4 / 5])
    assert iou(confusion)[3].isnan()
    assert dice(confusion)[3].isnan()
    assert mean_iou(confusion).item() == pytest.approx((3 / 4 + 1 / 3 + 2 / 3) / 3)
    weighted = (4 * 3 / 4 + 2 * 1 / 3 + 2 * 2 / 3) / 8
    assert frequency_weighted_iou(confusion).item() == pytest.approx(weighted)


def test_a_square_moved_by_one_pixel_by_hand():
    masks = torch.zeros(2, 8, 8, dtype=torch.bool)
    masks[0, 2:6, 2:6], masks[1, 2:6, 3:7] = True, True
    assert boundary(masks)[0].sum() == 12
    assert boundary_f(masks[:1], masks[1:], 1.0).item() == 1
    exactly = boundary_f(masks[:1], masks[1:], 0.0).item()
    assert exactly == pytest.approx(6 / 12)  # three pixels above, three below


def test_a_loss_by_hand():
    scores = torch.tensor([0.0, math.log(3)]).view(1, 2, 1, 1).expand(1, 2, 1, 2)
    target = torch.tensor([[[0, 1]]])  # probabilities 1/4 and 3/4 at both pixels
    dices = (2 * 0.25 + 1) / (0.5 + 1 + 1), (2 * 0.75 + 1) / (1.5 + 1 + 1)
    loss = soft_dice_loss(scores, target).item()
    assert loss == pytest.approx(1 - sum(dices) / 2)
    ious = (0.25 + 1) / (0.5 + 1 - 0.25 + 1), (0.75 + 1) / (1.5 + 1 - 0.75 + 1)
    loss = soft_jaccard_loss(scores, target).item()
    assert loss == pytest.approx(1 - sum(ious) / 2)
    squares = 0.5 / (2 / 16 + 1), 1.5 / (2 * 9 / 16 + 1)
    loss = soft_dice_loss(scores, target, smooth=0.0, squared=True).item()
    assert loss == pytest.approx(1 - sum(squares) / 2)


# against other programs


def test_counts_and_ratios_equal_scikit_learn(as_in_use):
    for seed in range(200):
        seen, target, k = drawn(seed)
        y_true, y_pred = target.flatten().numpy(), seen.flatten().numpy()
        confusion = confusion_matrix(seen, target, k)
        labels = np.arange(k)
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # one class; some that were seen and are not
            wanted = theirs.confusion_matrix(y_true, y_pred, labels=labels)
            balanced = theirs.balanced_accuracy_score(y_true, y_pred)
        assert confusion.tolist() == wanted.tolist(), seed
        options = {"labels": labels, "average": None, "zero_division": 0}
        occur = np.union1d(y_true, y_pred)
        ours = iou(confusion), dice(confusion)
        functions = theirs.jaccard_score, theirs.f1_score
        for mine, function in zip(ours, functions, strict=True):
            assert set(np.flatnonzero(~mine.isnan().numpy())) == set(occur)
            wanted = torch.tensor(function(y_true, y_pred, **options))
            torch.testing.assert_close(mine.nan_to_num(0), wanted, rtol=0, atol=1e-6)
        options |= {"labels": occur}
        mean = theirs.jaccard_score(y_true, y_pred, **options | {"average": "macro"})
        assert mean_iou(confusion).item() == pytest.approx(mean, abs=1e-6)
        weighted = theirs.jaccard_score(
            y_true, y_pred, **options | {"average": "weighted"}
        )
        found = frequency_weighted_iou(confusion).item()
        assert found == pytest.approx(weighted, abs=1e-6)
        accuracy = theirs.accuracy_score(y_true, y_pred)
        assert pixel_accuracy(confusion).item() == pytest.approx(accuracy, abs=1e-6)
        assert mean_accuracy(confusion).item() == pytest.approx(balanced, abs=1e-6)


def test_boundaries_equal_scikit_image_and_erosion():
    for seed in range(40):
        for mask in blobs(seed):
            mine = boundary(mask[None])[0].numpy()
            wanted = find_boundaries(mask.numpy(), connectivity=1, mode="inner")
            assert (mine == wanted).all()
            eroded = binary_erosion(mask.numpy(), border_value=1)
            assert (mine == (mask.numpy() & ~eroded)).all()


def by_distance(seen: np.ndarray, true: np.ndarray, tolerance: float) -> float:
    """Measure every distance, as the benchmarks do."""
    edges = [mask & ~binary_erosion(mask, border_value=1) for mask in (seen, true)]
    if not any(edge.any() for edge in edges):
        return math.nan
    if not all(edge.any() for edge in edges):
        return 0.0
    to_seen, to_true = (distance_transform_edt(~edge) for edge in edges)
    precision = (to_true[edges[0]] <= tolerance).mean()
    recall = (to_seen[edges[1]] <= tolerance).mean()
    return theirs_f(precision, recall)


def theirs_f(precision: float, recall: float) -> float:
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0


def test_boundary_f_equals_distances_of_scipy(as_in_use):
    for seed in range(200):
        seen = blobs(seed)
        true = blobs(seed + 1000)
        h, w = (min(a, b) for a, b in zip(seen.shape[1:], true.shape[1:], strict=True))
        seen, true = seen[:, :h, :w], true.flip(0)[:, :h, :w]
        tolerance = (0.0, 1.0, 1.5, 2.0, 3.3)[seed % 5]
        mine = boundary_f(seen, true, tolerance).tolist()
        pairs = zip(seen.numpy(), true.numpy(), strict=True)
        wanted = [by_distance(*pair, tolerance) for pair in pairs]
        assert mine == pytest.approx(wanted, abs=1e-6, nan_ok=True), seed


def by_numpy(scores, target, smooth, squared, kind):
    """Compute loss and gradient from their formulas, class by class, pixel by pixel."""
    z = scores.numpy()
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    k = z.shape[1]
    t = np.stack([(target.numpy() == label) for label in range(k)], axis=1).astype(
        float
    )
    judged = (target.numpy() >= 0)[:, None]
    p_in, loss, slope = p * judged, 0.0, np.zeros_like(p)
    for label in range(k):
        q, there = p_in[:, label], t[:, label]
        shared, has = (q * there).sum(), there.sum()
        given, d_given = (q**2).sum() if squared else q.sum(), 2 * q if squared else 1
        if kind == "dice":
            above, below = 2 * shared + smooth, given + has + smooth
            d_above, d_below = 2 * there, d_given
        else:
            above, below = shared + smooth, given + has - shared + smooth
            d_above, d_below = there, d_given - there
        if below == 0:
            continue
        loss += (1 - above / below) / k
        slope[:, label] = -(d_above * below - above * d_below) / below**2 / k
    slope = slope * judged
    return loss, p * (slope - (slope * p).sum(axis=1, keepdims=True))


LOSSES = {"dice": soft_dice_loss, "jaccard": soft_jaccard_loss}


@pytest.mark.parametrize("kind", LOSSES)
def test_losses_and_gradients_equal_their_formulas(kind, as_in_use):
    for seed in range(200):
        _, target, k = drawn(seed)
        shape = (len(target), k, *target.shape[1:])
        source = generator(seed)
        scores = 2 * torch.randn(shape, generator=source, dtype=torch.float64)
        if seed % 2:
            scores = scores.round()  # ties
        if seed % 5 == 0:
            target = target.masked_fill(torch.rand(target.shape) < 0.2, -100)
        options = {"smooth": (0.0, 1.0, 0.1)[seed % 3], "squared": seed % 4 > 1}
        wanted, slope = by_numpy(scores, target, **options, kind=kind)
        scores.requires_grad_()
        loss = LOSSES[kind](scores, target, **options)
        assert loss.item() == pytest.approx(wanted, abs=1e-10), seed
        (mine,) = torch.autograd.grad(loss, scores)
        torch.testing.assert_close(mine, torch.tensor(slope), rtol=0, atol=1e-10)


@pytest.mark.parametrize("squared", [False, True])
def test_sure_scores_make_the_loss_a_metric(squared):
    for seed in range(50):
        seen, target, k = drawn(seed)
        scores = 1e3 * torch.nn.functional.one_hot(seen, k).movedim(-1, 1).double()
        confusion = confusion_matrix(seen, target, k)
        options = {"smooth": 0.0, "squared": squared}
        for loss, metric in ((soft_dice_loss, dice), (soft_jaccard_loss, iou)):
            wanted = 1 - metric(confusion).nan_to_num(1.0).mean()  # absent: all right
            torch.testing.assert_close(loss(scores, target, **options), wanted)


@pytest.mark.parametrize("loss", LOSSES.values())
@pytest.mark.parametrize("squared", [False, True])
def test_gradcheck(loss, squared):
    scores = torch.randn(2, 3, 2, 3, dtype=torch.float64, requires_grad=True)
    target = torch.randint(3, (2, 2, 3))
    target[0, 0, 0] = -100
    for smooth in (0.0, 1.0):
        options = {"smooth": smooth, "squared": squared}
        assert gradcheck(lambda s: loss(s, target, **options), scores)  # noqa: B023


# what counts and what does not


def test_ignored_pixels_are_left_out_whatever_was_seen_there():
    target = torch.where(TARGET == 2, 255, TARGET)
    seen = torch.where(TARGET == 2, 7, SEEN)
    confusion = confusion_matrix(seen, target, 3, ignore_index=255)
    assert confusion.tolist() == [[3, 1, 0], [0, 1, 1], [0, 0, 0]]
    scores = torch.randn(1, 3, 2, 4)
    left = torch.where(TARGET == 2, -100, TARGET)[None]
    for loss in LOSSES.values():
        short = loss(scores[..., :2], left[..., :2])
        hidden = left.clone()
        hidden[..., 2:] = -100
        torch.testing.assert_close(loss(scores, hidden), short)


def test_a_class_that_is_absent_and_unclaimed_costs_nothing():
    scores = torch.zeros(1, 3, 2, 2, dtype=torch.float64)
    scores[:, 2] = -1e4
    target = torch.zeros(1, 2, 2, dtype=torch.int64)
    scores[:, 0] = 1e4
    scores.requires_grad_()
    for loss in LOSSES.values():
        value = loss(scores, target, smooth=0.0)
        assert value.item() == 0
        assert torch.autograd.grad(value, scores)[0].isfinite().all()


def test_nothing_to_judge_has_no_number():
    empty = torch.zeros(3, 3, dtype=torch.int64)
    for metric in (pixel_accuracy, mean_accuracy, mean_iou, frequency_weighted_iou):
        assert metric(empty).isnan()
    nothing = torch.zeros(1, 3, 3, dtype=torch.bool)
    assert boundary_f(nothing, nothing).isnan().all()
    assert boundary_f(nothing, ~nothing).isnan().all()  # all of a picture has no edge
    dot = nothing.clone()
    dot[0, 1, 1] = True
    assert boundary_f(nothing, dot).item() == boundary_f(dot, nothing).item() == 0


def test_tables_of_pictures_add_up():
    seen, target, k = drawn(8)
    parts = zip(seen, target, strict=True)
    added = sum(confusion_matrix(*pair, k) for pair in parts)
    assert confusion_matrix(seen, target, k).equal(added)


def test_arguments_stay_as_they_were():
    scores, target = torch.randn(1, 3, 2, 4), TARGET[None].clone()
    before = scores.clone()
    soft_dice_loss(scores, target)
    confusion_matrix(SEEN, TARGET, 3, ignore_index=0)
    assert scores.equal(before)
    assert target[0].equal(TARGET)


# refusals


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prediction": SEEN[:1]}, r"shape \(1, 4\) and target \(2, 4\)"),
        ({"num_classes": 2}, "prediction has the label 2; 2 classes are numbered 0 to"),
        ({"prediction": SEEN - 1}, "prediction has the label -1"),
        ({"target": TARGET + 250}, "target has the label 250"),
        ({"num_classes": 0}, r"num_classes \(0\) must be at least 1"),
    ],
)
def test_maps_that_cannot_be_counted_are_refused(change, message, as_in_use):
    given_ = {"prediction": SEEN, "target": TARGET, "num_classes": 3} | change
    with pytest.raises(ValueError, match=message):
        confusion_matrix(**given_)


def test_labels_that_are_no_whole_numbers_are_refused(as_in_use):
    with pytest.raises(TypeError, match=r"prediction has torch\.float32 labels"):
        confusion_matrix(SEEN.float(), TARGET, 3)


@pytest.mark.parametrize(
    ("confusion", "message"),
    [
        (torch.zeros(2, 3), r"confusion has shape \(2, 3\); it needs one row"),
        (torch.tensor([[1, -1], [0, 1]]), "an entry that is no count"),
        (torch.tensor([[1, math.nan], [0, 1]]), "an entry that is no count"),
    ],
)
def test_tables_that_are_none_are_refused(confusion, message, as_in_use):
    for metric in (pixel_accuracy, iou, dice, mean_iou):
        with pytest.raises(ValueError, match=message):
            metric(confusion)


def test_outlines_that_cannot_be_compared_are_refused(as_in_use):
    masks = torch.zeros(1, 3, 3, dtype=torch.bool)
    with pytest.raises(ValueError, match="every pixel needs both"):
        boundary_f(masks, masks[:, :2])
    for tolerance in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match=r"must be 0 or more, and finite"):
            boundary_f(masks, masks, tolerance)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"target": TARGET}, r"input has shape \(1, 3, 2, 4\) and target \(2, 4\)"),
        ({"target": TARGET[None] + 1}, "target has the label 3"),
        ({"input": torch.full((1, 3, 2, 4), math.nan)}, "input holds nan"),
        ({"smooth": -0.1}, r"smooth \(-0.1\) must be 0 or more"),
    ],
)
def test_what_no_loss_can_be_computed_of_is_refused(change, message, as_in_use):
    given_ = {"input": torch.zeros(1, 3, 2, 4), "target": TARGET[None]} | change
    for loss in LOSSES.values():
        with pytest.raises(ValueError, match=message):
            loss(**given_)


# what always holds

seeds = st.integers(0, 10**6)


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_dice_follows_from_iou_and_is_never_less(seed):
    confusion = confusion_matrix(*drawn(seed))
    overlap = iou(confusion)
    torch.testing.assert_close(
        dice(confusion), 2 * overlap / (1 + overlap), equal_nan=True
    )
    assert (dice(confusion) >= overlap).logical_or(overlap.isnan()).all()


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_who_is_the_truth_does_not_matter_to_an_overlap(seed):
    seen, target, k = drawn(seed)
    there, back = confusion_matrix(seen, target, k), confusion_matrix(target, seen, k)
    assert there.equal(back.T)
    torch.testing.assert_close(iou(there), iou(back), equal_nan=True)
    masks = blobs(seed, 2)
    one, other = boundary_f(masks[:1], masks[1:]), boundary_f(masks[1:], masks[:1])
    torch.testing.assert_close(one, other, equal_nan=True)


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_the_truth_itself_scores_one(seed):
    _, target, k = drawn(seed)
    confusion = confusion_matrix(target, target, k)
    means = pixel_accuracy, mean_accuracy, mean_iou, frequency_weighted_iou
    assert [mean(confusion).item() for mean in means] == pytest.approx([1] * 4)


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_more_tolerance_never_scores_less(seed):
    masks = blobs(seed, 2)
    scores = [boundary_f(masks[:1], masks[1:], step / 2).item() for step in range(8)]
    assert all(a <= b + 1e-12 or math.isnan(a) for a, b in pairwise(scores))
