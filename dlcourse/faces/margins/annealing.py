"""Annealing: how much of the plain cosine SphereFace still mixes in.

From the first step on, the multiplied angle is too hard: nearly all samples lie near 90 degrees,
where psi is almost flat or far below every other logit. So learning starts with the plain cosine,
and its weight falls.

Paper:  Liu et al. 2017, "SphereFace: deep hypersphere embedding for face recognition"; the numbers
        are those of the configuration its authors published
Torch:  none
"""

__all__ = ["annealed"]


def annealed(
    step: int,
    base: float = 1000.0,
    gamma: float = 0.12,
    power: float = 1.0,
    least: float = 5.0,
) -> float:
    """Find lambda after so many steps: ``base (1 + gamma step)^-power``, but not below ``least``.

    Raises:
        ValueError: if a number is below 0.

    >>> annealed(0), annealed(25), annealed(10_000)  # 1000, 1000 / 4, the least
    (1000.0, 250.0, 5.0)
    """
    for name, value in (
        ("step", step),
        ("base", base),
        ("gamma", gamma),
        ("power", power),
        ("least", least),
    ):
        if not value >= 0:
            raise ValueError(f"{name} ({value}) must be at least 0")
    return max(least, base * (1 + gamma * step) ** -power)
