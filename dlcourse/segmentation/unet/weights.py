"""Weights: a loss that looks where two cells nearly touch.

Between two cells lies a line of ground, a few pixels in a thousand. A network that paints it over
loses next to nothing, and two cells become one. So each pixel of the loss gets a weight, and those
between two cells the largest.

Axes:   b images, k classes, h w rows and columns, n cells
Paper:  Ronneberger, Fischer & Brox 2015, "U-Net: convolutional networks for biomedical image
        segmentation"
Torch:  torch.nn.functional.cross_entropy with reduction="none", times the weights;
        scipy.ndimage.distance_transform_edt for the distances
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import log_softmax

from dlcourse.axes import Feature

__all__ = [
    "border_weights",
    "class_weights",
    "distances",
    "pixel_cross_entropy",
    "pixel_softmax",
    "separated",
]


def pixel_softmax(logits: Float[Tensor, "b k h w"]) -> Float[Tensor, "b k h w"]:
    """Turn the logits of each pixel into probabilities of its classes.

    ``p_k(x) = exp(a_k(x)) / sum over j of exp(a_j(x))``, over the classes and never over the
    pixels. The largest logit is taken off first, which changes nothing and overflows nowhere.

    >>> pixel_softmax(torch.tensor([0.0, 1000.0]).view(1, 2, 1, 1)).flatten().tolist()
    [0.0, 1.0]
    """
    powers = (logits - logits.amax(dim=1, keepdim=True)).exp()
    return powers / powers.sum(dim=1, keepdim=True)


def pixel_cross_entropy(
    logits: Float[Tensor, "b k h w"],
    target: Int[Tensor, "b h w"],
    weight: Float[Tensor, "b h w"] | None = None,
) -> Float[Tensor, ""]:
    """Take the mean over pixels of ``-w(x) log p_l(x)(x)``, where ``l(x)`` is the true class.

    Args:
        logits: of each pixel.
        target: its class.
        weight: of each pixel; 1 everywhere, if left out.

    Raises:
        ValueError: if shapes differ, or a class does not exist.

    >>> logits = torch.zeros(1, 2, 1, 2)
    >>> target = torch.tensor([[[0, 1]]])
    >>> round(pixel_cross_entropy(logits, target, torch.tensor([[[3.0, 1.0]]])).item(), 4)
    1.3863
    """
    _refuse_loss(logits, target, weight)
    chosen = log_softmax(logits, dim=1).gather(1, target[:, None])[:, 0]  # b h w
    return -(chosen if weight is None else weight * chosen).mean()


def _refuse_loss(logits: Tensor, target: Tensor, weight: Tensor | None) -> None:
    b, k, h, w = logits.shape
    for name, given in {"target": target, "weight": weight}.items():
        if given is not None and given.shape != (b, h, w):
            raise ValueError(
                f"{name} has shape {tuple(given.shape)}, and the logits ask for {(b, h, w)}: a "
                "network of valid convolutions answers for the middle only"
            )
    if target.numel() and not 0 <= int(target.min()) <= int(target.max()) < k:
        raise ValueError(
            f"target holds classes {int(target.min())} to {int(target.max())}; with {k} logits "
            f"they go from 0 to {k - 1}"
        )


def distances(mask: Bool[Tensor, "*n h w"]) -> Float[Tensor, "*n h w"]:
    """Measure from each pixel the way to the nearest one that is set, between their centres.

    First along the columns, up and down; then over the columns, by Pythagoras.

    Returns:
        Pixels; infinite where nothing is set.

    >>> distances(torch.tensor([[True, False, False], [False, False, False]]))[1].tolist()
    [1.0, 1.4142135381698608, 2.2360680103302]
    """
    w = mask.shape[-1]
    vertical = torch.minimum(_to_last(mask), _to_last(mask.flip(-2)).flip(-2))
    apart = torch.arange(w, device=mask.device)
    apart = (apart[:, None] - apart).float() ** 2  # w w
    return (vertical[..., None, :] ** 2 + apart).amin(dim=-1).sqrt()


def _to_last(mask: Bool[Tensor, "*n h w"]) -> Float[Tensor, "*n h w"]:
    """Count the rows since the last pixel that was set."""
    rows = torch.arange(mask.shape[-2], device=mask.device).float()[:, None]
    last = torch.where(mask, rows, -torch.inf).cummax(dim=-2).values
    return rows - last


def separated(labels: Int[Tensor, "h w"]) -> Int[Tensor, "h w"]:
    """Make ground of each pixel that has a pixel of another cell among its eight neighbours.

    Where cells touch there would otherwise be no line between them to learn.

    >>> separated(torch.tensor([[1, 1, 1, 2, 2, 0]])).tolist()
    [[1, 1, 0, 0, 2, 0]]
    """
    h, w = labels.shape
    framed = labels.new_zeros(h + 2, w + 2)
    framed[1:-1, 1:-1] = labels
    touching = torch.zeros_like(labels, dtype=torch.bool)
    for top in range(3):
        for left in range(3):
            other = framed[top : top + h, left : left + w]
            touching |= (other != labels) & (other > 0)
    return labels.masked_fill(touching, 0)


def class_weights(labels: Int[Tensor, "h w"]) -> Feature:
    """Let cells and ground weigh the same in all: a pixel of either by one over their number.

    ``w_c = N / (2 N_c)`` for ``N`` pixels, of which ``N_c`` are of its kind; the mean is 1.

    >>> class_weights(torch.tensor([[0, 0, 0, 7]])).tolist()
    [[0.6666666865348816, 0.6666666865348816, 0.6666666865348816, 2.0]]
    """
    cell = labels > 0
    share = cell.float().mean()
    return 0.5 / torch.where(cell, share, 1 - share)


def border_weights(
    labels: Int[Tensor, "h w"], w0: float = 10.0, sigma: float = 5.0
) -> Feature:
    """Weigh each pixel by its kind, and the ground also by how near two cells are.

    ``w(x) = w_c(x) + w0 exp(-(d1(x) + d2(x))^2 / (2 sigma^2))``, with the distances to the nearest
    and to the second nearest cell. The second term is for the ground alone: inside a cell there is
    nothing to part.

    Args:
        labels: 0 for the ground, a number of its own for each cell.
        w0: the most that the border adds.
        sigma: of its falling off, in pixels.

    Raises:
        ValueError: for a negative label or ``w0``, or a ``sigma`` that is not positive.

    >>> border_weights(torch.tensor([[1, 0, 2]]), w0=10.0, sigma=1.0)[0, 1].item()  # 1.5 + 10/e^2
    2.8533530235290527
    """
    if w0 < 0 or sigma <= 0:
        raise ValueError(
            f"w0 is {w0} and sigma {sigma}; they must be at least 0, and above 0"
        )
    if labels.numel() and int(labels.min()) < 0:
        raise ValueError(
            f"labels hold {int(labels.min())}; 0 is the ground, cells count up"
        )
    weights = class_weights(labels)
    names = labels.unique()
    names = names[names > 0]
    if len(names) < 2:
        return weights
    nearest = distances(labels == names[:, None, None]).topk(2, dim=0, largest=False)
    both = nearest.values.sum(dim=0)
    border = w0 * torch.exp(-(both**2) / (2 * sigma**2))
    return weights + torch.where(labels == 0, border, 0.0)
