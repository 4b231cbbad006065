"""What a student reads on pooling, in the cases that no list of mistakes foresees."""

import pytest
import torch
import torch.nn.functional as F

from dlcourse.checks import pooling as checks


def loops(x, kernel_size, stride=None, padding=0):
    """Pool as a hand would: a window at a time, over a frame of minus infinity."""
    stride = kernel_size if stride is None else stride
    framed = F.pad(x, (padding,) * 4, value=-torch.inf)
    rows, columns = ((n - kernel_size) // stride + 1 for n in framed.shape[2:])
    y = x.new_zeros(*x.shape[:2], rows, columns)
    for r in range(rows):
        for c in range(columns):
            top, left = r * stride, c * stride
            window = framed[..., top : top + kernel_size, left : left + kernel_size]
            y[..., r, c] = window.amax(dim=(2, 3))
    return y


@pytest.mark.parametrize("hidden", [False, True])
def test_an_honest_loop_is_right(hidden):
    assert checks.max_pool2d.judge(loops, seed=1, hidden=hidden).right


@pytest.mark.parametrize(
    ("check", "library"),
    [
        (checks.max_pool2d, lambda x, **a: F.max_pool2d(x, **a)),
        (checks.avg_pool2d, lambda x, **a: F.avg_pool2d(x, **a)),
        (
            checks.adaptive_avg_pool2d,
            lambda x, output_size: F.adaptive_avg_pool2d(x, output_size),
        ),
        (
            checks.spatial_pyramid_pool,
            lambda x, levels: torch.cat(
                [F.adaptive_max_pool2d(x, n).flatten(1) for n in levels], 1
            ),
        ),
    ],
    ids=lambda value: getattr(value, "task", ""),
)
def test_the_library_is_seen(check, library):
    assert check.judge(library, seed=1).stage == "forbidden"


def test_amax_and_autograd_split_ties_and_are_told_so():
    def by_autograd(dy, x, kernel_size, stride, padding):
        leaf = x.clone().requires_grad_()
        with torch.enable_grad():
            y = loops(leaf, kernel_size, stride, padding)
        return torch.autograd.grad(y, leaf, dy)[0]

    verdict = checks.max_pool2d_backward.judge(by_autograd, seed=1)
    assert verdict.mistake == "on a tie the gradient is split"


def test_a_bin_is_two_whole_numbers():
    for wrong, message in (
        (lambda index, count, n: [0, 1], "it returned a list, and a tuple of 2"),
        (
            lambda index, count, n: (index * n / count, (index + 1) * n / count),
            "in result 1 of 2, it returned a float",
        ),
    ):
        assert message in checks.adaptive_bin.judge(wrong, seed=1).message
