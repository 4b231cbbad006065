"""Draw: random shapes and values that a seed repeats exactly."""

import torch
from torch import Tensor

__all__ = ["Draw"]


class Draw:
    """A source of cases.

    Args:
        seed: equal seeds draw equal cases.
        hard: whether to draw the larger and odder shapes that grading uses.
    """

    def __init__(self, seed: int, *, hard: bool = False) -> None:
        self.source = torch.Generator().manual_seed(seed)
        self.hard = hard

    def integer(self, low: int, high: int) -> int:
        """Draw a whole number from ``low`` to ``high``, both included."""
        return int(torch.randint(low, high + 1, (1,), generator=self.source))

    def side(self, least: int = 1) -> int:
        """Draw a side length in pixels; a hard one is up to twice as long."""
        return least + self.integer(1, 8 if self.hard else 4)

    def tensor(self, *shape: int) -> Tensor:
        """Draw values from a normal distribution, in double precision."""
        return torch.randn(shape, dtype=torch.float64, generator=self.source)
