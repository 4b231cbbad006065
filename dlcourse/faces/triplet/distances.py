"""Distances: how far every embedding of a list is from every one of another, squared.

Squared distances need no root, whose slope is infinite at 0, where every picture is from itself.
The sum of squared differences is never negative and exactly 0 for equal embeddings. Expanded into a
product it takes far less memory and time, and loses both: its errors are as large as rounding of
the lengths, so it pays for small lengths and large galleries.

Axes:   n m embeddings, d entries of each
Torch:  torch.cdist (which takes the root)
"""

from jaxtyping import Float
from torch import Tensor

__all__ = ["squared_distances", "squared_distances_by_product"]


def squared_distances(
    x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]
) -> Float[Tensor, "n m"]:
    """Sum the squared differences of every embedding of ``x`` and every one of ``y``.

    Raises:
        ValueError: if embeddings have no entries or not as many in ``x`` as in ``y``, or are not
            finite.

    >>> squared_distances(torch.tensor([[0.0, 0.0], [3.0, 0.0]]), torch.tensor([[0.0, 4.0]]))
    tensor([[16.],
            [25.]])
    """
    _refuse(x, y)
    return (x[:, None] - y).square().sum(dim=2)


def squared_distances_by_product(
    x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]
) -> Float[Tensor, "n m"]:
    """Compute |x|^2 + |y|^2 - 2 x.y from the middle of ``y``, and no less than 0.

    Distances stay the same when everything is moved, and the closer to 0 the embeddings lie, the
    less is lost.

    Raises:
        ValueError: as :func:`squared_distances`.

    >>> squared_distances_by_product(torch.tensor([[0.0], [3.0]]), torch.tensor([[1.0]]))
    tensor([[1.],
            [4.]])
    """
    _refuse(x, y)
    middle = y.mean(dim=0) if len(y) else 0.0
    x, y = x - middle, y - middle
    lengths = x.square().sum(dim=1)[:, None] + y.square().sum(dim=1)
    return (lengths - 2 * x @ y.T).clamp(min=0)


def _refuse(x: Tensor, y: Tensor) -> None:
    if x.ndim != 2 or y.ndim != 2 or x.shape[1] != y.shape[1] or not x.shape[1]:
        raise ValueError(
            f"embeddings of shapes {tuple(x.shape)} and {tuple(y.shape)} cannot be compared; both "
            "need two axes and as many entries, at least one"
        )
    for embeddings in (x, y):
        if not embeddings.isfinite().all():
            raise ValueError("an embedding has entries that are not finite")
