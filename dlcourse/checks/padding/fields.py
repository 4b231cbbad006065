"""Fields: checks of receptive_field and receptive_field_by_gradient, one answer by two roads."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn.functional import pad

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn import padding as reference
from dlcourse.nn.padding import Window

__all__ = ["receptive_field", "receptive_field_by_gradient"]

Layers = Sequence[tuple[int, int, int, int]]
"""Kernel size, stride, padding and dilation of each layer, the first layer first."""

Three = tuple[int, int, int]


def _draw_layers(draw: Draw) -> Layers:
    return tuple(
        (
            draw.integer(2, 4),
            draw.integer(1, 3),
            draw.integer(0, 2),
            draw.integer(1, 2),
        )
        for _ in range(draw.integer(2, 4 if draw.hard else 3))
    )


# receptive_field


def _field(layers: Layers) -> Three:
    field = reference.receptive_field([Window(*layer) for layer in layers])
    return field.size, field.jump, field.start


def _carried(step: Callable[..., Three]) -> Callable[[Layers], Three]:
    """Carry size, jump and start through the layers by a rule of one's own."""

    def carry(layers: Layers) -> Three:
        field = 1, 1, 0
        for layer in layers:
            field = step(*field, *layer)
        return field

    return carry


def _without_jump(size: int, jump: int, start: int, *layer: int) -> Three:
    kernel_size, stride, padding, dilation = layer
    grown = size + dilation * (kernel_size - 1)
    return grown, jump * stride, start - padding * jump


def _last_jump(size: int, jump: int, start: int, *layer: int) -> Three:
    kernel_size, stride, padding, dilation = layer
    return size + dilation * (kernel_size - 1) * jump, stride, start - padding * jump


def _jump_first(size: int, jump: int, start: int, *layer: int) -> Three:
    kernel_size, stride, padding, dilation = layer
    jump *= stride
    return size + dilation * (kernel_size - 1) * jump, jump, start - padding * jump


def _whole_kernel(size: int, jump: int, start: int, *layer: int) -> Three:
    kernel_size, stride, padding, dilation = layer
    return (
        size + dilation * kernel_size * jump,
        jump * stride,
        start - padding * jump,
    )


def _plain_padding(size: int, jump: int, start: int, *layer: int) -> Three:
    kernel_size, stride, padding, dilation = layer
    return (
        size + dilation * (kernel_size - 1) * jump,
        jump * stride,
        start - padding,
    )


receptive_field = Check(
    task="receptive_field",
    draw=lambda draw: Case({"layers": _draw_layers(draw)}),
    reference=_field,
    mistakes=(
        Mistake(
            "the kernel is added without the jump",
            "One cell of this layer's input is as far from the next as the jump below it says.",
            _carried(_without_jump),
        ),
        Mistake(
            "the jumps are not multiplied",
            "A stride counts cells of its own input, each of which is already a jump apart.",
            _carried(_last_jump),
        ),
        Mistake(
            "the jump is multiplied too early",
            "A layer's own stride moves its windows; it does not spread the cells inside one.",
            _carried(_jump_first),
        ),
        Mistake(
            "the dilation is forgotten",
            "A kernel with holes spans more cells than it reads.",
            lambda layers: _field([(*layer[:3], 1) for layer in layers]),
        ),
        Mistake(
            "the whole kernel is added",
            "Its first entry lies on a cell that is counted already.",
            _carried(_whole_kernel),
        ),
        Mistake(
            "the padding is taken off without the jump",
            "Padding is counted in cells of this layer's input, a jump apart in the image.",
            _carried(_plain_padding),
        ),
        Mistake(
            "the start has the wrong sign",
            "Padding lies before the image, so the first output begins to see below 0.",
            lambda layers: (*_field(layers)[:2], -_field(layers)[2]),
        ),
    ),
    cases=12,
)


# receptive_field_by_gradient


def _slope(layers: Layers, n: int, place: int | None) -> Tensor:
    """Send ones through the layers; find the slope of one output, or of all of them."""
    x = torch.ones(n, dtype=torch.float64, requires_grad=True)
    with torch.enable_grad():
        y = x
        for kernel_size, stride, padding, dilation in layers:
            span = reference.extent(kernel_size, dilation)
            y = pad(y, (padding, padding)).unfold(0, span, stride)
            y = y[:, ::dilation].sum(dim=1)
        reached = y.sum() if place is None else y[place]
    return torch.autograd.grad(reached, x)[0]


def _reached(layers: Layers, n: int, place: int | None) -> tuple[int, int]:
    cells = _slope(layers, n, place).nonzero().flatten().tolist()
    return cells[0], cells[-1]


def _draw_place(draw: Draw) -> Case:
    layers = _draw_layers(draw)
    n = _field(layers)[0] + draw.integer(20, 60)
    count = n
    for kernel_size, *settings in layers:
        count = reference.output_size(count, kernel_size, *settings)
    middle = count // 2
    place = (0, middle, count - 1)[draw.integer(0, 2)]
    # At the border an output may see padding alone; the middle one always sees the line.
    seen = bool(_slope(layers, n, place).any())
    return Case({"layers": layers, "n": n, "place": place if seen else middle})


def _by_formula(layers: Layers, n: int, place: int) -> tuple[int, int]:
    size, jump, start = _field(layers)
    return start + place * jump, start + place * jump + size - 1


def _by_number(layers: Layers, n: int, place: int) -> tuple[int, int]:
    first, _ = _reached(layers, n, place)
    return first, first + int(_slope(layers, n, place).count_nonzero()) - 1


receptive_field_by_gradient = Check(
    task="receptive_field_by_gradient",
    draw=_draw_place,
    reference=_reached,
    mistakes=(
        Mistake(
            "that is the field by formula",
            "The formula knows no border. Ask the gradient which cells of the line are reached.",
            _by_formula,
        ),
        Mistake(
            "all outputs were asked at once",
            "Take the gradient of one output, not of the sum over all of them.",
            lambda layers, n, place: _reached(layers, n, None),
        ),
        Mistake(
            "the last cell is one too far",
            "Both cells are reached; the second is not the end of a slice.",
            lambda **case: (_reached(**case)[0], _reached(**case)[1] + 1),
        ),
        Mistake(
            "the size is returned in place of the last cell",
            "The second number is a place, counted from 0 as the first one is.",
            lambda **case: (
                _reached(**case)[0],
                _reached(**case)[1] - _reached(**case)[0] + 1,
            ),
        ),
        Mistake(
            "the last cell is found by counting cells",
            "A field may have holes: look for the last cell whose gradient is not zero.",
            _by_number,
        ),
    ),
)
