"""Layers: images and weights for the checks of a whole convolution, and what they forbid."""

from dlcourse.checks.judging import Draw

__all__ = ["LIBRARY", "draw_layer"]

LIBRARY = (
    "convolution",
    "convolution_backward",
    "mkldnn_convolution",
    "im2col",
    "col2im",
)
"""ATen's names of what F.conv2d, F.unfold, F.fold and their gradients run."""


def draw_layer(draw: Draw) -> dict:
    """Draw an image and a layer for it, every number different from its neighbours'.

    A hard one always has a stride and padding, so that leaving one out costs every case.
    """
    least = 1 if draw.hard else 0
    kernel = draw.integer(2, 3), draw.integer(2, 4)
    channels, filters = draw.integer(2, 4), draw.integer(2, 4)
    return {
        "x": draw.tensor(draw.integer(2, 3), channels, draw.side(5), draw.side(6)),
        "weight": draw.tensor(filters, channels, *kernel),
        "bias": draw.tensor(filters),
        "stride": draw.integer(1 + least, 3),
        "padding": draw.integer(least, 2),
    }
