"""Clipping: shorten a gradient that has grown too long, and take the step all the same.

Where a loss has a cliff, one gradient can be thousands of times as long as the last, and the step
along it throws away what was learned. By value, each entry is cut at a bound, which bends the
direction. By norm, all gradients are scaled by one factor, which keeps it.

Axes:   any number of parameters, each of any shape
Paper:  Pascanu, Mikolov & Bengio 2013, "On the difficulty of training recurrent neural networks"
Torch:  torch.nn.utils.clip_grad_value_, clip_grad_norm_, get_total_norm, without ``foreach``, which
        chooses between two implementations
"""

from collections.abc import Iterable

import torch
from jaxtyping import Float
from torch import Tensor

__all__ = ["clip_grad_norm_", "clip_grad_value_", "get_total_norm"]

MARGIN = 1e-6
"""Added to the norm as torch does, so that a gradient of zero is not divided by zero."""


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    listed = [parameters] if isinstance(parameters, Tensor) else parameters
    return [p.grad for p in listed if p.grad is not None]


@torch.no_grad()
def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float) -> None:
    """Cut every entry of the gradients to ``[-clip_value, clip_value]``, in place.

    Raises:
        ValueError: if ``clip_value`` is negative.

    >>> weight = torch.zeros(2, requires_grad=True)
    >>> weight.grad = torch.tensor([3.0, -0.5])
    >>> clip_grad_value_(weight, 1.0)
    >>> weight.grad.tolist()
    [1.0, -0.5]
    """
    if clip_value < 0:
        raise ValueError(f"clip_value ({clip_value}) must not be negative")
    for gradient in _gradients(parameters):
        gradient.clamp_(-clip_value, clip_value)


@torch.no_grad()
def get_total_norm(
    tensors: Tensor | Iterable[Tensor],
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> Float[Tensor, ""]:
    """Measure all tensors as one vector: ``(sum |x|^p)^(1/p)``, and ``max |x|`` for infinity.

    The norm of the norms of the parts is the norm of the whole.

    Args:
        tensors: one or several, of any shapes.
        norm_type: p, ``math.inf`` included.
        error_if_nonfinite: whether to refuse a norm that is infinite or not a number.

    Raises:
        ValueError: if ``norm_type`` is not above 0.
        RuntimeError: for a norm that is not finite, if asked to.

    >>> get_total_norm([torch.tensor([3.0]), torch.tensor([[4.0]])]).item()
    5.0
    """
    if norm_type <= 0:
        raise ValueError(f"norm_type ({norm_type}) must be above 0")
    listed = [tensors] if isinstance(tensors, Tensor) else tensors
    norms = [torch.linalg.vector_norm(tensor, norm_type) for tensor in listed]
    if not norms:
        return torch.tensor(0.0)
    total = torch.linalg.vector_norm(torch.stack(norms), norm_type)
    if error_if_nonfinite and not total.isfinite():
        raise RuntimeError(
            f"the total norm is {total.item()}; it must be finite for gradients to be scaled by it"
        )
    return total


@torch.no_grad()
def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> Float[Tensor, ""]:
    """Scale all gradients by ``min(1, max_norm / (total norm + 1e-6))``, in place.

    Args:
        parameters: one or several, whose gradients are scaled together.
        max_norm: how long the gradients, as one vector, may be.
        norm_type: as in :func:`get_total_norm`, like the next.
        error_if_nonfinite: whether to refuse a norm that is infinite or not a number.

    Returns:
        The total norm before clipping.

    Raises:
        ValueError: if ``max_norm`` is negative or ``norm_type`` is not above 0.
        RuntimeError: for a norm that is not finite, if asked to.

    >>> weight = torch.zeros(2, requires_grad=True)
    >>> weight.grad = torch.tensor([3.0, 4.0])
    >>> clip_grad_norm_(weight, 1.0).item(), [round(g, 3) for g in weight.grad.tolist()]
    (5.0, [0.6, 0.8])
    """
    if max_norm < 0:
        raise ValueError(f"max_norm ({max_norm}) must not be negative")
    gradients = _gradients(parameters)
    total = get_total_norm(gradients, norm_type, error_if_nonfinite)
    for gradient in gradients:
        gradient.mul_((max_norm / (total + MARGIN)).clamp(max=1.0))
    return total
