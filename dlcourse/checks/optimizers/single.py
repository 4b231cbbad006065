"""Single: one step of the package's optimizers as a pure function, and weights to try it on."""

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from dlcourse.checks.judging import Draw

__all__ = ["Value", "draw_weights", "single_step", "upwards"]

Value = Tensor | float | int
"""What the arguments of a step are."""


def single_step(
    kind: type[Optimizer],
    w: Tensor,
    grad: Tensor,
    memory: Mapping[str, Tensor],
    **options: Any,
) -> tuple[Tensor, dict[str, Any]]:
    """Take one step from the given memory; return the new weights and the new memory."""
    weights = w.clone().requires_grad_()
    weights.grad = grad
    optimizer = kind([weights], **options)
    optimizer.state[weights] = {name: value.clone() for name, value in memory.items()}
    optimizer.step()
    return weights.detach(), optimizer.state[weights]


def upwards(step: Callable[..., tuple[Tensor, ...]]) -> Callable[..., tuple]:
    """Make of a step one that goes as far the other way and remembers the same."""

    def mirrored(w: Tensor, **rest: Value | None) -> tuple[Tensor, ...]:
        stepped, *memory = step(w=w, **rest)
        return 2 * w - stepped, *memory

    return mirrored


def draw_weights(draw: Draw) -> dict[str, Any]:
    """Draw weights, their gradient and a learning rate; hard ones have more entries."""
    shape = draw.side(), draw.side(2)
    return {
        "w": draw.tensor(*shape),
        "grad": draw.tensor(*shape),
        "lr": draw.integer(1, 9) / 20,
    }
