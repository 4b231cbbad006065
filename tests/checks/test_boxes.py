"""What a student reads in the boxes exercise, beyond the mistakes known by name."""

import torch
from torchvision import ops

from dlcourse.checks import boxes as checks
from dlcourse.checks.judging import Check
from dlcourse.detection.boxes import box_iou, iou

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}


# what a student may do that no list of mistakes foresees


def test_the_library_does_not_count_as_an_answer():
    verdict = CHECKS["nms"].judge(ops.nms, seed=1)
    assert "it runs torch's nms, which does the work" in verdict.message


def test_pair_by_pair_is_right():
    def pair_by_pair(boxes1, boxes2):
        rows = [
            [iou(tuple(one), tuple(other)) for other in boxes2.tolist()]
            for one in boxes1.tolist()
        ]
        return torch.tensor(rows, dtype=boxes1.dtype)

    assert CHECKS["box_iou"].judge(pair_by_pair, seed=1, hidden=True).right


def test_suppression_by_a_table_of_marks_is_right():
    def by_marks(boxes, scores, iou_threshold):
        order = scores.argsort(descending=True)
        over = box_iou(boxes[order], boxes[order]) > iou_threshold
        gone = torch.zeros(len(order), dtype=torch.bool)
        for place in range(len(order)):
            if not gone[place]:
                gone[place + 1 :] |= over[place, place + 1 :]
        return order[~gone]

    assert CHECKS["nms"].judge(by_marks, seed=1, hidden=True).right


def test_class_by_class_is_right():
    def with_own(boxes, scores, idxs, iou_threshold):
        kept = []
        for each in idxs.unique():
            mine = (idxs == each).nonzero().flatten()
            kept.append(mine[own(boxes[mine], scores[mine], iou_threshold)])
        kept = torch.cat(kept)
        return kept[scores[kept].argsort(descending=True)]

    def own(boxes, scores, iou_threshold):
        left, kept = scores.argsort(descending=True), []
        while len(left):
            kept.append(left[0])
            fits = box_iou(boxes[left[:1]], boxes[left[1:]])[0] <= iou_threshold
            left = left[1:][fits]
        return torch.stack(kept)

    assert CHECKS["batched_nms"].judge(with_own, seed=1, hidden=True).right


def test_scores_are_no_places():
    verdict = CHECKS["nms"].judge(
        lambda boxes, scores, iou_threshold: scores.sort(descending=True).values, seed=1
    )
    assert not verdict.right
    assert "the result has shape" in verdict.message


def test_both_answers_of_soft_nms_are_asked_for():
    verdict = CHECKS["soft_nms"].judge(
        lambda boxes, scores, sigma, score_threshold: scores.argsort(), seed=1
    )
    assert "a tuple of 2 is right" in verdict.message
