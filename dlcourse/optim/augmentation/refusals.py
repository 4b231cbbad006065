"""Refusals: images and options that no transform accepts, each with the value and the rule."""

from typing import Any

from torch import Tensor

__all__ = [
    "Number",
    "refuse_channels",
    "refuse_interpolation",
    "refuse_negative",
    "refuse_share",
    "refuse_size",
    "refuse_unfitted",
]

Number = int | float
"""The shape checker tells the two apart."""

INTERPOLATIONS = ("nearest", "bilinear")


def refuse_interpolation(interpolation: str) -> None:
    """Refuse an interpolation that is not one of the two."""
    if interpolation not in INTERPOLATIONS:
        raise ValueError(
            f'interpolation is "{interpolation}"; say "nearest" or "bilinear"'
        )


def refuse_channels(image: Tensor) -> None:
    """Refuse an image that is neither grey nor of three colours."""
    if image.shape[-3] not in (1, 3):
        raise ValueError(
            f"the image has {image.shape[-3]} channels; it must have 1, or 3 for colour"
        )


def refuse_negative(name: str, value: Number) -> None:
    """Refuse a number below 0."""
    if not value >= 0:
        raise ValueError(f"{name} ({value}) must be at least 0")


def refuse_share(name: str, value: Number) -> None:
    """Refuse what is no share of a whole."""
    if not 0 <= value <= 1:
        raise ValueError(f"{name} ({value}) must lie from 0 to 1")


def refuse_size(height: int, width: int) -> None:
    """Refuse an output without pixels."""
    if height < 1 or width < 1:
        raise ValueError(f"the size {height}x{width} must be at least 1x1")


def refuse_unfitted(estimator: Any, attribute: str) -> None:
    """Refuse to apply what has not been fitted; the error is scikit-learn's own."""
    if not hasattr(estimator, attribute):
        from sklearn.exceptions import NotFittedError

        raise NotFittedError(
            f"this {type(estimator).__name__} is not fitted yet: call fit with the training split"
        )
