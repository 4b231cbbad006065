"""What a student reads in the overlap exercise, beyond the mistakes known by name."""

import pytest
import torch

from dlcourse.checks import overlap as checks
from dlcourse.checks.judging import Check

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}


def test_counting_pixel_by_pixel_is_right():
    def confusion_matrix(prediction, target, num_classes):
        table = torch.zeros(num_classes, num_classes, dtype=torch.int64)
        for seen, true in zip(
            prediction.flatten().tolist(), target.flatten().tolist(), strict=True
        ):
            if true != 255:
                table[true, seen] += 1
        return table

    assert CHECKS["confusion_matrix"].judge(confusion_matrix, 1, hidden=True).right


def test_each_class_against_all_others_is_right():
    def iou(confusion):
        total, right = confusion.sum(), confusion.diagonal()
        neither = [
            confusion[torch.arange(len(confusion)) != n][
                :, torch.arange(len(confusion)) != n
            ].sum()
            for n in range(len(confusion))
        ]
        return right / (total - torch.stack(neither))

    assert CHECKS["iou"].judge(iou, seed=1, hidden=True).right


def test_an_empty_pair_that_is_divided_is_told():
    def dice(prediction, target):
        shared = (prediction & target).sum(dim=(1, 2)).double()
        areas = prediction.sum(dim=(1, 2)) + target.sum(dim=(1, 2))
        return 2 * shared / areas

    message = CHECKS["dice"].judge(dice, seed=1).message
    assert "is nan, and 1 is right" in message


def test_outlines_by_erosion_are_right():
    def boundary(masks):
        from scipy.ndimage import binary_erosion

        inside = [binary_erosion(m.numpy(), border_value=1) for m in masks]
        return masks & ~torch.stack([torch.tensor(one) for one in inside])

    assert CHECKS["boundary"].judge(boundary, seed=1, hidden=True).right


def test_numbers_in_place_of_marks_are_told():
    def boundary(masks):
        return CHECKS["boundary"].reference(masks).double()

    message = CHECKS["boundary"].judge(boundary, seed=1).message
    assert "torch.float64, and torch.bool is right" in message


def test_a_distance_transform_is_right():
    def boundary_f(prediction, target, tolerance):
        from scipy.ndimage import distance_transform_edt

        edges = CHECKS["boundary"].reference(torch.stack([prediction, target]))
        seen, true = (
            torch.tensor(distance_transform_edt(~edge.numpy())) for edge in edges
        )
        precision = (true[edges[0]] <= tolerance).double().mean()
        recall = (seen[edges[1]] <= tolerance).double().mean()
        return 2 / (1 / precision + 1 / recall)

    assert CHECKS["boundary_f"].judge(boundary_f, seed=1, hidden=True).right


@pytest.mark.parametrize("name", ["soft_areas", "soft_dice_loss"])
def test_a_number_does_not_pass_for_a_tensor(name):
    message = CHECKS[name].judge(lambda scores, target, **_: 0.5, seed=1).message
    assert "it returned a float" in message


def test_a_loss_without_a_way_back_is_told():
    def soft_dice_loss(scores, target, smooth):
        return CHECKS["soft_dice_loss"].reference(scores.detach(), target, smooth)

    verdict = CHECKS["soft_dice_loss"].judge(soft_dice_loss, seed=1)
    assert verdict.stage == "cut off"


def test_the_likeliest_class_has_no_slope_and_is_named():
    mistake = CHECKS["soft_areas"].mistakes[4]
    assert mistake.name == "the likeliest class is counted"
    assert CHECKS["soft_areas"].judge(mistake.function, seed=3).mistake == mistake.name
