"""Style: matplotlib settings under which one picture reads on a light page and on a dark one.

The background stays transparent and everything drawn takes a colour of the palette, whose contrast
holds on both. Call :func:`use_style` once at the head of a page.
"""

import matplotlib as mpl
from cycler import cycler
from matplotlib.colors import LinearSegmentedColormap

from .palette import BLUE, CYCLE, INK, ORANGE

__all__ = ["SIGNED", "use_style"]

SIGNED = LinearSegmentedColormap.from_list("dlcourse_signed", [ORANGE, "#ffffff", BLUE])
"""Negative orange, zero white, positive blue."""

_SETTINGS = {
    "figure.facecolor": "none",
    "figure.dpi": 110,
    "figure.constrained_layout.use": True,
    "savefig.facecolor": "none",
    "savefig.transparent": True,
    "axes.facecolor": "none",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 12,
    "axes.labelsize": 12,
    "axes.prop_cycle": cycler(color=CYCLE),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "lines.linewidth": 2,
    "font.size": 12,
    "font.family": ["DejaVu Sans"],
    "image.cmap": "gray",
    "image.interpolation": "nearest",
}


def use_style() -> None:
    """Draw every later figure in the course's style."""
    mpl.rcParams.update(_SETTINGS)
