"""Maps: feature maps and windows for the checks of pooling, and what they forbid."""

from torch import Tensor

from dlcourse.checks.judging import Draw

__all__ = ["LIBRARY", "draw_map", "draw_windows"]

LIBRARY = (
    "max_pool2d",
    "max_pool2d_with_indices",
    "max_pool2d_with_indices_backward",
    "mkldnn_max_pool2d",
    "avg_pool2d",
    "adaptive_max_pool2d",
    "_adaptive_avg_pool2d",
)
"""ATen's names of what torch's poolings run."""


def draw_map(draw: Draw) -> Tensor:
    """Draw feature maps whose values, of both signs, are all different."""
    return draw.tensor(
        draw.integer(2, 3), draw.integer(2, 3), draw.side(5), draw.side(6)
    )


def draw_windows(draw: Draw) -> dict[str, int]:
    """Draw a window and a padding of at most half of it, three times in four above zero."""
    kernel_size = draw.integer(2, 4)
    return {
        "kernel_size": kernel_size,
        "stride": draw.integer(1, 3),
        "padding": min(draw.integer(0, 3), kernel_size // 2),
    }
