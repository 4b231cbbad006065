"""Suppression: by hand, the same boxes as torchvision keeps, and what is refused."""

import math
import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision import ops
from torchvision.ops.boxes import _batched_nms_vanilla

from dlcourse.data.scenes import scenes
from dlcourse.detection.boxes import box_iou
from dlcourse.detection.suppression import (
    CROWDED,
    METHODS,
    Crowd,
    batched_nms,
    crowd,
    crowd_pretrained,
    nms,
    nms_by_rule,
    soft_nms,
)
from dlcourse.detection.suppression.crowd import CHECKSUM, WEIGHTS
from dlcourse.detection.suppression.greedy import BLOCK
from dlcourse.detection.suppression.pretrain import assigned, crowd_loss, judged, learn

SEEDS = range(200)
EXACT = (0.1, 0.2, 0.3, 0.4, 0.6, 0.8)
"""Ratios of whole numbers whose nearest float32 may lie above or below them."""


class Drawn:
    """Detections from a seed."""

    def __init__(self, seed: int) -> None:
        self.source = torch.Generator().manual_seed(seed)

    def pick(self, low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (1,), generator=self.source))

    def scores(self, n: int) -> torch.Tensor:
        """Every other time of few values, which tie."""
        scores = torch.rand(n, generator=self.source)
        return (4 * scores).round() / 4 if self.pick(0, 1) else scores

    def detections(self, n: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        """Heaps of boxes; every other time on whole numbers, empty and equal ones among them."""
        n = self.pick(0, 40) if n is None else n
        corner = 20 * torch.rand(n, 2, generator=self.source)
        sides = 12 * torch.rand(n, 2, generator=self.source)
        if self.pick(0, 1):
            corner, sides = corner.round(), (sides / 2).round()
        return torch.cat([corner, corner + sides], dim=1), self.scores(n)

    def strips(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Boxes of height 10 on a grid, so that many IoUs are tenths exactly."""
        start = torch.randint(0, 12, (40, 1), generator=self.source).float()
        width = torch.randint(1, 11, (40, 1), generator=self.source).float()
        top, bottom = torch.zeros_like(start), torch.full_like(start, 10)
        return torch.cat([start, top, start + width, bottom], dim=1), self.scores(40)


# by hand


def test_a_suppressed_box_suppresses_no_other():
    chain = torch.tensor([[0.0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]])
    scores = torch.tensor([0.9, 0.8, 0.7])
    assert nms(chain, scores, 0.4).tolist() == [0, 2]
    assert nms(chain, scores, 0.5).tolist() == [0, 1, 2]


def test_classes_do_not_see_each_other():
    same = torch.tensor([[0.0, 0, 4, 4]]).repeat(4, 1)
    scores, idxs = torch.tensor([0.6, 0.9, 0.8, 0.7]), torch.tensor([0, 5, 5, -1])
    assert nms(same, scores, 0.5).tolist() == [1]
    assert batched_nms(same, scores, idxs, 0.5).tolist() == [1, 3, 0]


def test_soft_suppression_by_hand():
    boxes = torch.tensor(
        [[0.0, 0, 4, 4], [0, 0, 4, 2], [0, 2, 4, 4]]
    )  # IoU 1/2, 1/2, 0
    scores = torch.tensor([0.8, 0.6, 0.4])
    places, lowered = soft_nms(boxes, scores, "linear", iou_threshold=0.3)
    assert places.tolist() == [0, 1, 2]
    torch.testing.assert_close(lowered, torch.tensor([0.8, 0.3, 0.2]))
    _, lowered = soft_nms(boxes, scores, "gaussian", sigma=0.5)
    fall = math.exp(-0.5)
    torch.testing.assert_close(lowered, torch.tensor([0.8, 0.6 * fall, 0.4 * fall]))
    places, _ = soft_nms(boxes, scores, "linear", score_threshold=0.25)
    assert places.tolist() == [0, 1]


# against torchvision


def test_nms_keeps_what_torchvision_keeps():
    for seed in SEEDS:
        drawn = Drawn(seed)
        boxes, scores = drawn.detections()
        threshold = drawn.pick(0, 10) / 10
        expected = ops.nms(boxes, scores, threshold)
        assert torch.equal(nms(boxes, scores, threshold), expected)
        double = boxes.double(), scores.double()
        assert torch.equal(nms(*double, threshold), ops.nms(*double, threshold))


def test_nms_agrees_where_the_overlap_is_the_threshold():
    """A float32 IoU against a threshold in float64: the plain comparison differs."""
    plain_differs = 0
    for seed in range(400):
        boxes, scores = Drawn(seed).strips()
        threshold = EXACT[seed % len(EXACT)]
        expected = ops.nms(boxes, scores, threshold)
        assert torch.equal(nms(boxes, scores, threshold), expected)
        overlap = box_iou(boxes, boxes)
        differ = (overlap > threshold) != (overlap.double() > threshold)
        plain_differs += bool(differ.any())
    assert plain_differs > 50


@pytest.mark.parametrize("n", [BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 1501])
def test_several_blocks_keep_what_torchvision_keeps(n):
    for seed in range(3):
        drawn = Drawn(seed)
        boxes, scores = drawn.detections(n)
        spread = boxes + 40 * torch.rand(n, 1, generator=drawn.source).round()
        for table in (boxes, spread * 3):
            expected = ops.nms(table, scores, 0.3)
            assert torch.equal(nms(table, scores, 0.3), expected)


def test_a_long_chain_is_settled():
    """Each box suppresses the next: as many rounds as boxes, the slowest case."""
    start = 2 * torch.arange(600.0)
    zeros = torch.zeros(600)
    boxes = torch.stack([start, zeros, start + 6, zeros + 1], dim=1)
    scores = torch.linspace(1, 0.1, 600)
    assert nms(boxes, scores, 0.3).tolist() == list(range(0, 600, 2))


def test_batched_nms_keeps_what_torchvision_keeps():
    for seed in SEEDS:
        drawn = Drawn(seed)
        boxes, scores = drawn.detections()
        idxs = torch.randint(0, drawn.pick(1, 5), (len(boxes),), generator=drawn.source)
        threshold = drawn.pick(0, 10) / 10
        kept = batched_nms(boxes, scores, idxs, threshold)
        theirs = _batched_nms_vanilla(boxes, scores, idxs, threshold)
        assert sorted(kept.tolist()) == sorted(theirs.tolist())
        if len(scores.unique()) == len(scores):
            assert torch.equal(kept, theirs)
        if (boxes == boxes.round()).all():  # its other way moves boxes, and so rounds
            trick = ops.batched_nms(boxes, scores, idxs, threshold)
            assert torch.equal(kept, trick)


# soft against its own rule


def softly(boxes, scores, factor, score_threshold):
    """The paper's loop, box by box, on numbers."""
    left = dict(enumerate(scores.tolist()))
    table = box_iou(boxes, boxes).nan_to_num(0.0).tolist()
    kept = []
    while left:
        best = max(left, key=left.get)
        score = left.pop(best)
        if score < score_threshold:
            break
        kept.append((best, score))
        left = {
            place: value * factor(table[best][place]) for place, value in left.items()
        }
    return kept


@pytest.mark.parametrize("method", METHODS)
def test_soft_nms_follows_the_paper(method):
    factors = {
        "hard": lambda iou: float(iou <= 0.3),
        "linear": lambda iou: 1 - iou if iou > 0.3 else 1.0,
        "gaussian": lambda iou: math.exp(-(iou**2) / 0.5),
    }
    for seed in range(60):
        boxes, scores = Drawn(seed).detections()
        boxes, scores = boxes.double(), scores.double()
        lowest = 0.01 * (seed % 2)
        places, lowered = soft_nms(boxes, scores, method, score_threshold=lowest)
        expected = softly(boxes, scores, factors[method], lowest)
        assert places.tolist() == [place for place, _ in expected]
        assert lowered.tolist() == pytest.approx([score for _, score in expected])


def test_hard_is_nms():
    for seed in SEEDS:
        drawn = Drawn(seed)
        boxes, scores = (table.double() for table in drawn.detections())
        scores += 0.01
        places, lowered = soft_nms(boxes, scores, "hard", iou_threshold=0.45)
        assert torch.equal(places, nms(boxes, scores, 0.45))
        assert torch.equal(lowered, scores[places])


# the detector of the page


def test_the_shipped_detector_answers_the_best_first():
    data = scenes(2, split="test", seed=2, **CROWDED)
    model = crowd_pretrained()
    for found in model(data.images):
        assert len(found["boxes"]) == len(found["labels"]) == len(found["scores"]) > 10
        assert (found["scores"].diff() <= 0).all()
        assert found["boxes"].min() >= 0
        assert found["boxes"].max() <= 96
    assert judged(model, data) > 0.4
    log = WEIGHTS.with_suffix(".log").read_text()
    assert log.splitlines()[-1] == f"checksum   {CHECKSUM}"


def test_a_file_that_was_not_shipped_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(crowd, "WEIGHTS", tmp_path / "crowd.safetensors")
    crowd.WEIGHTS.write_bytes(b"other")
    with pytest.raises(
        ValueError, match=r"crowd\.safetensors is not the file that was"
    ):
        crowd_pretrained()


def test_the_detector_learns_one_scene_by_heart():
    data = scenes(1, seed=3, objects=(2, 2), scale=(0.2, 0.4))
    model, losses = learn(data, seed=0, epochs=100, batch=1, rate=2e-3)
    assert losses[-1] < losses[0] / 20
    assert judged(model, data) >= 0.95


def test_gradients_reach_all_that_is_learned_and_an_empty_scene_has_no_cells():
    data = scenes(1, seed=3, objects=(2, 2))
    model = Crowd()
    cells = [part[None] for part in assigned(data.targets[0])]
    crowd_loss(model, model.features(data.images), *cells).backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in model.parameters())
    empty = {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.long)}
    assert not assigned(empty)[0].any()


