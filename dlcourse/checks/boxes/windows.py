"""Windows: the check of count_windows."""

from collections.abc import Callable, Sequence
from math import prod

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn import padding as reference
from dlcourse.nn.padding import Window

__all__ = ["count_windows"]

Layers = Sequence[tuple[int, int]]
"""Kernel size and stride of each layer, without padding, the first layer first."""


def _outputs(side: int, layers: Layers) -> int:
    for kernel_size, stride in layers:
        side = reference.output_size(side, kernel_size, stride)
    return side


def _counted(side: int, layers: Layers) -> tuple[int, int, int]:
    field = reference.receptive_field([Window(*layer) for layer in layers])
    return _outputs(side, layers) ** 2, field.jump, field.size


def _draw_network(draw: Draw) -> Case:
    layers = tuple(
        (draw.integer(2, 4), draw.integer(1, 2))
        for _ in range(draw.integer(2, 4 if draw.hard else 3))
    )
    # One layer with a stride at least, or the steps would be of one pixel always.
    layers = (*layers, (2, 2), (draw.integer(2, 3), 1))
    field = reference.receptive_field([Window(*layer) for layer in layers]).size
    return Case(
        {"side": field + draw.integer(8, 60 if draw.hard else 30), "layers": layers}
    )


def _but(**wrong: Callable[[int, Layers], int]) -> Callable[..., tuple[int, int, int]]:
    """The right answer but for one of its numbers."""

    def answer(side: int, layers: Layers) -> tuple[int, int, int]:
        right = dict(
            zip(("count", "step", "size"), _counted(side, layers), strict=True)
        )
        right |= {name: rule(side, layers) for name, rule in wrong.items()}
        return right["count"], right["step"], right["size"]

    return answer


def _without_jump(side: int, layers: Layers) -> int:
    return 1 + sum(kernel_size - 1 for kernel_size, _ in layers)


count_windows = Check(
    task="count_windows",
    draw=_draw_network,
    reference=_counted,
    mistakes=(
        Mistake(
            "the windows of one side are counted",
            "They stand in rows and columns: as many of the one as of the other.",
            _but(count=_outputs),
        ),
        Mistake(
            "the windows step by one pixel",
            "A step in the last map is as many pixels as all strides multiply to.",
            _but(
                count=lambda side, layers: (side - _counted(side, layers)[2] + 1) ** 2,
                step=lambda side, layers: 1,
            ),
        ),
        Mistake(
            "the strides are added",
            "A stride counts cells of its own input, each of which is a step of those below: "
            "multiply.",
            _but(step=lambda side, layers: sum(stride for _, stride in layers)),
        ),
        Mistake(
            "the step is that of the largest layer",
            "The strides of all layers multiply.",
            _but(step=lambda side, layers: max(stride for _, stride in layers)),
        ),
        Mistake(
            "the kernels are added without their strides",
            "Beyond a layer with a stride, one more cell of a kernel is several pixels more.",
            _but(size=_without_jump),
        ),
        Mistake(
            "the window is as large as the strides multiply to",
            "That is the step from one window to the next; the window is the receptive field.",
            _but(size=lambda side, layers: prod(stride for _, stride in layers)),
        ),
    ),
    cases=16,
)
