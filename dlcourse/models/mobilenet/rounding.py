"""Rounding: channel counts that a processor divides evenly among its lanes.

A network made thinner by a factor has layers of 35.2 channels. Vector units work on eight numbers
or more at a time, so that 36 channels take as long as 40.

Torch:  torchvision.models._utils._make_divisible
"""

__all__ = ["make_divisible"]

LARGEST_LOSS = 0.1
"""Share of the channels that rounding down may take."""


def make_divisible(value: float, divisor: int = 8) -> int:
    """Round to the nearest multiple of ``divisor``, halves up, but not down by more than a tenth.

    The least answer is one ``divisor``.

    Args:
        value: channels wanted, any positive number.
        divisor: what the answer must be a multiple of.

    Raises:
        ValueError: if ``value`` is not positive.

    >>> make_divisible(35.2), make_divisible(36.0), make_divisible(1.0)
    (32, 40, 8)
    >>> make_divisible(11.0)  # 8 would take more than a tenth
    16
    """
    if value <= 0:
        raise ValueError(f"value ({value}) must be positive: a layer needs a channel")
    nearest = max(divisor, int(value + divisor / 2) // divisor * divisor)
    too_few = nearest < (1 - LARGEST_LOSS) * value
    return nearest + divisor if too_few else nearest
