"""Soft: Dice and IoU of probabilities, which can be learned.

A count of pixels has no slope. Put the probability of a class where the metrics count its pixels,
and the same formula has one. Each class then weighs as much as any other, however few its pixels
are, and cross-entropy, where each pixel weighs the same, has a companion.

Axes:   b pictures, k classes, h w pixels
Paper:  Milletari, Navab & Ahmadi 2016, "V-Net: fully convolutional neural networks for volumetric
        medical image segmentation" (Dice, squared); Rahman & Wang 2016, "Optimizing
        intersection-over-union in deep neural networks for image segmentation" (IoU)
Torch:  none; monai.losses.DiceLoss(softmax=True, batch=True)
"""

import torch
from jaxtyping import Float, Integer
from torch import Tensor
from torch.nn.functional import one_hot

from .refusals import refuse_labels, refuse_scores

__all__ = ["soft_dice_loss", "soft_jaccard_loss"]

Scores = Float[Tensor, "b k h w"]
Target = Integer[Tensor, "b h w"]


def soft_dice_loss(
    input: Scores,
    target: Target,
    *,
    smooth: float = 1.0,
    squared: bool = False,
    ignore_index: int = -100,
) -> Float[Tensor, ""]:
    """Average ``1 - (2 I + smooth) / (P + T + smooth)`` over the classes.

    For each class, over all pixels of the batch, I adds up the probabilities where the class is, P
    all its probabilities, and T counts its pixels. The probabilities are the softmax of the scores
    over the classes.

    Args:
        input: scores before the softmax.
        target: the class of each pixel.
        smooth: added above and below. An absent class that nothing claims has loss 0 in any case;
            with smoothing, one that a few pixels claim has little.
        squared: add up the squares of the probabilities in P, as V-Net does.
        ignore_index: label of the pixels that are left out.

    Raises:
        ValueError: if shapes do not fit, a score is nan, a label is no class, or smooth is below 0.

    >>> scores = torch.zeros(1, 2, 1, 4)  # 1/2 for both classes at each of four pixels
    >>> soft_dice_loss(scores, torch.tensor([[[0, 0, 0, 1]]]), smooth=0.0).item()  # 3/5 and 1/3
    0.5333333015441895
    """
    shared, given, has = _areas(input, target, smooth, squared, ignore_index)
    return 1 - _ratio(2 * shared + smooth, given + has + smooth).mean()


def soft_jaccard_loss(
    input: Scores,
    target: Target,
    *,
    smooth: float = 1.0,
    squared: bool = False,
    ignore_index: int = -100,
) -> Float[Tensor, ""]:
    """Average ``1 - (I + smooth) / (P + T - I + smooth)`` over the classes.

    I, P, T and all arguments are those of :func:`soft_dice_loss`.

    >>> scores = torch.zeros(1, 2, 1, 4)
    >>> soft_jaccard_loss(scores, torch.tensor([[[0, 0, 1, 1]]]), smooth=0.0).item()  # 1/3 twice
    0.6666666269302368
    """
    shared, given, has = _areas(input, target, smooth, squared, ignore_index)
    return 1 - _ratio(shared + smooth, given + has - shared + smooth).mean()


def _areas(
    scores: Tensor, target: Tensor, smooth: float, squared: bool, ignore_index: int
) -> tuple[Float[Tensor, "k"], Float[Tensor, "k"], Float[Tensor, "k"]]:
    """Add up, class by class, what both share, what was given, and what is there."""
    refuse_scores(scores, target, smooth)
    judged = target != ignore_index  # b h w
    k = scores.shape[1]
    labels = target[judged].long()
    refuse_labels("target", labels, k)
    probabilities = scores.softmax(dim=1).movedim(1, -1)[judged]  # pixels k
    there = one_hot(labels, k).to(scores.dtype)
    given = probabilities.square() if squared else probabilities
    return (probabilities * there).sum(0), given.sum(0), there.sum(0)


def _ratio(above: Float[Tensor, "k"], below: Float[Tensor, "k"]) -> Float[Tensor, "k"]:
    """Divide; nothing claimed of nothing there, 0 / 0, is all right."""
    full = below > 0
    return torch.where(full, above / below.where(full, 1), 1)
