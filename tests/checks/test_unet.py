"""What a student reads in the U-Net exercise, beyond the mistakes known by name."""

import pytest
import torch
from torch.nn.functional import conv_transpose2d
from torchvision.transforms.functional import center_crop as library

from dlcourse.checks import unet as checks


@pytest.mark.parametrize("hidden", [False, True])
def test_the_crop_of_torchvision_is_right(hidden):
    def center_crop(x, output_size):
        return library(x, list(output_size))

    for seed in range(5):
        assert checks.center_crop.judge(center_crop, seed, hidden=hidden).right


def test_an_own_doubling_is_right():
    def join(coarse, fine, weight, bias):
        b, _, h, w = coarse.shape
        up = torch.einsum("bihw,iopq->bohpwq", coarse, weight)
        up = up.reshape(b, -1, 2 * h, 2 * w) + bias[:, None, None]
        top, left = (fine.shape[2] - 2 * h) // 2, (fine.shape[3] - 2 * w) // 2
        return torch.cat([fine[..., top : top + 2 * h, left : left + 2 * w], up], 1)

    assert checks.join.judge(join, 1, hidden=True).right


def test_a_wrong_crop_costs_no_other_task():
    def join(coarse, fine, weight, bias):
        up = conv_transpose2d(coarse, weight, bias, stride=2)
        return torch.cat([center_crop(fine, up.shape[-2:]), up], dim=1)

    scope = {
        "center_crop": lambda x, size: x[..., : size[0], : size[1]],
        "conv_transpose2d": conv_transpose2d,
        "torch": torch,
        "__builtins__": __builtins__,
    }
    answer = type(join)(join.__code__, scope)
    verdict = checks.join.judge(answer, 1)
    assert verdict.right
    assert verdict.helped


def test_the_closed_form_of_the_side_is_right():
    def answer_side(side, depth):
        fit = 1 << depth
        least = fit * 12 - 4  # every level adds its four pixels, twice
        return side - least + 4 if side >= least and (side - least) % fit == 0 else 0

    assert checks.answer_side.judge(answer_side, 3, hidden=True).right


def test_an_overflow_is_told():
    def pixel_softmax(logits):
        return logits.exp() / logits.exp().sum(dim=1, keepdim=True)

    assert "nan" in checks.pixel_softmax.judge(pixel_softmax, seed=1).message


def test_the_library_is_not_allowed():
    def pixel_softmax(logits):
        return logits.softmax(dim=1)

    assert "_softmax" in checks.pixel_softmax.judge(pixel_softmax, seed=1).message


def test_a_float_is_not_a_loss():
    def pixel_cross_entropy(logits, target, weight):
        return 0.5

    message = checks.pixel_cross_entropy.judge(pixel_cross_entropy, seed=1).message
    assert "it returned a float, and a tensor is right" in message
