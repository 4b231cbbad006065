"""Step: the check of descent_step, which moves the pixels and keeps them in bounds."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake

__all__ = ["descent_step"]


def _step(image: Tensor, gradient: Tensor, lr: float) -> Tensor:
    return (image - lr * gradient).clamp(0, 1)


def _draw_step(draw: Draw) -> Case:
    """A few pixels start outside of [0, 1], and some steps leave it."""
    shape = 3, draw.side(3), draw.side(3)
    image = torch.rand(shape, generator=draw.source, dtype=torch.float64)
    image[0, 0, 0], image[1, 0, 0], image[2, 0, 0] = -0.3, 1.3, 0.02
    gradient = 3 * draw.tensor(*shape)
    gradient[:, 0, 0] = gradient.new_tensor([-6.0, 6.0, 2.0])
    return Case({"image": image, "gradient": gradient, "lr": draw.integer(1, 3) / 10})


def _shut(image: Tensor, gradient: Tensor, lr: float) -> Tensor:
    """Step as if the clamp were a part of the cost."""
    inside = (image >= 0) & (image <= 1)
    return (image - lr * gradient * inside).clamp(0, 1)


descent_step = Check(
    task="descent_step",
    draw=_draw_step,
    reference=_step,
    mistakes=(
        Mistake(
            "the step goes uphill",
            "Against the gradient: subtract.",
            lambda image, gradient, lr: _step(image, gradient, -lr),
        ),
        Mistake(
            "the pixels are not put back into [0, 1]",
            "Clamp the picture after the step.",
            lambda image, gradient, lr: image - lr * gradient,
        ),
        Mistake(
            "the picture is clamped before the step and not after it",
            "It is the step that leaves [0, 1]: clamp what it gives.",
            lambda image, gradient, lr: image.clamp(0, 1) - lr * gradient,
        ),
        Mistake(
            "the picture is clamped before the step as well",
            "One clamp, after the step: a pixel outside takes its step from where it is.",
            lambda image, gradient, lr: _step(image.clamp(0, 1), gradient, lr),
        ),
        Mistake(
            "the gradient is clamped, and not the picture",
            "The gradient may be as large as it is; the picture is what has bounds.",
            lambda image, gradient, lr: image - lr * gradient.clamp(0, 1),
        ),
        Mistake(
            "pixels outside [0, 1] take no step",
            "The clamp is no part of the cost: every pixel takes its step, then it is clamped.",
            _shut,
        ),
        Mistake(
            "the learning rate is left out",
            "Multiply the gradient by lr.",
            lambda image, gradient, lr: _step(image, gradient, 1.0),
        ),
        Mistake(
            "only the sign of the gradient is used",
            "A step is lr times the gradient, long where it is long.",
            lambda image, gradient, lr: _step(image, gradient.sign(), lr),
        ),
        Mistake(
            "the values are bounded by -1 and 1",
            "Pixels have values from 0 to 1.",
            lambda image, gradient, lr: (image - lr * gradient).clamp(-1, 1),
        ),
    ),
)
