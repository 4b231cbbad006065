"""Precision: by hand, by brute force, against pycocotools on drawn scenes, and refusals."""

import contextlib
import io
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.ops import box_iou

from dlcourse.detection.precision import (
    AREAS,
    COCO_THRESHOLDS,
    ERRORS,
    average_precision,
    average_precisions,
    coco_summary,
    error_breakdown,
    interpolated,
    judge,
    match_detections,
    match_one_image,
    mean_average_precision,
    overlap,
    precision_recall,
    rank_class,
)
from dlcourse.optim.metrics import (
    TWENTY_LABELS,
    TWENTY_SCORES,
    interpolated_average_precision,
)


class Drawing:
    """A source of scenes: many detections of a thing, wrong classes, crowds, and tied scores."""

    def __init__(self, seed: int) -> None:
        self.source = torch.Generator().manual_seed(seed)
        self.whole = seed % 2 == 0  # whole pixels: overlaps meet thresholds exactly
        self.side = 60 + 10 * (seed % 20)

    def pick(self, low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (1,), generator=self.source))

    def uniform(self, *shape: int) -> torch.Tensor:
        return torch.rand(*shape, generator=self.source, dtype=torch.float64)

    def boxes(self, count: int) -> torch.Tensor:
        low, size = self.uniform(count, 2) * self.side, self.uniform(count, 2) * 4 + 1
        return self.tidy(torch.cat([low, low + size.exp()], dim=1))

    def tidy(self, boxes: torch.Tensor) -> torch.Tensor:
        boxes = boxes.round() if self.whole else boxes
        corners = boxes.unflatten(1, (2, 2))
        return torch.cat([corners.amin(dim=1), corners.amax(dim=1)], dim=1)

    def labels(self, count: int, classes: int) -> torch.Tensor:
        return torch.randint(0, classes, (count,), generator=self.source)

    def scene(self, classes: int, crowds: float) -> tuple[dict, dict]:
        things, copies = self.pick(0, 6), self.pick(0, 3)
        boxes, labels = self.boxes(things), self.labels(things, classes)
        target = {"boxes": boxes, "labels": labels}
        if crowds:
            target["iscrowd"] = self.uniform(things) < crowds
        shaken = boxes.repeat(copies, 1)
        shaken = self.tidy(shaken + 8 * self.uniform(*shaken.shape) - 4)
        stray = self.boxes(self.pick(0, 4))
        seen = torch.cat([labels.repeat(copies), self.labels(len(stray), classes)])
        other = self.labels(len(seen), classes)
        seen = torch.where(self.uniform(len(seen)) < 0.2, other, seen)
        scores = torch.randint(0, 20, (len(seen),), generator=self.source) / 20.0
        boxes = torch.cat([shaken, stray])
        return {"boxes": boxes, "labels": seen, "scores": scores.double()}, target

    def scenes(self, images: int, classes: int, crowds: float = 0.15) -> tuple:
        return tuple(
            zip(*[self.scene(classes, crowds) for _ in range(images)], strict=True)
        )


def drawn(seed: int, crowds: float = 0.15) -> tuple:
    return Drawing(seed).scenes(1 + seed % 6, 1 + seed % 3, crowds)


def a_scene(boxes, labels, scores=None) -> dict:
    boxes = torch.tensor(boxes, dtype=torch.float64).reshape(-1, 4)
    scene = {"boxes": boxes, "labels": torch.tensor(labels, dtype=torch.int64)}
    if scores is not None:
        scene["scores"] = torch.tensor(scores, dtype=torch.float64)
    return scene


# the worked example: two cats and a cup; four detections

CAT, CUP = 0, 1
TARGET = a_scene([[0, 0, 10, 10], [20, 0, 30, 10], [0, 20, 10, 30]], [CAT, CAT, CUP])
SEEN = a_scene(
    [[0, 0, 10, 9], [0, 0, 10, 8], [40, 40, 50, 50], [20, 0, 30, 6]],
    [CAT] * 4,
    [0.9, 0.8, 0.7, 0.6],
)


