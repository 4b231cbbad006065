"""What a student reads in the YOLO exercise, beyond the mistakes known by name."""

import torch
from torch import Tensor

from dlcourse.checks import yolo as checks
from dlcourse.checks.judging import Check, Draw
from dlcourse.detection.boxes import box_convert, box_iou
from dlcourse.detection.yolo import split_cells, yolo_v1_loss

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}


def true_overlaps(output: Tensor, target: Tensor) -> Tensor:
    """IoU of the boxes of each cell with its object, 0 where there is none."""
    side = len(output)
    scale = torch.tensor([side, side, 1, 1])
    boxes, _ = split_cells(output, 2)
    seen = torch.cat([boxes[..., :2], boxes[..., 2:4].square()], dim=-1) / scale
    real = target[..., None, 1:5] / scale
    corners = [box_convert(x.flatten(0, 1), "cxcywh", "xyxy") for x in (seen, real)]
    return box_iou(*corners).view(side, side, 2) * target[..., :1]


def test_the_loss_asked_for_is_the_packages():
    for seed in range(10):
        case = CHECKS["loss_v1"].draw(Draw(seed))
        output, target = case.arguments["output"], case.arguments["target"]
        asked = CHECKS["loss_v1"].reference(
            output, target, true_overlaps(output, target)
        )
        parts = yolo_v1_loss(output[None], target[None])
        torch.testing.assert_close(asked, sum(parts.values()))


def test_loops_are_right():
    def loops(overlaps, owner, threshold):
        marks = []
        for n, row in enumerate(overlaps.tolist()):
            if n in owner.tolist():
                marks.append(1)
            else:
                marks.append(-1 if max(row) > threshold else 0)
        return torch.tensor(marks)

    assert CHECKS["objectness"].judge(loops, seed=1, hidden=True).right


def test_whole_numbers_are_asked_for():
    def unrounded(boxes, size, grid):
        height, width = size
        x, y = ((boxes[:, :2] + boxes[:, 2:]) / 2).unbind(dim=1)
        return torch.stack([y / height, x / width], dim=1).mul(grid).floor()

    verdict = CHECKS["cell_of"].judge(unrounded, seed=1)
    assert not verdict.right
    assert "int64" in verdict.message


def test_both_answers_are_asked_for():
    verdict = CHECKS["decode_v1"].judge(lambda output, size: output, seed=1)
    assert "a tuple of 2 is right" in verdict.message


def test_a_wrong_cell_does_not_cost_the_next_task():
    notebook: dict = {}
    exec(WRONG_CELL, notebook)  # the cells of a notebook share one set of names
    wrong = CHECKS["cell_of"].judge(notebook["cell_of"], seed=1)
    assert wrong.mistake == "row and column are swapped"
    verdict = CHECKS["target_v1"].judge(notebook["target_v1"], seed=1)
    assert verdict.right
    assert verdict.helped


WRONG_CELL = """
import torch

def cell_of(boxes, size, grid):
    height, width = size
    x, y = ((boxes[:, :2] + boxes[:, 2:]) / 2).unbind(dim=1)
    return torch.stack([(x / width * grid).long(), (y / height * grid).long()], dim=1)

def target_v1(boxes, labels, size, grid, num_classes):
    sides = torch.tensor([size[1], size[0]])
    target = boxes.new_zeros(grid, grid, 5 + num_classes)
    for box, label, cell in zip(boxes, labels.tolist(), cell_of(boxes, size, grid)):
        spot = target[cell[0], cell[1]]
        if spot[0] == 0:
            spot[0] = 1
            spot[1:3] = (box[:2] + box[2:]) / 2 / sides * grid - cell.flip(0)
            spot[3:5] = (box[2:] - box[:2]) / sides
            spot[5 + label] = 1
    return target
"""
