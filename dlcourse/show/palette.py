"""Palette: the few colours of every figure, legible on a white page and on a dark one.

Each colour has a contrast of at least 3 to 1 against both backgrounds (the bound that WCAG 2.1 sets
for graphics), so that one picture serves both themes. The playable figures use the same values.
"""

__all__ = ["BACKGROUNDS", "BLUE", "CYCLE", "GREEN", "INK", "ORANGE", "PURPLE", "RED"]

BLUE = "#3b82c4"
ORANGE = "#d9730d"
GREEN = "#2e9e6b"
RED = "#d64550"
PURPLE = "#8a63d2"
INK = "#7a828c"
"""Axes, ticks and labels: a grey that reads on both backgrounds."""

CYCLE = (BLUE, ORANGE, GREEN, RED, PURPLE)
"""The order in which curves take their colours."""

BACKGROUNDS = {"light": "#ffffff", "dark": "#14181e"}
"""The two page backgrounds of the book's theme."""