def test_four_detections_by_hand():
    ranking = rank_class([SEEN], [TARGET], CAT)
    assert ranking.hits.tolist() == [[True, False, False, True]]
    assert ranking.truths == 2
    precision, recall = precision_recall(ranking.hits, ranking.truths)
    assert precision.tolist() == [[1, 1 / 2, 1 / 3, 2 / 4]]
    assert recall.tolist() == [[0.5, 0.5, 0.5, 1]]
    assert average_precision(precision, recall).item() == 0.75  # 1 · 1/2 + 1/2 · 1/2
    # Of eleven levels, 0 to 0.5 have precision 1 and the five above it 1/2.
    assert average_precision(precision, recall, 11).item() == pytest.approx(8.5 / 11)
    assert (
        mean_average_precision([SEEN], [TARGET]) == 0.375
    )  # nobody looked for the cup


def test_four_detections_by_kind_of_error():
    errors = error_breakdown([SEEN], [TARGET])
    kinds = ["right", "duplicate", "background", "right"]
    assert errors.judged[0].kinds == kinds
    assert errors.judged[0].missed.tolist() == [False, False, True]
    assert errors.counts == {
        "class": 0,
        "localization": 0,
        "both": 0,
        "duplicate": 1,
        "background": 1,
        "missed": 1,
    }
    # Without one of the two false ones, the second hit comes at precision 2/3.
    assert errors.costs["duplicate"] == pytest.approx((0.5 + 0.5 * 2 / 3 - 0.75) / 2)
    assert errors.costs["missed"] == pytest.approx(
        0.75 - 0.375
    )  # the cups are left out


def test_each_kind_of_error_by_hand():
    target = a_scene([[0, 0, 10, 10], [20, 0, 30, 10]], [CAT, CUP])
    seen = a_scene(
        [[0, 0, 10, 8], [0, 0, 10, 2], [0, 0, 10, 2], [0, 0, 10, 9], [50, 0, 60, 10]],
        [CUP, CAT, CUP, CAT, CAT],
        [0.9, 0.8, 0.7, 0.6, 0.5],
    )
    told = judge(seen, target)
    assert told.kinds == ["class", "localization", "both", "right", "background"]
    assert told.truth.tolist() == [0, 0, -1, 0, -1]
    assert told.missed.tolist() == [False, True]


def test_a_mended_box_finds_its_truth_once():
    target = a_scene([[0, 0, 10, 10]], [CAT])
    seen = a_scene([[0, 0, 10, 4], [0, 0, 10, 3]], [CAT, CAT], [0.9, 0.8])
    errors = error_breakdown([seen], [target])
    assert errors.counts["localization"] == 2
    assert errors.costs["localization"] == 1  # and the other one is dropped


def test_the_twenty_images_of_the_notes():
    """Each image a box, and each car a truth: the list is the same as in metrics."""
    order = sorted(range(20), key=lambda n: -TWENTY_SCORES[n])
    hits = torch.tensor([TWENTY_LABELS[n] == 1 for n in order])
    precision, recall = precision_recall(hits, truths=6)
    assert (precision[4], recall[4]) == (2 / 5, 2 / 6)
    y_true, y_score = torch.tensor(TWENTY_LABELS), torch.arange(20.0)
    y_score[torch.tensor(order)] = torch.arange(20.0).flip(0)  # without its tie
    for points in (11, 101, None):
        wanted = interpolated_average_precision(y_true, y_score, points=points)
        assert average_precision(precision, recall, points).item() == pytest.approx(
            wanted
        )


# against other programs


