"""The regularization checks: what a student may write that no list of mistakes foresees."""

import torch
import torch.nn.functional as F

from dlcourse.checks import regularization as checks


def test_torch_does_not_smooth_for_the_student():
    def answer(scores, target, epsilon):
        return F.cross_entropy(scores, target, label_smoothing=epsilon)

    verdict = checks.smoothed_cross_entropy.judge(answer, seed=1)
    assert verdict.stage == "forbidden"
    assert "torch's nll_loss_forward" in verdict.message


def test_choosing_among_plain_numbers_loses_no_digits():
    # torch.where(..., 0.25, 0.75) is in single precision, and has to be good enough
    def answer(scores, target, alpha, gamma):
        p = scores.sigmoid()
        p_t = torch.where(target == 1, p, 1 - p)
        alpha_t = torch.where(target == 1, alpha, 1 - alpha)
        return -(alpha_t * (1 - p_t) ** gamma * p_t.log()).mean()

    for seed in range(3):
        assert checks.focal_loss.judge(answer, seed, hidden=True).right


def test_a_mask_in_place_is_told_so():
    def answer(x, noise, p, training):
        if training:
            x[noise < p] = 0
            x /= 1 - p
        return x

    verdict = checks.dropout.judge(answer, seed=1)
    assert verdict.message.startswith("it changed its argument x")


def test_a_tensor_is_no_epoch():
    def answer(losses, patience):
        return losses.argmin(), len(losses) - 1

    verdict = checks.early_stopping.judge(answer, seed=1)
    assert (
        "in result 1 of 2, it returned a Tensor, and a whole number" in verdict.message
    )
