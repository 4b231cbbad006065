"""Stateless: the layers that measure each sample anew, under torch's names.

Axes:   b batch, c channels; sides are what follows
Torch:  torch.nn.LayerNorm, GroupNorm, LocalResponseNorm
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .refusals import refuse_groups
from .response import local_response_norm
from .sample import group_norm, layer_norm

__all__ = ["GroupNorm", "LayerNorm", "LocalResponseNorm"]


class LayerNorm(nn.Module):
    """The layer form of :func:`~dlcourse.nn.normalization.layer_norm`.

    Args:
        normalized_shape: sizes of the last axes, or of the last one.
        eps: added to the variance.
        elementwise_affine: whether each entry of the normalized axes has a scale to learn.
        bias: whether it has a shift to learn as well.
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        super().__init__()
        single = isinstance(normalized_shape, int)
        shape = (normalized_shape,) if single else tuple(normalized_shape)
        self.normalized_shape, self.eps = shape, eps
        self.elementwise_affine = elementwise_affine
        scaled, shifted = elementwise_affine, elementwise_affine and bias
        ones, zeros = torch.ones(shape), torch.zeros(shape)
        self.register_parameter("weight", nn.Parameter(ones) if scaled else None)
        self.register_parameter("bias", nn.Parameter(zeros) if shifted else None)

    def forward(self, input: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """Normalize over the last axes."""
        return layer_norm(
            input, self.normalized_shape, self.weight, self.bias, self.eps
        )

    def extra_repr(self) -> str:
        """Name the settings, for ``print(model)``."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, "
            f"elementwise_affine={self.elementwise_affine}, bias={self.bias is not None}"
        )


class GroupNorm(nn.Module):
    """The layer form of :func:`~dlcourse.nn.normalization.group_norm`.

    Args:
        num_groups: groups the channels are divided into.
        num_channels: channels.
        eps: added to the variance.
        affine: whether each channel has a scale and a shift to learn.

    Raises:
        ValueError: if ``num_groups`` does not divide ``num_channels``.
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
    ) -> None:
        super().__init__()
        refuse_groups(num_channels, num_groups)
        self.num_groups, self.num_channels = num_groups, num_channels
        self.eps, self.affine = eps, affine
        ones, zeros = torch.ones(num_channels), torch.zeros(num_channels)
        self.register_parameter("weight", nn.Parameter(ones) if affine else None)
        self.register_parameter("bias", nn.Parameter(zeros) if affine else None)

    def forward(
        self, input: Float[Tensor, "b c *sides"]
    ) -> Float[Tensor, "b c *sides"]:
        """Normalize each group of channels of each sample."""
        return group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Name the settings, for ``print(model)``."""
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}"


class LocalResponseNorm(nn.Module):
    """The layer form of :func:`~dlcourse.nn.normalization.local_response_norm`.

    Args:
        size: channels in a window.
        alpha: how much the neighbours count; ``size`` times the paper's.
        beta: the power.
        k: strength where all is quiet.
    """

    def __init__(
        self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
    ) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(
        self, input: Float[Tensor, "b c *sides"]
    ) -> Float[Tensor, "b c *sides"]:
        """Divide each value by the strength of its neighbours."""
        return local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        """Name the settings, for ``print(model)``."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