def theirs(predictions, targets, classes=3) -> list[float] | None:
    """The twelve numbers of pycocotools; None if there is no detection to load."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    annotations, results = [], []
    for image, (seen, target) in enumerate(zip(predictions, targets, strict=True), 1):
        crowds = target.get("iscrowd", torch.zeros(len(target["labels"]))).tolist()
        for box, label, crowd in zip(*as_lists(target), crowds, strict=True):
            area = box[2] * box[3]
            extra = {"id": len(annotations) + 1, "area": area, "iscrowd": int(crowd)}
            annotations.append(as_theirs(image, box, label) | extra)
        for box, label, score in zip(
            *as_lists(seen), seen["scores"].tolist(), strict=True
        ):
            results.append(as_theirs(image, box, label) | {"score": score})
    if not results:
        return None
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "images": [{"id": n + 1} for n in range(len(targets))],
            "categories": [{"id": n + 1} for n in range(classes)],
            "annotations": annotations,
        }
        truth.createIndex()
        judge = COCOeval(truth, truth.loadRes(results), "bbox")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    return [math.nan if number == -1 else number for number in judge.stats]


def as_lists(scene):
    boxes = scene["boxes"].clone()
    boxes[:, 2:] -= boxes[:, :2]
    return boxes.tolist(), scene["labels"].tolist()


def as_theirs(image, box, label):
    return {"image_id": image, "category_id": label + 1, "bbox": box}


@pytest.mark.parametrize("start", range(0, 200, 25))
def test_equals_pycocotools(start, as_in_use):  # the shape checker would take a minute
    pytest.importorskip("pycocotools")
    for seed in range(start, start + 25):
        scenes = drawn(seed)
        wanted = theirs(*scenes)
        if wanted is not None:
            mine = list(coco_summary(*scenes).values())
            assert mine == pytest.approx(wanted, abs=1e-6, nan_ok=True), seed


def test_overlap_equals_torchvision_without_crowds():
    for seed in range(50):
        drawing = Drawing(seed)
        one, other = (
            drawing.boxes(drawing.pick(0, 8)),
            drawing.boxes(drawing.pick(0, 8)),
        )
        other = torch.cat([other, one[:2]])  # identical ones too
        plain = overlap(one, other, torch.zeros(len(other), dtype=torch.bool))
        torch.testing.assert_close(plain, box_iou(one, other).nan_to_num(0.0))


def test_matching_equals_its_definition():
    for seed in range(100):
        draw = Drawing(seed)
        overlaps = draw.uniform(draw.pick(1, 4), draw.pick(0, 8), draw.pick(1, 5))
        nothing = torch.zeros(overlaps.shape[0], overlaps.shape[2], dtype=torch.bool)
        thresholds = torch.tensor([0.3, 0.6], dtype=torch.float64)
        found = match_detections(overlaps, thresholds, nothing, nothing)
        for row, threshold in zip(found, thresholds.tolist(), strict=True):
            assert row.tolist() == [match_one_image(o, threshold) for o in overlaps]


def by_the_voc_kit(predictions, targets, label) -> list[str]:
    """The VOC development kit's rule, as loops over one list from all images."""
    rows = [
        (score, image, box)
        for image, seen in enumerate(predictions)
        for score, box, own in zip(
            seen["scores"].tolist(), seen["boxes"], seen["labels"].tolist(), strict=True
        )
        if own == label
    ]
    taken, answers = set(), []
    for _, image, box in sorted(rows, key=lambda row: -row[0]):
        truths = (targets[image]["labels"] == label).nonzero()[:, 0]
        overlaps = box_iou(box[None], targets[image]["boxes"][truths])[0]
        if not len(truths) or overlaps.max() < 0.5:
            answers.append("false")
            continue
        best = (image, int(truths[overlaps.argmax()]))
        difficult = bool(targets[image]["difficult"][best[1]])
        answers.append("none" if difficult else "false" if best in taken else "true")
        taken.add(best)
    return answers


def test_second_choice_and_difficult_as_in_voc():
    for seed in range(60):
        predictions, targets = drawn(seed, crowds=0.0)
        source = torch.Generator().manual_seed(seed)
        targets = [
            {**t, "difficult": torch.rand(len(t["labels"]), generator=source) < 0.2}
            for t in targets
        ]
        ranking = rank_class(predictions, targets, 0, second_choice=False)
        mine = [
            "none" if out else "true" if hit else "false"
            for hit, out in zip(ranking.hits[0], ranking.ignored[0], strict=True)
        ]
        assert mine == by_the_voc_kit(predictions, targets, 0), seed


# what counts and what does not