# invariants

SMALL = settings(deadline=None, max_examples=40)
SEED = st.integers(0, 10_000)


@SMALL
@given(SEED, st.integers(0, 10))
def test_the_rule_in_blocks_is_the_rule(seed, tenths):
    boxes, scores = (table.double() for table in Drawn(seed).detections())
    threshold = tenths / 10
    kept = nms(boxes, scores, threshold)
    assert torch.equal(kept, nms_by_rule(boxes, scores, threshold))
    overlap = box_iou(boxes[kept], boxes[kept]).fill_diagonal_(0).nan_to_num(0.0)
    assert (overlap <= threshold).all()
    assert torch.equal(
        nms(boxes[kept], scores[kept], threshold), torch.arange(len(kept))
    )


@SMALL
@given(SEED)
def test_the_order_of_the_list_does_not_matter(seed):
    drawn = Drawn(seed)
    boxes, _ = drawn.detections()
    scores = torch.rand(len(boxes), generator=drawn.source)
    mixed = torch.randperm(len(boxes), generator=drawn.source)
    kept = nms(boxes, scores, 0.5)
    assert torch.equal(mixed[nms(boxes[mixed], scores[mixed], 0.5)], kept)
    _, lowered = soft_nms(boxes, scores)
    _, again = soft_nms(boxes[mixed], scores[mixed])
    torch.testing.assert_close(again, lowered)


