"""Newton: jump to where the parabola through the present point is flat.

The second derivatives say how the slope changes, so they say where it becomes zero. No rate is left
to choose. The price is a matrix of d x d entries, and that a flat point need not be a minimum.

Axes:   d entries of a point
Paper:  Nocedal & Wright 2006, "Numerical optimization", chapter 3
Torch:  none; torch.autograd.functional.hessian gives the matrix
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.functional import hessian, jacobian

__all__ = ["newton_path"]


def newton_path(
    function: Callable[[Tensor], Tensor], start: Float[Tensor, "d"], steps: int
) -> Float[Tensor, "{steps}+1 d"]:
    """Step by ``-H^-1 g``, with the gradient g and the matrix H of second derivatives.

    Args:
        function: takes a point and returns a tensor without axes.
        start: the first point.
        steps: how many to take.

    Raises:
        ValueError: if H has no inverse at a point.

    >>> newton_path(lambda w: (w**2).sum() + w[0] * w[1], torch.tensor([4.0, 2.0]), steps=1)[1]
    tensor([0., 0.])
    """
    path = [start]
    for _ in range(steps):
        slope, curvature = (
            derive(function, path[-1]) for derive in (jacobian, hessian)
        )
        step, failed = torch.linalg.solve_ex(curvature, slope)
        if failed:
            raise ValueError(
                f"the second derivatives at {path[-1].tolist()} have no inverse, "
                "so Newton's step is not defined there"
            )
        path.append(path[-1] - step)
    return torch.stack(path)