def test_a_truth_is_found_once():
    target = a_scene([[0, 0, 10, 10]], [CAT])
    seen = a_scene([[0, 0, 10, 10]] * 3, [CAT] * 3, [0.9, 0.8, 0.7])
    assert rank_class([seen], [target], CAT).hits.tolist() == [[True, False, False]]


def test_missed_truths_count_in_recall():
    target = a_scene([[0, 0, 10, 10], [20, 0, 30, 10]], [CAT, CAT])
    seen = a_scene([[0, 0, 10, 10]], [CAT], [0.9])
    assert mean_average_precision([seen], [target]) == 0.5
    empty = a_scene([], [], [])
    assert mean_average_precision([seen, empty], [target, target]) == 0.25


def test_detections_in_images_without_the_class_are_false():
    target, nothing = a_scene([[0, 0, 10, 10]], [CAT]), a_scene([], [])
    seen = a_scene([[0, 0, 10, 10]], [CAT], [0.6])
    stray = a_scene([[0, 0, 10, 10]], [CAT], [0.9])
    assert mean_average_precision([seen, stray], [target, nothing]) == 0.5


def test_no_truth_at_all_is_nan_and_no_detection_is_zero():
    nothing, seen = a_scene([], []), a_scene([[0, 0, 1, 1]], [CAT], [0.5])
    assert math.isnan(mean_average_precision([seen], [nothing]))
    assert math.isnan(mean_average_precision([], []))
    assert all(math.isnan(v) for v in coco_summary([seen], [nothing]).values())
    assert mean_average_precision([a_scene([], [], [])], [TARGET]) == 0
    assert error_breakdown([a_scene([], [], [])], [TARGET]).counts["missed"] == 3


def test_a_crowd_is_no_mistake_and_need_not_be_found():
    target = a_scene([[0, 0, 10, 10], [20, 0, 60, 40]], [CAT, CAT])
    target["iscrowd"] = torch.tensor([False, True])
    seen = a_scene(
        [[20, 0, 30, 10], [30, 0, 40, 10], [0, 0, 10, 10]], [CAT] * 3, [0.9, 0.8, 0.7]
    )
    assert mean_average_precision([seen], [target]) == 1
    assert error_breakdown([seen], [target]).judged[0].kinds == ["ignored"] * 2 + [
        "right"
    ]


def test_the_surest_detections_of_an_image_are_looked_at():
    seen = a_scene([[0, 0, 9, 9]] * 3, [CAT] * 3, [0.1, 0.9, 0.5])
    assert rank_class([seen], [TARGET], CAT, max_detections=2).scores.tolist() == [
        0.9,
        0.5,
    ]


def test_areas_are_told_apart():
    small, large = [0, 0, 10, 10], [0, 0, 100, 100]
    target = a_scene([small, large], [CAT, CAT])
    seen = a_scene([large], [CAT], [0.9])
    by_size = {
        size: rank_class([seen], [target], CAT, area=limits).truths
        for size, limits in AREAS.items()
    }
    assert by_size == {"all": 2, "small": 1, "medium": 0, "large": 1}
    summary = coco_summary([seen], [target])
    assert (summary["AP large"], summary["AP small"]) == (1, 0)
    assert math.isnan(summary["AP medium"])


def test_levels_are_those_of_the_published_programs():
    """In doubles 35 times 0.01 is more than 7/20, so that level is not reached."""
    precision, recall = precision_recall(torch.ones(7, dtype=torch.bool), truths=20)
    assert average_precision(precision, recall, 101).item() == pytest.approx(35 / 101)


# refusals


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": torch.tensor([0])}, "boxes of shape \\(4, 4\\) for 1 labels"),
        ({"boxes": torch.full((4, 4), math.nan)}, "boxes that are not finite"),
        ({"scores": torch.full((4,), math.inf)}, "scores that are not finite"),
        ({"scores": torch.zeros(3)}, "scores of shape \\(3,\\) for 4 labels"),
        (
            {"boxes": torch.tensor([[5.0, 0, 4, 4]] * 4)},
            "x2 and y2 must not lie before",
        ),
    ],
)
def test_malformed_predictions_are_refused(change, message, as_in_use):
    for judging in (mean_average_precision, coco_summary, error_breakdown):
        with pytest.raises(ValueError, match=f"prediction 0 has .*{message}"):
            judging([SEEN | change], [TARGET])