@SMALL
@given(SEED)
def test_soft_scores_fall_and_never_rise(seed):
    boxes, scores = Drawn(seed).detections()
    places, lowered = soft_nms(boxes, scores)
    assert (lowered <= scores[places] + 1e-7).all()
    assert (lowered.diff() <= 0).all()
    assert len(places.unique()) == len(places)


def test_no_detections():
    boxes, scores = torch.zeros(0, 4), torch.zeros(0)
    idxs = torch.zeros(0, dtype=torch.long)
    places, lowered = soft_nms(boxes, scores)
    for none in (
        nms(boxes, scores, 0.5),
        batched_nms(boxes, scores, idxs, 0.5),
        nms_by_rule(boxes, scores, 0.5),
        places,
    ):
        assert none.shape == (0,)
        assert none.dtype == torch.long
    assert lowered.shape == (0,)


def test_arguments_are_left_alone_and_half_precision_works():
    boxes, scores = Drawn(1).detections(30)
    before = boxes.clone(), scores.clone()
    kept = nms(boxes, scores, 0.5)
    soft_nms(boxes, scores)
    batched_nms(boxes, scores, torch.zeros(30, dtype=torch.long), 0.5)
    assert torch.equal(boxes, before[0])
    assert torch.equal(scores, before[1])
    whole = boxes.round()
    kept = nms(whole, scores, 0.5)
    assert torch.equal(nms(whole.half(), scores, 0.5), kept)


# refusals

GOOD, SCORE = torch.tensor([[0.0, 0, 1, 1]]), torch.ones(1)

REFUSALS = {
    "a corner in the wrong place": (
        lambda: nms(torch.tensor([[2.0, 0, 1, 1]]), SCORE, 0.5),
        "boxes[0] is [2.0, 0.0, 1.0, 1.0]",
    ),
    "too few scores": (
        lambda: nms(GOOD.repeat(2, 1), SCORE, 0.5),
        "scores has shape (1,); the boxes (2, 4) need one number each",
    ),
    "too many classes": (
        lambda: batched_nms(GOOD, SCORE, torch.zeros(2, dtype=torch.long), 0.5),
        "idxs has shape (2,); the boxes (1, 4) need one number each",
    ),
    "a score that is none": (
        lambda: soft_nms(GOOD, SCORE * math.nan),
        "scores[0] is nan; scores must have an order",
    ),
    "a threshold above one": (
        lambda: nms(GOOD, SCORE, 50),
        "iou_threshold (50) must lie between 0 and 1",
    ),
    "a threshold that is none": (
        lambda: batched_nms(GOOD, SCORE, torch.zeros(1, dtype=torch.long), math.nan),
        "iou_threshold (nan) must lie between 0 and 1",
    ),
    "an unknown method": (
        lambda: soft_nms(GOOD, SCORE, "cosine"),
        "method 'cosine' is none of hard, linear, gaussian",
    ),
    "no width": (
        lambda: soft_nms(GOOD, SCORE, sigma=0.0),
        "sigma (0.0) must be above 0",
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_name_the_value_and_the_rule(case):
    call, message = REFUSALS[case]
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
