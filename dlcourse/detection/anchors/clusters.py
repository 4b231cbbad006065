"""Clusters: anchor shapes learned from the boxes of a training set.

Shapes chosen by hand may serve objects that the data does not hold. k-means finds k shapes that
serve the boxes at hand; measured by 1 - IoU a small box counts as much as a large one, where a
distance in pixels would spend the shapes on the large ones.

Axes:   n m shapes
Paper:  Redmon & Farhadi 2017, "YOLO9000: better, faster, stronger", section 2
Torch:  none
"""

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor

from .refusals import refuse_sizes

__all__ = ["kmeans_anchors", "mean_best_iou", "shape_iou"]


def shape_iou(
    sizes1: Float[Tensor, "n 2"], sizes2: Float[Tensor, "m 2"]
) -> Float[Tensor, "n m"]:
    """Compute the IoU of boxes laid over each other with one centre.

    The intersection is ``min(w1, w2) min(h1, h2)``.

    Args:
        sizes1: rows of width and height.
        sizes2: rows of width and height.

    Raises:
        ValueError: if a width or a height is not above 0.

    >>> shape_iou(torch.tensor([[2.0, 4.0]]), torch.tensor([[4.0, 2.0], [2.0, 4.0]]))
    tensor([[0.3333, 1.0000]])
    """
    refuse_sizes("sizes1", sizes1)
    refuse_sizes("sizes2", sizes2)
    shared = torch.minimum(sizes1[:, None], sizes2).prod(dim=-1)
    return shared / (sizes1.prod(dim=-1)[:, None] + sizes2.prod(dim=-1) - shared)


def mean_best_iou(
    sizes: Float[Tensor, "n 2"], anchors: Float[Tensor, "m 2"]
) -> Float[Tensor, ""]:
    """Average, over the sizes, the IoU with the anchor that fits best.

    >>> sizes = torch.tensor([[2.0, 2.0], [4.0, 4.0]])
    >>> mean_best_iou(sizes, torch.tensor([[2.0, 2.0]])).item()  # 1 and 4/16
    0.625
    """
    return shape_iou(sizes, anchors).amax(dim=1).mean()


def kmeans_anchors(
    sizes: Float[Tensor, "n 2"], k: int, generator: Generator, iterations: int = 300
) -> Float[Tensor, "k 2"]:
    """Find k shapes: give each size to the shape of highest IoU, move each shape to the mean.

    Repeat until no size changes its shape. The first shapes are sizes of the set, drawn one after
    the other with chances that grow as the square of 1 - IoU with those drawn before.

    Args:
        sizes: widths and heights of the boxes.
        k: number of shapes.
        generator: source of the draws.
        iterations: rounds after which to stop in any case.

    Returns:
        Rows of width and height, by growing area.

    Raises:
        ValueError: if k is below 1 or above the number of distinct sizes.

    >>> sizes = torch.tensor([[2.0, 2.0], [9.0, 3.0], [11.0, 3.0]])
    >>> kmeans_anchors(sizes, 2, torch.Generator().manual_seed(0))
    tensor([[ 2.,  2.],
            [10.,  3.]])
    """
    refuse_sizes("sizes", sizes)
    distinct = len(sizes.unique(dim=0))
    if not 1 <= k <= distinct:
        raise ValueError(f"k ({k}) must lie from 1 to {distinct}, the distinct sizes")
    shapes, before = _spread(sizes, k, generator), None
    for _ in range(iterations):
        nearest = shape_iou(sizes, shapes).argmax(dim=1)
        if before is not None and torch.equal(nearest, before):
            break
        shapes, before = _means(sizes, nearest, shapes), nearest
    return shapes[shapes.prod(dim=1).argsort(stable=True)]


def _spread(
    sizes: Float[Tensor, "n 2"], k: int, generator: Generator
) -> Float[Tensor, "k 2"]:
    """Draw k sizes that lie apart from each other."""
    first = torch.randint(len(sizes), (1,), generator=generator)
    shapes = sizes[first]
    while len(shapes) < k:
        far = (1 - shape_iou(sizes, shapes).amax(dim=1)).clamp(min=0)
        drawn = torch.multinomial(far.square().cpu(), 1, generator=generator)
        shapes = torch.cat([shapes, sizes[drawn]])
    return shapes


def _means(
    sizes: Float[Tensor, "n 2"], nearest: Int[Tensor, "n"], shapes: Float[Tensor, "k 2"]
) -> Float[Tensor, "k 2"]:
    """Average the sizes of each shape; a shape that has none stays where it is."""
    counts = nearest.bincount(minlength=len(shapes))[:, None]
    sums = torch.zeros_like(shapes).index_add(0, nearest, sizes)
    return torch.where(counts > 0, sums / counts.clamp(min=1), shapes)