def test_malformed_lists_are_refused():
    with pytest.raises(ValueError, match="1 predictions and 2 targets"):
        mean_average_precision([SEEN], [TARGET, TARGET])
    with pytest.raises(ValueError, match="prediction 0 has no scores"):
        mean_average_precision([TARGET], [TARGET])
    with pytest.raises(ValueError, match=r"target 0 has the box .* x2 and y2"):
        mean_average_precision([SEEN], [a_scene([[2, 0, 1, 1]], [CAT])])


def test_impossible_settings_are_refused():
    with pytest.raises(
        ValueError, match=r"iou_thresholds hold 0.0; each must be above 0 and at most 1"
    ):
        mean_average_precision([SEEN], [TARGET], (0.0,))
    with pytest.raises(ValueError, match="iou_thresholds are empty"):
        mean_average_precision([SEEN], [TARGET], ())
    with pytest.raises(ValueError, match="points \\(1\\) must be at least 2"):
        mean_average_precision([SEEN], [TARGET], points=1)
    with pytest.raises(ValueError, match=r"background \(0.6\) must lie between 0"):
        error_breakdown([SEEN], [TARGET], background=0.6)
    with pytest.raises(ValueError, match="truths \\(0\\) must be at least 1"):
        precision_recall(torch.tensor([True]), 0)
    with pytest.raises(ValueError, match="2 hits among 1 truths"):
        precision_recall(torch.tensor([True, True]), 1)


# what always holds

seeds = st.integers(0, 10**6)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_only_the_order_of_scores_counts(seed):
    predictions, targets = drawn(seed)
    squeezed = [{**seen, "scores": seen["scores"] ** 3 / 7 - 2} for seen in predictions]
    one, other = (average_precisions(p, targets) for p in (predictions, squeezed))
    assert one == other


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_perfect_detections_score_one_and_have_no_errors(seed):
    _, targets = drawn(seed, crowds=0.0)
    perfect = [{**t, "scores": torch.ones(len(t["labels"]))} for t in targets]
    for points in (None, 11, 101):
        values = average_precisions(perfect, targets, COCO_THRESHOLDS, points).values()
        assert all(value == pytest.approx(1) for value in values)
    assert set(error_breakdown(perfect, targets).counts.values()) == {0}


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_stricter_thresholds_never_score_more(seed):
    scenes = drawn(seed)
    ranking = rank_class(*scenes, 0, COCO_THRESHOLDS)
    if ranking.truths:
        recall = precision_recall(ranking.hits, ranking.truths, ranking.ignored)[1]
        assert (recall[1:] <= recall[:-1]).all() or (ranking.ignored.any())


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_mending_never_costs_and_every_detection_has_a_kind(seed):
    predictions, targets = drawn(seed)
    errors = error_breakdown(predictions, targets)
    for seen, told in zip(predictions, errors.judged, strict=True):
        assert len(told.kinds) == len(seen["labels"])
        assert set(told.kinds) <= {*ERRORS, "right", "ignored"}
    if any(len(t["labels"]) and not t["iscrowd"].all() for t in targets):
        costs = dict(errors.costs)
        if not any("right" in told.kinds for told in errors.judged):
            del costs["missed"]  # without what was missed there may be nothing to find
        assert all(cost > -1e-12 for cost in costs.values())


def test_where_all_was_missed_the_cost_of_missing_has_no_number():
    target = {"boxes": torch.tensor([[0.0, 0, 4, 4]]), "labels": torch.tensor([0])}
    none = {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.int64)}
    errors = error_breakdown([{**none, "scores": torch.zeros(0)}], [target])
    assert errors.counts["missed"] == 1
    assert math.isnan(errors.costs["missed"])


def test_interpolated_only_falls():
    precision = torch.rand(5, 30)
    best = interpolated(precision)
    assert (best.diff(dim=1) <= 0).all()
    assert (best >= precision).all()
