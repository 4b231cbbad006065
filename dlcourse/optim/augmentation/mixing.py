"""Mixing: weighted means of two examples, picture and label alike.

Between two training pictures a network may answer what it likes. Mixup asks it to go over from one
answer to the other in a straight line.

Axes:   b samples, k classes
Paper:  Zhang, Cisse, Dauphin & Lopez-Paz 2018, "mixup: beyond empirical risk minimization"
Torch:  torchvision.transforms.v2.MixUp, whose partner is always the neighbour in the batch
"""

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Generator, Tensor

from dlcourse.axes import Images

from .refusals import Number, refuse_share

__all__ = ["mixup", "random_mixup"]

Targets = Float[Tensor, "b k"]


def mixup(
    images: Images, targets: Targets, lam: Number, order: Int[Tensor, "b"]
) -> tuple[Images, Targets]:
    """Mix each example with a partner: ``lam x + (1 - lam) x[order]``, targets likewise.

    Args:
        images: the batch.
        targets: a probability for each class.
        lam: share of the example itself.
        order: the place of each partner in the batch.

    Raises:
        ValueError: if ``lam`` is not from 0 to 1.

    >>> x = torch.tensor([0.0, 1.0]).reshape(2, 1, 1, 1)
    >>> mixed, targets = mixup(x, torch.eye(2), 0.75, torch.tensor([1, 0]))
    >>> mixed.flatten().tolist(), targets.tolist()
    ([0.25, 0.75], [[0.75, 0.25], [0.25, 0.75]])
    """
    refuse_share("lam", lam)
    mixed, wanted = (lam * x + (1 - lam) * x[order] for x in (images, targets))
    return mixed, wanted


def random_mixup(
    images: Images,
    labels: Int[Tensor, "b"],
    num_classes: int,
    alpha: Number = 1.0,
    *,
    generator: Generator,
) -> tuple[Images, Targets]:
    """Mix a batch with itself in a random order, by a share drawn from Beta(alpha, alpha).

    Args:
        images: the batch.
        labels: a class for each.
        num_classes: how many classes there are.
        alpha: 1 draws every share alike, less prefers those near 0 and 1.
        generator: source of share and order.

    Raises:
        ValueError: if ``alpha`` is not above 0.
    """
    if not alpha > 0:
        raise ValueError(f"alpha ({alpha}) must be above 0")
    options = {"generator": generator, "device": generator.device}
    order = torch.randperm(len(images), **options).to(images.device)
    # torch draws from no Beta distribution with a generator of one's own; NumPy does.
    seed = int(torch.randint(2**62, (), **options))
    lam = float(np.random.default_rng(seed).beta(alpha, alpha))
    return mixup(images, F.one_hot(labels, num_classes).to(images.dtype), lam, order)
