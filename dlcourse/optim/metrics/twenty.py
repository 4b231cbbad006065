"""Twenty: a list of twenty images, small enough to work by hand.

Image n of the notes' example stands at place n - 1: whether it shows a car, and how sure a
classifier is that it does. A car and another image, 7 and 15, share the score 0.12.
"""

__all__ = ["TWENTY_LABELS", "TWENTY_SCORES"]

TWENTY_LABELS = (0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1)

TWENTY_SCORES = (
    0.23, 0.76, 0.01, 0.91, 0.13, 0.45, 0.12, 0.03, 0.38, 0.11,
    0.03, 0.09, 0.65, 0.07, 0.12, 0.24, 0.10, 0.23, 0.46, 0.08,
)  # fmt: skip
