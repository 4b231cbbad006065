"""Painting: checks of total_cost and pixel_gradient, with a network of two layers.

The pictures of a case are three in a batch: the one that is painted, the content, the style.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import conv2d

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.style import gatys as reference

from .losses import content_loss, gram_matrix, style_loss

__all__ = ["pixel_gradient", "total_cost"]

Layers = tuple[Tensor, Tensor]


def _layers(pictures: Tensor, first: Tensor, second: Tensor) -> Layers:
    shallow = conv2d(pictures, first).relu()
    return shallow, conv2d(shallow, second).relu()


def _content(layers: Layers, which: int = 1, of: int = 1) -> Tensor:
    """Compare the picture with another one at one of the layers."""
    maps = layers[which]
    return (maps[0] - maps[of]).square().mean()


def _style(layers: Layers, which: tuple[int, ...] = (0, 1), of: int = 2) -> Tensor:
    """Average the style's loss over some of the layers."""
    grams = [reference.gram_matrix(layers[n]) for n in which]
    return sum((gram[0] - gram[of]).square().sum() for gram in grams) / len(which)


def _cost(
    content: Callable[[Layers], Tensor] = _content,
    style: Callable[[Layers], Tensor] = _style,
    layers: Callable[..., Layers] = _layers,
) -> Callable[..., Tensor]:
    """Weigh a content's loss and a style's."""

    def cost(
        pictures: Tensor, first: Tensor, second: Tensor, alpha: float, beta: float
    ) -> Tensor:
        seen = layers(pictures, first, second)
        return alpha * content(seen) + beta * style(seen)

    return cost


_right = _cost()


def _draw_pictures(draw: Draw) -> Case:
    """Pictures with a few pixels outside [0, 1], and filters that leave much of them alive."""
    side, shallow = draw.side(6), draw.side(2)
    pictures = torch.rand(
        3, 3, side, side + 1, generator=draw.source, dtype=torch.float64
    )
    return Case(
        {
            "pictures": 1.2 * pictures - 0.1,
            "first": 0.4 * draw.tensor(shallow, 3, 3, 3) + 0.1,
            "second": 0.4 * draw.tensor(draw.side(1), shallow, 3, 3) + 0.1,
            "alpha": draw.integer(1, 4) / 4,
            "beta": float(draw.integer(5, 40)),
        }
    )


# total_cost


def _no_relu(pictures: Tensor, first: Tensor, second: Tensor) -> Layers:
    shallow = conv2d(pictures, first)
    return shallow, conv2d(shallow, second)


def _before_relu(pictures: Tensor, first: Tensor, second: Tensor) -> Layers:
    shallow = conv2d(pictures, first)
    return shallow, conv2d(shallow.relu(), second)


total_cost = Check(
    task="total_cost",
    draw=_draw_pictures,
    reference=_right,
    mistakes=(
        Mistake(
            "the weights of content and style are swapped",
            "alpha weighs the content, beta the style.",
            lambda alpha, beta, **rest: _right(alpha=beta, beta=alpha, **rest),
        ),
        Mistake(
            "content is compared at the first layer",
            "Content is compared at the second layer, which is less strict about pixels.",
            _cost(content=lambda layers: _content(layers, which=0)),
        ),
        Mistake(
            "content and style have changed places",
            "pictures[1] is the content and pictures[2] the style.",
            _cost(
                content=lambda layers: _content(layers, of=2),
                style=lambda layers: _style(layers, of=1),
            ),
        ),
        Mistake(
            "the picture is compared with the content's style",
            "The Gram matrices are compared with those of pictures[2].",
            _cost(style=lambda layers: _style(layers, of=1)),
        ),
        Mistake(
            "style is compared at the first layer alone",
            "Average the style's loss over both layers.",
            _cost(style=lambda layers: _style(layers, which=(0,))),
        ),
        Mistake(
            "style is compared at the second layer alone",
            "Average the style's loss over both layers.",
            _cost(style=lambda layers: _style(layers, which=(1,))),
        ),
        Mistake(
            "the style's layers are summed and not averaged",
            "Each of the two layers has the weight one half.",
            _cost(style=lambda layers: 2 * _style(layers)),
        ),
        Mistake(
            "the layers have no ReLU",
            "Each layer is a convolution and a ReLU.",
            _cost(layers=_no_relu),
        ),
        Mistake(
            "the maps are taken before their ReLU",
            "Compare what leaves the ReLU.",
            _cost(layers=_before_relu),
        ),
        Mistake(
            "the weights are left out",
            "alpha times the content's loss plus beta times the style's.",
            lambda alpha, beta, **rest: _right(alpha=1.0, beta=1.0, **rest),
        ),
    ),
    builds_on=(gram_matrix, content_loss, style_loss),
)


# pixel_gradient


def _pulls(
    cost: Callable[..., Tensor], held: tuple[int, ...] = (1, 2), **options: float
) -> Callable[..., Tensor]:
    """Differentiate a cost with respect to all three pictures, some of which are held."""

    def gradient(pictures: Tensor, **arguments: Tensor | float) -> Tensor:
        leaf = pictures.clone().requires_grad_()
        seen = [leaf[n].detach() if n in held else leaf[n] for n in range(3)]
        total = cost(torch.stack(seen), **arguments | options)
        return torch.autograd.grad(total, leaf)[0]

    return gradient


_gradient = _pulls(_right)

pixel_gradient = Check(
    task="pixel_gradient",
    draw=_draw_pictures,
    reference=_gradient,
    mistakes=(
        Mistake(
            "gradient flows into the targets",
            "Content and style are data: detach both pictures before the cost sees them.",
            _pulls(_right, held=()),
        ),
        Mistake(
            "gradient flows into the content",
            "The content is a target: detach its picture as well.",
            _pulls(_right, held=(2,)),
        ),
        Mistake(
            "gradient flows into the style",
            "The style is a target: detach its picture as well.",
            _pulls(_right, held=(1,)),
        ),
        Mistake(
            "the picture that is painted is detached, and not the targets",
            "The painted picture is the one that wants a gradient; detach the other two.",
            _pulls(_right, held=(0,)),
        ),
        Mistake(
            "the gradient has the wrong sign",
            "The gradient itself, which points uphill; the step turns it around.",
            lambda **given: -_gradient(**given),
        ),
        Mistake(
            "only the style pulls",
            "Differentiate the whole cost.",
            _pulls(_right, alpha=0.0),
        ),
        Mistake(
            "only the content pulls",
            "Differentiate the whole cost.",
            _pulls(_right, beta=0.0),
        ),
        Mistake(
            "the gradient runs through a clamp",
            "A clamp passes nothing back for pixels outside [0, 1]: leave it to the step.",
            _pulls(lambda pictures, **rest: _right(pictures.clamp(0, 1), **rest)),
        ),
    ),
    builds_on=(total_cost,),
)
