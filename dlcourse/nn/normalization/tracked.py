"""Tracked: the layers that keep running averages, under torch's names.

Scale and shift are parameters: the loss chooses them. The averages are buffers: they belong to the
trained layer and are saved with it, but no gradient moves them.

Axes:   b batch, c channels, h w height and width
Torch:  torch.nn.BatchNorm2d, InstanceNorm2d; none for SwitchableNorm2d
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images

from .batch import batch_norm
from .instance import instance_norm
from .refusals import refuse_other_axes
from .switchable import switchable_norm

__all__ = ["BatchNorm2d", "InstanceNorm2d", "SwitchableNorm2d"]


class _Tracked(nn.Module):
    """A scale and a shift a channel, running averages, and the number of batches they have seen."""

    def __init__(
        self,
        num_features: int,
        eps: float,
        momentum: float | None,
        affine: bool,
        track_running_stats: bool,
    ) -> None:
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        ones, zeros = torch.ones(num_features), torch.zeros(num_features)
        self.register_parameter("weight", nn.Parameter(ones) if affine else None)
        self.register_parameter("bias", nn.Parameter(zeros) if affine else None)
        averages = {
            "running_mean": torch.zeros(num_features),
            "running_var": torch.ones(num_features),
            "num_batches_tracked": torch.tensor(0),
        }
        for name, start in averages.items():
            self.register_buffer(name, start if track_running_stats else None)

    @property
    def uses_batch(self) -> bool:
        """Whether the batch at hand gives the moments: in training, or where none are kept."""
        return self.training or not self.track_running_stats

    def count_batch(self) -> float:
        """Count a batch of training, and say its share in the averages.

        A momentum of None gives the n-th batch the share 1/n: the plain average of all batches.
        """
        if self.training and self.track_running_stats:
            self.num_batches_tracked += 1
            if self.momentum is None:
                return 1 / self.num_batches_tracked.item()
        return self.momentum or 0.0

    def extra_repr(self) -> str:
        """Name the settings, for ``print(model)``."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, "
            f"affine={self.affine}, track_running_stats={self.track_running_stats}"
        )


class BatchNorm2d(_Tracked):
    """The layer form of :func:`~dlcourse.nn.normalization.batch_norm`, for images.

    Args:
        num_features: channels.
        eps: added to the variance.
        momentum: share of a new batch in the running averages; None for the plain average of all.
        affine: whether each channel has a scale and a shift to learn.
        track_running_stats: whether to keep running averages; without them, evaluation too
            measures the batch.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats)

    def forward(self, input: Images) -> Images:
        """Normalize images; in training, also move the running averages."""
        refuse_other_axes(input, "bchw")
        return batch_norm(
            input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.uses_batch,
            self.count_batch(),
            self.eps,
        )


class InstanceNorm2d(_Tracked):
    """The layer form of :func:`~dlcourse.nn.normalization.instance_norm`, for images.

    By default it has nothing to learn and nothing to remember.

    Args:
        num_features: channels.
        eps: added to the variance.
        momentum: share of the new images in the running averages.
        affine: whether each channel has a scale and a shift to learn.
        track_running_stats: whether to keep running averages, and evaluate with them.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats)

    def forward(self, input: Float[Tensor, "*b c h w"]) -> Float[Tensor, "*b c h w"]:
        """Normalize images, or one image without a batch axis."""
        refuse_other_axes(input, "bchw", "chw")
        y = instance_norm(
            input if input.dim() == 4 else input[None],
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.uses_batch,
            self.momentum,
            self.eps,
        )
        return y.view(input.shape)


class SwitchableNorm2d(_Tracked):
    """The layer form of :func:`~dlcourse.nn.normalization.switchable_norm`, for images.

    The three shares start equal.

    Args:
        num_features: channels.
        eps: added to the variance.
        momentum: as in :class:`BatchNorm2d`.
    """

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1
    ) -> None:
        super().__init__(num_features, eps, momentum, True, True)
        self.mean_weight = nn.Parameter(torch.ones(3))
        self.var_weight = nn.Parameter(torch.ones(3))

    def forward(self, input: Images) -> Images:
        """Normalize images; in training, also move the running averages."""
        refuse_other_axes(input, "bchw")
        return switchable_norm(
            input,
            self.running_mean,
            self.running_var,
            self.mean_weight,
            self.var_weight,
            self.weight,
            self.bias,
            self.uses_batch,
            self.count_batch(),
            self.eps,
        )
