"""Refusals: what maps and scores are accepted.

A label that is no class would be counted in the place of another one, silently.

Axes:   b pictures, k classes, h w pixels
Torch:  none
"""

from torch import Tensor

__all__ = ["refuse_confusion", "refuse_labels", "refuse_pair", "refuse_scores"]


def refuse_pair(prediction: Tensor, target: Tensor) -> None:
    """Refuse a prediction and a target of different shapes."""
    if prediction.shape != target.shape:
        raise ValueError(
            f"prediction has shape {tuple(prediction.shape)} and target "
            f"{tuple(target.shape)}; every pixel needs both"
        )


def refuse_labels(name: str, labels: Tensor, num_classes: int) -> None:
    """Refuse a map with anything but whole numbers from 0 to ``num_classes - 1``."""
    if labels.dtype.is_floating_point or labels.dtype.is_complex:
        raise TypeError(f"{name} has {labels.dtype} labels; a class is a whole number")
    if labels.numel():
        for label in (int(labels.min()), int(labels.max())):
            if not 0 <= label < num_classes:
                raise ValueError(
                    f"{name} has the label {label}; {num_classes} classes are "
                    f"numbered 0 to {num_classes - 1}"
                )


def refuse_confusion(confusion: Tensor) -> None:
    """Refuse counts that are not square, below 0, or not finite."""
    if confusion.ndim != 2 or confusion.shape[0] != confusion.shape[1]:
        raise ValueError(
            f"confusion has shape {tuple(confusion.shape)}; it needs one row and one "
            "column a class"
        )
    if not (confusion >= 0).all() or not confusion.isfinite().all():
        raise ValueError("confusion has an entry that is no count")


def refuse_scores(input: Tensor, target: Tensor, smooth: float) -> None:
    """Refuse scores that do not fit their target or are no numbers, and a smoothing below 0."""
    if input.ndim != 4 or target.shape != (input.shape[0], *input.shape[2:]):
        raise ValueError(
            f"input has shape {tuple(input.shape)} and target {tuple(target.shape)}; "
            "they must be b k h w and b h w"
        )
    if input.isnan().any():
        raise ValueError("input holds nan; a score must be a number")
    if not 0 <= smooth < float("inf"):
        raise ValueError(f"smooth ({smooth}) must be 0 or more")
