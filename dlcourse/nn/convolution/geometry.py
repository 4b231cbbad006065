"""Geometry: where the windows of a convolution lie, along any number of sides.

Kernel size, stride, padding and dilation decide which cells a window touches and how many windows
fit; the values play no part. One object holds the four, so that every other file asks it.

Paper:  Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning"
Torch:  the rules are those of torch.nn.functional.conv2d, ``padding="same"`` included
"""

from collections.abc import Sequence
from dataclasses import dataclass

# The package below asks nothing of this one: it is whole numbers and borders.
from dlcourse.nn.padding import extent, output_size, same_padding

__all__ = ["Geometry", "Sides", "per_side"]

Sides = int | Sequence[int]
"""One number for all sides, or one number a side."""


def per_side(name: str, value: Sides, dims: int = 2, least: int = 1) -> tuple[int, ...]:
    """Spread one number over all sides.

    Raises:
        ValueError: if the entries are not one a side, or one lies below the least.

    >>> per_side("stride", 2)
    (2, 2)
    """
    values = (value,) * dims if isinstance(value, int) else tuple(value)
    if len(values) != dims:
        raise ValueError(
            f"{name} {values} has {len(values)} entries; there are {dims} sides"
        )
    if min(values) < least:
        raise ValueError(f"{name} {values} goes below {least}, the least it can be")
    return values


@dataclass(frozen=True)
class Geometry:
    """Kernel, stride and dilation, a number a side; padding, cells before and after each side."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]

    @classmethod
    def of(
        cls,
        kernel_size: Sides,
        stride: Sides = 1,
        padding: Sides | str = 0,
        dilation: Sides = 1,
        dims: int = 2,
    ) -> "Geometry":
        """Read the arguments as torch spells them, for an input of ``dims`` sides.

        Raises:
            ValueError: for a stride or dilation below 1, a negative padding, a kernel without
                entries, or a padding string that is neither "valid" nor "same".
        """
        kernel = per_side("kernel_size", kernel_size, dims)
        stride = per_side("stride", stride, dims)
        dilation = per_side("dilation", dilation, dims)
        if isinstance(padding, str):
            pairs = cls._named_padding(padding, kernel, stride, dilation)
        else:
            pairs = tuple((p, p) for p in per_side("padding", padding, dims, least=0))
        return cls(kernel, stride, pairs, dilation)

    @staticmethod
    def _named_padding(
        name: str,
        kernel: tuple[int, ...],
        stride: tuple[int, ...],
        dilation: tuple[int, ...],
    ) -> tuple[tuple[int, int], ...]:
        """Turn "valid" into none and "same" into as many cells as keep the size."""
        if name == "valid":
            return ((0, 0),) * len(kernel)
        if name != "same":
            raise ValueError(
                f'padding "{name}" is unknown; say a number, "valid" or "same"'
            )
        if max(stride) > 1:
            raise ValueError(f'padding "same" needs stride 1, got {stride}')
        return tuple(map(same_padding, kernel, dilation))

    @property
    def extent(self) -> tuple[int, ...]:
        """Cells that the kernel spans along each side: ``d (k - 1) + 1``."""
        return tuple(map(extent, self.kernel, self.dilation))

    def padded(self, sides: Sequence[int]) -> tuple[int, ...]:
        """Side lengths of the image once padded."""
        return tuple(n + sum(pair) for n, pair in zip(sides, self.padding, strict=True))

    def output(self, sides: Sequence[int]) -> tuple[int, ...]:
        """Count the windows along each side: ``floor((n + 2p - d (k - 1) - 1) / s) + 1``.

        Raises:
            ValueError: if the kernel spans more cells than a padded side has.

        >>> Geometry.of(kernel_size=3, stride=2, padding=1).output((8, 9))
        (4, 5)
        """
        padded = self.padded(sides)
        if any(e > n for e, n in zip(self.extent, padded, strict=True)):
            raise ValueError(
                f"the kernel spans {self.extent} cells, more than the padded input {padded} has"
            )
        return tuple(map(output_size, padded, self.extent, self.stride))

    def mirrored(self) -> "Geometry | None":
        """Give the convolution that carries slopes back: stride 1, the kernel turned about.

        There is none for a larger stride, or for padding that the kernel cannot reach across.

        >>> Geometry.of(kernel_size=3, padding=0).mirrored().padding
        ((2, 2), (2, 2))
        """
        border = tuple(
            (e - 1 - before, e - 1 - after)
            for e, (before, after) in zip(self.extent, self.padding, strict=True)
        )
        if max(self.stride) > 1 or min(min(pair) for pair in border) < 0:
            return None
        return Geometry(self.kernel, self.stride, border, self.dilation)
