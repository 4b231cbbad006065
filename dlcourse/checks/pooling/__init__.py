"""Checks of the pooling exercise, in the order of its tasks.

Each task is a draw of cases, a reference and the wrong answers known by name. The references are
the package's own functions, which the tests hold equal to torch.
"""

from .adaptive import adaptive_avg_pool2d, adaptive_bin, spatial_pyramid_pool
from .maximum import max_pool2d, max_pool2d_backward
from .mean import avg_pool2d, global_avg_pool2d

__all__ = [
    "adaptive_avg_pool2d",
    "adaptive_bin",
    "avg_pool2d",
    "global_avg_pool2d",
    "max_pool2d",
    "max_pool2d_backward",
    "spatial_pyramid_pool",
]
