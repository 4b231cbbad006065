"""Receptive: how much of the image one number at the end of a stack can see, by formula.

One layer sees one window. The next sees a window of windows, and every stride on the way spreads
its cells further apart. Three whole numbers, carried from layer to layer, say it all.

Paper:  Araujo, Norris & Sim 2019, "Computing receptive fields of convolutional neural networks"
Torch:  none
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .size import extent

__all__ = ["ReceptiveField", "Window", "receptive_field"]


class Window(NamedTuple):
    """What of a layer, a convolution or a pooling, decides which cells it reads."""

    kernel_size: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1


@dataclass(frozen=True)
class ReceptiveField:
    """The cells of the input that each output can see, along one side.

    Attributes:
        size: cells from the first to the last.
        jump: cells by which the field moves from one output to the next.
        start: first cell of output 0; negative where it lies on padding.
    """

    size: int = 1
    jump: int = 1
    start: int = 0

    def cells(self, place: int) -> range:
        """List the cells from first to last for the output at ``place``.

        >>> list(ReceptiveField(size=3, jump=2, start=-1).cells(2))
        [3, 4, 5]
        """
        first = self.start + self.jump * place
        return range(first, first + self.size)


def receptive_field(layers: Sequence[Window]) -> ReceptiveField:
    """Carry size, jump and start from the first layer to the last.

    A layer adds ``(extent - 1) jump`` to the size and takes ``p jump`` from the start, both with
    the jump that it finds; then it multiplies the jump by its stride.

    >>> receptive_field([Window(3), Window(3)])
    ReceptiveField(size=5, jump=1, start=0)
    """
    size, jump, start = 1, 1, 0
    for kernel_size, stride, padding, dilation in layers:
        size += (extent(kernel_size, dilation) - 1) * jump
        start -= padding * jump
        jump *= stride
    return ReceptiveField(size, jump, start)
