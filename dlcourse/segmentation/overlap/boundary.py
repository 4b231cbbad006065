"""Boundary: how much of an outline lies close to another.

The inside of a large thing is easy and outweighs its outline by far: two masks may overlap by 95 %
with every edge wrong. So compare the edges alone, and let a pixel or two of distance pass, since
people who draw the same outline twice do not draw it better than that.

Axes:   b masks, h w pixels
Paper:  Martin, Fowlkes & Malik 2004, "Learning to detect natural image boundaries using local
        brightness, color, and texture cues"; Csurka, Larlus & Perronnin 2013, "What is a good
        evaluation measure for semantic segmentation?"
Torch:  none
"""

import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import conv2d, pad

from .refusals import refuse_pair

__all__ = ["boundary", "boundary_f"]

Masks = Bool[Tensor, "b h w"]
"""One class, or one thing, in each picture."""


def boundary(masks: Masks) -> Masks:
    """Keep the pixels that have a neighbour outside the mask: above, below, left or right.

    The border of the picture is no outline: nobody knows what is beyond it.

    >>> masks = torch.ones(1, 3, 4, dtype=torch.bool)
    >>> masks[0, :, 3] = False
    >>> boundary(masks)[0].int().tolist()
    [[0, 0, 1, 0], [0, 0, 1, 0], [0, 0, 1, 0]]
    """
    framed = pad(masks, (1, 1, 1, 1), value=True)
    beside = (framed[:, 1:-1, :-2], framed[:, 1:-1, 2:])
    above = (framed[:, :-2, 1:-1], framed[:, 2:, 1:-1])
    return masks & ~torch.stack([*beside, *above]).all(dim=0)


def boundary_f(
    prediction: Masks, target: Masks, tolerance: float = 2.0
) -> Float[Tensor, "b"]:
    """Compute the F score of each outline: the harmonic mean of its precision and recall.

    Precision is the share of the predicted outline that has some of the true one within the
    tolerance, recall the share of the true one that has some of the predicted.

    Args:
        prediction: masks that were seen.
        target: masks that are there.
        tolerance: greatest distance of two pixels' middles, in pixels.

    Returns:
        One number a mask: 0 where only one of the two has an outline, nan where neither has.

    Raises:
        ValueError: if the shapes differ, or the tolerance is below 0 or not finite.

    >>> masks = torch.zeros(2, 1, 8, dtype=torch.bool)
    >>> masks[0, 0, 2], masks[1, 0, 4] = True, True
    >>> [boundary_f(masks[:1], masks[1:], distance).item() for distance in (1.0, 2.0)]
    [0.0, 1.0]
    """
    refuse_pair(prediction, target)
    if not 0 <= tolerance < math.inf:
        raise ValueError(f"tolerance ({tolerance}) must be 0 or more, and finite")
    seen, true = boundary(prediction), boundary(target)
    precision = _share(seen, _within(true, tolerance))
    recall = _share(true, _within(seen, tolerance))
    # A share of nothing is nan; with an outline on one side only, the other has found nothing.
    one_sided = precision.isnan() ^ recall.isnan()
    both = (precision + recall).where(precision + recall > 0, 1)
    f = 2 * precision * recall / both
    return f.where(~precision.isnan() & ~recall.isnan(), math.nan).where(~one_sided, 0)


def _share(outline: Masks, near: Masks) -> Float[Tensor, "b"]:
    """Give the share of the outline that is near; nan without an outline."""
    return (outline & near).sum(dim=(1, 2)).double() / outline.sum(dim=(1, 2))


def _within(outline: Masks, tolerance: float) -> Masks:
    """Mark every pixel with some of the outline in a disc around it."""
    reach = int(tolerance)
    steps = torch.arange(-reach, reach + 1, device=outline.device)
    disc = (steps[:, None] ** 2 + steps**2 <= tolerance**2).float()
    return conv2d(outline[:, None].float(), disc[None, None], padding=reach)[:, 0] > 0.5
