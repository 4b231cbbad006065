"""Layers: the modules, each a thin layer over its function.

A pooling learns nothing, so a module only remembers its settings, and its ``state_dict`` is empty.

Axes:   b batch, c channels, h w input, oh ow output
Torch:  the modules of torch.nn of the same names
"""

from collections.abc import Sequence

from jaxtyping import Float, Int
from torch import Tensor, nn

from dlcourse.nn.convolution.geometry import Sides

from .adaptive import OutputSize, adaptive_avg_pool2d, adaptive_max_pool2d
from .maximum import MaxPooled, max_pool2d
from .mean import avg_pool2d
from .power import lp_pool2d
from .unpool import max_unpool2d

__all__ = [
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool2d",
    "AvgPool2d",
    "LPPool2d",
    "MaxPool2d",
    "MaxUnpool2d",
]


class _Pooling(nn.Module):
    """What the modules share: ``print(model)`` names their settings."""

    def extra_repr(self) -> str:
        """Name the settings."""
        settings = {n: v for n, v in vars(self).items() if not n.startswith("_")}
        del settings["training"]  # torch's own flag
        return ", ".join(f"{name}={value}" for name, value in settings.items())


class MaxPool2d(_Pooling):
    """The layer form of :func:`~dlcourse.nn.pooling.max_pool2d`, with its arguments."""

    def __init__(
        self,
        kernel_size: Sides,
        stride: Sides | None = None,
        padding: Sides = 0,
        dilation: Sides = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def forward(self, input: Float[Tensor, "*b c h w"]) -> MaxPooled:
        """Keep the largest cell of each window."""
        return max_pool2d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
            self.return_indices,
        )


class AvgPool2d(_Pooling):
    """The layer form of :func:`~dlcourse.nn.pooling.avg_pool2d`, with its arguments."""

    def __init__(
        self,
        kernel_size: Sides,
        stride: Sides | None = None,
        padding: Sides = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Float[Tensor, "*b c h w"]) -> Float[Tensor, "*b c oh ow"]:
        """Average each window."""
        return avg_pool2d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )


class LPPool2d(_Pooling):
    """The layer form of :func:`~dlcourse.nn.pooling.lp_pool2d`, with its arguments."""

    def __init__(
        self,
        norm_type: int | float,
        kernel_size: Sides,
        stride: Sides | None = None,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.ceil_mode = ceil_mode

    def forward(self, input: Float[Tensor, "*b c h w"]) -> Float[Tensor, "*b c oh ow"]:
        """Take the root of the sum of powers."""
        return lp_pool2d(
            input, self.norm_type, self.kernel_size, self.stride, self.ceil_mode
        )


class AdaptiveMaxPool2d(_Pooling):
    """The layer form of :func:`~dlcourse.nn.pooling.adaptive_max_pool2d`, with its arguments."""

    def __init__(self, output_size: OutputSize, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def forward(self, input: Float[Tensor, "*b c h w"]) -> MaxPooled:
        """Keep the largest cell of each bin."""
        return adaptive_max_pool2d(input, self.output_size, self.return_indices)


class AdaptiveAvgPool2d(_Pooling):
    """The layer form of :func:`~dlcourse.nn.pooling.adaptive_avg_pool2d`, with its argument."""

    def __init__(self, output_size: OutputSize) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Float[Tensor, "*b c h w"]) -> Float[Tensor, "*b c oh ow"]:
        """Average each bin."""
        return adaptive_avg_pool2d(input, self.output_size)


class MaxUnpool2d(_Pooling):
    """The layer form of :func:`~dlcourse.nn.pooling.max_unpool2d`, with its arguments."""

    def __init__(
        self, kernel_size: Sides, stride: Sides | None = None, padding: Sides = 0
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(
        self,
        input: Float[Tensor, "*b c h w"],
        indices: Int[Tensor, "*b c h w"],
        output_size: Sequence[int] | None = None,
    ) -> Float[Tensor, "*b c oh ow"]:
        """Write each number at its place in a map of zeros."""
        return max_unpool2d(
            input, indices, self.kernel_size, self.stride, self.padding, output_size
        )
