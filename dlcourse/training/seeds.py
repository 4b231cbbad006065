"""Seeds: random numbers that can be drawn again.

The package draws from a generator it is handed and never touches the global ones. Other code may
draw from those, so a block can run with all of them fixed and give them back afterwards.

Torch:  torch.Generator, torch.random.fork_rng
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

__all__ = ["fixed_seed", "generator"]


def generator(seed: int, device: torch.device | str = "cpu") -> torch.Generator:
    """Make a source of random numbers that starts from the seed.

    >>> first, again = (torch.rand(1, generator=generator(7)) for _ in range(2))
    >>> bool(first == again)
    True
    """
    return torch.Generator(device).manual_seed(seed)


@contextmanager
def fixed_seed(seed: int) -> Iterator[None]:
    """Run a block with the global sources of Python, NumPy and torch fixed, then restore them.

    >>> with fixed_seed(7):
    ...     first = torch.rand(1)
    >>> with fixed_seed(7):
    ...     again = torch.rand(1)
    >>> bool(first == again)
    True
    """
    python_state, numpy_state = random.getstate(), np.random.get_state()  # noqa: NPY002
    with torch.random.fork_rng():
        random.seed(seed)
        np.random.seed(seed % 2**32)  # noqa: NPY002 - the legacy source is the one to fix
        torch.manual_seed(seed)
        try:
            yield
        finally:
            random.setstate(python_state)
            np.random.set_state(numpy_state)  # noqa: NPY002
