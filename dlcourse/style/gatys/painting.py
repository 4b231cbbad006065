"""Painting: change the pixels of a picture until its content is one picture's, its style another's.

No network is trained here. The network stands still, and the picture is what is learned: the
gradient of the losses runs back through all layers to the pixels, and an optimizer takes it from
there.

Axes:   c h w, images with values in [0, 1]; content and style may differ in size
Paper:  Gatys, Ecker & Bethge 2016, "Image style transfer using convolutional neural networks"
Torch:  torch.optim.LBFGS, torch.optim.Adam
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from jaxtyping import Float
from torch import Tensor
from torch.optim import LBFGS, Adam

from dlcourse.axes import Image, Images

from .look import Features, look
from .losses import (
    content_loss,
    gram_matrix,
    relative_weights,
    style_loss,
    total_variation,
)

__all__ = ["Cost", "Painting", "stylize"]

Entry = dict[str, float]


class Cost:
    """What a picture costs: its content's and its style's distance, and its total variation.

    The targets are computed once. The content's loss is divided by the variance of its maps, the
    style's by the squares of its matrices, so that the weights mean the same for every network.

    Args:
        content: picture whose things are to be kept.
        style: picture whose look is to be had.
        features: of a network; None if colours are the only layer.
        content_layer: where content is compared.
        style_layers: where style is compared.
        content_weight: of the content's loss.
        style_weight: of the style's loss.
        variation_weight: of the total variation.
    """

    def __init__(
        self,
        content: Image,
        style: Float[Tensor, "c _h _w"],
        features: Features | None,
        content_layer: str,
        style_layers: Sequence[str],
        content_weight: float,
        style_weight: float,
        variation_weight: float,
    ) -> None:
        self.features = features
        self.content_layer = content_layer
        self.content_weight = content_weight
        self.style_weight = style_weight
        self.variation_weight = variation_weight
        with torch.no_grad():
            self.content = look(features, content[None], [content_layer])[content_layer]
            seen = look(features, style[None], style_layers)
            self.grams = {name: gram_matrix(maps) for name, maps in seen.items()}
        self.spread = self.content.var().item()
        self.weights = relative_weights(self.grams)

    def __call__(self, images: Images) -> dict[str, Float[Tensor, ""]]:
        """Measure "content", "style" and "variation", and weigh them into "total"."""
        layers = dict.fromkeys([self.content_layer, *self.grams])
        seen = look(self.features, images, list(layers))
        content = content_loss(seen[self.content_layer], self.content) / self.spread
        style = style_loss(seen, self.grams, self.weights)
        variation = total_variation(images)
        total = (
            self.content_weight * content
            + self.style_weight * style
            + self.variation_weight * variation
        )
        return {
            "total": total,
            "content": content,
            "style": style,
            "variation": variation,
        }


@dataclass
class Painting:
    """A picture and how it came about: one entry of ``history`` for each look at the cost."""

    image: Image
    history: list[Entry] = field(default_factory=list)


def stylize(
    content: Image,
    style: Float[Tensor, "c _h _w"],
    features: Features | None,
    *,
    content_layer: str,
    style_layers: Sequence[str],
    content_weight: float = 0.05,
    style_weight: float = 1.0,
    variation_weight: float = 0.0,
    steps: int = 100,
    optimizer: str = "lbfgs",
    lr: float = 0.02,
    start: Image | None = None,
) -> Painting:
    """Paint the content in the style, by steps down the gradient of the cost.

    Args:
        content: picture whose things are to be kept.
        style: picture whose look is to be had; may have another size.
        features: of a network, see :func:`look`; None if colours are the only layer.
        content_layer: where content is compared.
        style_layers: where style is compared.
        content_weight: of the content's loss.
        style_weight: of the style's loss.
        variation_weight: of the total variation.
        steps: to take. L-BFGS looks at the cost about once a step, Adam just once.
        optimizer: "lbfgs" or "adam".
        lr: learning rate of Adam, in units of brightness.
        start: picture to start from; without one, the content.

    Raises:
        ValueError: for an unknown optimizer, pictures that are not finite, or a start of another
            size than the content.

    >>> grey, light = torch.full((3, 4, 4), 0.2), torch.full((3, 2, 2), 0.6)
    >>> flat = dict(content_layer="pixels", style_layers=["pixels"], content_weight=0.0)
    >>> round(stylize(grey, light, None, **flat).image.mean().item(), 3)  # the style's colour
    0.6
    """
    start = content if start is None else start
    _refuse(content, style, start, optimizer)
    cost = Cost(
        content,
        style,
        features,
        content_layer,
        style_layers,
        content_weight,
        style_weight,
        variation_weight,
    )
    descend = {"lbfgs": _by_lbfgs, "adam": _by_adam}[optimizer]
    images = start[None].clone().requires_grad_()
    history = descend(images, cost, steps, lr)
    return Painting(images.detach()[0].clamp(0, 1), history)


def _refuse(
    content: Image,
    style: Float[Tensor, "c _h _w"],
    start: Float[Tensor, "_c _h _w"],
    optimizer: str,
) -> None:
    if optimizer not in ("lbfgs", "adam"):
        raise ValueError(f'optimizer is "{optimizer}"; say "lbfgs" or "adam"')
    if start.shape != content.shape:
        raise ValueError(
            f"start has shape {tuple(start.shape)}, the content {tuple(content.shape)}"
        )
    for name, image in {"content": content, "style": style, "start": start}.items():
        if not image.isfinite().all():
            raise ValueError(f"{name} has values that are not finite")


def _looker(images: Images, cost: Cost, history: list[Entry]) -> Callable[[], Tensor]:
    """Make the function that an optimizer calls to have the pixels' gradient set."""

    def look_once() -> Tensor:
        costs = cost(images)
        (images.grad,) = torch.autograd.grad(costs["total"], images)  # weights get none
        history.append({name: value.item() for name, value in costs.items()})
        if not math.isfinite(history[-1]["total"]):
            raise FloatingPointError("the cost is not finite: lower lr or the weights")
        return costs["total"]

    return look_once


def _by_lbfgs(images: Images, cost: Cost, steps: int, lr: float) -> list[Entry]:
    """Take steps whose length a line search finds; the pixels are free until the end."""
    history: list[Entry] = []
    optimizer = LBFGS(
        [images], max_iter=steps, history_size=20, line_search_fn="strong_wolfe",
        tolerance_grad=0.0, tolerance_change=0.0,
    )  # fmt: skip
    optimizer.step(_looker(images, cost, history))
    return history


def _by_adam(images: Images, cost: Cost, steps: int, lr: float) -> list[Entry]:
    """Take steps of about ``lr`` and put the pixels back into [0, 1] after each."""
    history: list[Entry] = []
    optimizer = Adam([images], lr=lr)
    look_once = _looker(images, cost, history)
    for _ in range(steps):
        look_once()
        optimizer.step()
        with torch.no_grad():  # not a part of the cost: no gradient runs through it
            images.clamp_(0, 1)
    return history
