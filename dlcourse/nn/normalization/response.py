"""Response: each value divided by the strength of its neighbours in other channels.

A loud channel quiets the channels beside it at the same place, as an excited neuron inhibits those
around it. AlexNet used it after its first ReLUs; VGG found that it changed little, and batch
normalization took its place.

Axes:   b batch, c channels, s places (all sides in one)
Paper:  Krizhevsky, Sutskever & Hinton 2012, "ImageNet classification with deep convolutional neural
        networks"
Torch:  torch.nn.functional.local_response_norm, which divides alpha by the size; the paper does not
"""

from math import prod

from jaxtyping import Float
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx
from torch.nn.functional import pad

from .refusals import refuse_axes, refuse_types

__all__ = ["local_response_norm"]


class _LocalResponse(Function):
    """``y = x strength^-beta``, with the gradient written out.

    A value counts in its own ``y`` and in the strength of every window that holds it. Those are the
    windows turned about: what a window has before its channel lies after it there.
    """

    @staticmethod
    def forward(
        ctx: FunctionCtx, x: Tensor, size: int, alpha: float, beta: float, k: float
    ) -> Tensor:
        ctx.save_for_backward(x)
        ctx.settings = size, alpha, beta, k
        return x * _strength(x, size, alpha, k).pow(-beta)

    @staticmethod
    def backward(ctx: FunctionCtx, dy: Tensor) -> tuple[Tensor | None, ...]:
        (x,), (size, alpha, beta, k) = ctx.saved_tensors, ctx.settings
        strength = _strength(x, size, alpha, k)
        straight = dy * strength.pow(-beta)
        before, after = _neighbours(size)
        heard = _window_sum(straight * x / strength, after, before)
        dx = straight - (2 * alpha * beta / size) * x * heard
        return dx, None, None, None, None


def _strength(x: Tensor, size: int, alpha: float, k: float) -> Tensor:
    return k + alpha / size * _window_sum(x.square(), *_neighbours(size))


def _neighbours(size: int) -> tuple[int, int]:
    """Count the channels of a window before and after its own; a spare one lies before."""
    return size // 2, (size - 1) // 2


def _window_sum(x: Float[Tensor, "b c s"], before: int, after: int) -> Tensor:
    """Sum over neighbouring channels, as so many shifted copies; outside there are zeros."""
    channels = x.shape[1]
    padded = pad(x, (0, 0, before, after))
    return sum(padded[:, i : i + channels] for i in range(before + after + 1))


def local_response_norm(
    input: Float[Tensor, "b c *sides"],
    size: int,
    alpha: float = 1e-4,
    beta: float = 0.75,
    k: float = 1.0,
) -> Float[Tensor, "b c *sides"]:
    """Divide each value by a power of the mean square over the channels around its own.

    ``y[j] = x[j] / (k + alpha / size * sum over the window of x[i]^2)^beta``, where the window of
    channel ``j`` runs from ``j - size // 2`` to ``j + (size - 1) // 2`` and outside the channels
    there are zeros. The paper's alpha is not divided: hand over ``size`` times as much.

    Args:
        input: feature maps.
        size: channels in a window.
        alpha: how much the neighbours count.
        beta: the power.
        k: strength where all is quiet.

    Raises:
        TypeError: if the input is not floating point.
        ValueError: if it has no sides, or ``size`` is below 1.

    >>> x = torch.tensor([[[2.0], [2.0], [0.0]]])
    >>> local_response_norm(x, size=3, alpha=3.0, beta=1.0, k=0.0).flatten().tolist()
    [0.25, 0.25, 0.0]
    """
    refuse_types(input)
    refuse_axes(input, least=3)
    if size < 1:
        raise ValueError(f"size ({size}) must be at least 1")
    samples, channels, *sides = input.shape
    block = input.reshape(samples, channels, prod(sides))  # b c s
    return _LocalResponse.apply(block, size, alpha, beta, k).view(input.shape)
