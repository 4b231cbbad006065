"""Parameters: what makes a person, what makes a shot of a person, and within which bounds.

Lengths are in half pictures: a picture reaches from -1 to 1, x to the right and y downwards, seen
from the middle of the head. Angles are in radians.

Axes:   b persons or pictures
"""

import torch
from jaxtyping import Float
from torch import Generator, Tensor

__all__ = ["PERSON", "SHOT", "Bounds", "Numbers", "draw"]

Bounds = dict[str, tuple[float, float]]
"""Smallest and largest value of each parameter."""

Numbers = dict[str, Float[Tensor, "b"]]
"""Each parameter by its name, one value a person or picture."""

PERSON: Bounds = {
    "head_width": (0.44, 0.60),
    "head_height": (0.62, 0.78),
    "jaw": (0.0, 0.35),  # how much narrower the chin is
    "skin": (0.0, 1.0),  # from dark to light
    "rosy": (0.0, 1.0),
    "eye_apart": (0.17, 0.27),  # from the middle
    "eye_height": (-0.16, 0.02),
    "eye_size": (0.07, 0.125),
    "eye_open": (0.4, 0.8),  # height over width
    "eye_slant": (-0.3, 0.3),
    "iris": (0.0, 1.0),  # brown, green, blue
    "brow_lift": (0.12, 0.2),  # above the eye
    "brow_thick": (0.018, 0.055),
    "brow_slant": (-0.35, 0.35),
    "nose_length": (0.16, 0.32),
    "nose_width": (0.06, 0.12),
    "mouth_height": (0.32, 0.44),
    "mouth_width": (0.12, 0.24),
    "lips": (0.025, 0.065),
    "lip_red": (0.0, 1.0),
    "beard": (-1.5, 1.0),  # none below zero
    "hair": (0.0, 1.0),  # from dark to light
    "hair_red": (0.0, 1.0),
    "hairline": (-0.6, -0.28),
    "hair_volume": (0.02, 0.16),
    "hair_length": (-0.1, 0.9),  # down to where it hangs
    "parting": (-0.3, 0.3),
}
"""What all pictures of a person share."""

SHOT: Bounds = {
    "turn": (-0.9, 0.9),  # about the vertical axis
    "nod": (-0.45, 0.45),
    "tilt": (-0.45, 0.45),  # in the plane of the picture
    "shift_x": (-0.22, 0.22),
    "shift_y": (-0.18, 0.18),
    "scale": (0.75, 1.25),
    "smile": (-1.0, 1.0),
    "mouth_open": (-1.0, 1.0),  # closed below zero
    "brow_raise": (-1.0, 1.0),
    "eye_close": (-0.8, 0.8),  # wide open below zero
    "gaze": (-1.0, 1.0),
    "light_side": (-1.5, 1.5),
    "light_height": (-0.6, 1.2),
    "contrast": (0.0, 0.9),  # how much of the light has a direction
    "exposure": (-0.6, 0.6),  # in steps of two
    "warmth": (-0.2, 0.2),
    "noise": (-0.08, 0.08),  # its standard deviation, whatever the sign
    **{f"background_{c}": (0.05, 0.95) for c in "rgb"},
    **{f"corner_{c}": (-0.4, 0.4) for c in "rgb"},  # brighter towards a corner
    **{f"clothes_{c}": (0.05, 0.95) for c in "rgb"},
}
"""What differs between the pictures of a person: pose, expression, light, surroundings."""


def draw(
    bounds: Bounds, count: int, generator: Generator, spread: float = 1.0
) -> Numbers:
    """Draw each parameter evenly between its bounds, or nearer to their middle.

    ``middle + spread (2 u - 1) (high - low) / 2`` with u even in [0, 1]. A longer draw begins with
    the shorter one.

    Args:
        bounds: of the parameters.
        count: of persons or pictures.
        generator: source of the random numbers.
        spread: 0 for the middle itself, 1 for all that the bounds allow.

    >>> draw({"turn": (1.0, 3.0)}, 2, torch.Generator(), spread=0.0)
    {'turn': tensor([2., 2.])}
    """
    even = 2 * torch.rand(count, len(bounds), generator=generator) - 1
    return {
        name: (low + high) / 2 + spread * even[:, column] * (high - low) / 2
        for column, (name, (low, high)) in enumerate(bounds.items())
    }
