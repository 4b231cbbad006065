"""What a student reads in the padding exercise, beyond the mistakes known by name."""

import torch
import torch.nn.functional as F

from dlcourse.checks import padding as checks
from dlcourse.checks.judging import Check

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}


# what a student may do that no list of mistakes foresees


def test_the_library_does_not_count_as_an_answer():
    verdict = CHECKS["reflect_pad2d"].judge(
        lambda x, padding: F.pad(x, padding, mode="reflect"), seed=1
    )
    assert "it runs torch's reflection_pad2d, which does the work" in verdict.message


def test_a_mirror_by_pieces_is_right():
    def pieces(x, padding):
        left, right, top, bottom = padding
        h, w = x.shape[2:]
        above, below = (
            x[:, :, 1 : top + 1].flip(2),
            x[:, :, h - 1 - bottom : h - 1].flip(2),
        )
        x = torch.cat([above, x, below], dim=2)
        before, after = (
            x[..., 1 : left + 1].flip(3),
            x[..., w - 1 - right : w - 1].flip(3),
        )
        return torch.cat([before, x, after], dim=3)

    assert CHECKS["reflect_pad2d"].judge(pieces, seed=1, hidden=True).right


def test_a_size_must_be_a_whole_number():
    def true_division(n, kernel_size, stride, padding, dilation):
        return (n + 2 * padding - dilation * (kernel_size - 1) - 1) / stride + 1

    verdict = CHECKS["output_size"].judge(true_division, seed=1)
    assert "it returned a float, and a whole number (int) is right" in verdict.message


def test_two_numbers_are_asked_for():
    verdict = CHECKS["same_padding"].judge(
        lambda kernel_size, dilation: dilation * (kernel_size - 1) // 2, seed=1
    )
    assert "it returned an int, and a tuple of 2 is right" in verdict.message


def test_a_wrong_size_does_not_cost_the_next_task():
    notebook: dict = {}
    exec(WRONG_SIZE, notebook)  # the cells of a notebook share one set of names
    wrong = CHECKS["output_size"].judge(notebook["output_size"], seed=1)
    assert wrong.mistake == "the division is rounded up"
    verdict = CHECKS["left_over"].judge(notebook["left_over"], seed=1)
    assert verdict.right
    assert verdict.helped


WRONG_SIZE = """
def output_size(n, kernel_size, stride, padding, dilation):
    return -((dilation * (kernel_size - 1) + 1 - n - 2 * padding) // stride) + 1

def left_over(n, kernel_size, stride, padding, dilation):
    count = output_size(n, kernel_size, stride, padding, dilation)
    last = (count - 1) * stride + dilation * (kernel_size - 1) - padding
    return max(0, n - 1 - last)
"""
