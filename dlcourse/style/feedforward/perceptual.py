"""Perceptual: what a painting costs, as a network sees it that stands still.

These are the losses by which pixels are painted (``dlcourse.style.gatys``), for a batch whose every
image is its own content. The targets of the style are the same for all and are computed once.

Axes:   b images with values in [0, 1], c h w
Paper:  Johnson, Alahi & Fei-Fei 2016, "Perceptual losses for real-time style transfer and
        super-resolution"
Torch:  none
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from dlcourse.axes import Image, Images
from dlcourse.style.gatys import (
    Features,
    content_loss,
    gram_matrix,
    look,
    relative_weights,
    style_loss,
    total_variation,
)

__all__ = ["PerceptualLoss"]


class PerceptualLoss:
    """Measure how far paintings are from the content of images and from one style.

    Args:
        style: picture whose look is to be had.
        features: of a network.
        content_layer: where content is compared.
        style_layers: where style is compared.
        content_weight: of the content's loss; that of the style's is 1.
        variation_weight: of the total variation.

    >>> loss = PerceptualLoss(torch.rand(3, 8, 8), None, "pixels", ["pixels"])
    >>> images = torch.rand(2, 3, 6, 6)
    >>> loss(images, images)["content"].item()
    0.0
    """

    def __init__(
        self,
        style: Image,
        features: Features | None,
        content_layer: str,
        style_layers: Sequence[str],
        content_weight: float = 0.05,
        variation_weight: float = 0.1,
    ) -> None:
        self.features = features
        self.content_layer = content_layer
        self.content_weight = content_weight
        self.variation_weight = variation_weight
        with torch.no_grad():
            seen = look(features, style[None], style_layers)
            self.grams = {name: gram_matrix(maps) for name, maps in seen.items()}
        self.weights = relative_weights(self.grams)

    def __call__(
        self, paintings: Images, images: Images
    ) -> dict[str, Float[Tensor, ""]]:
        """Measure "content", "style" and "variation", and weigh them into "total".

        The content's loss is divided by the variance of the content's maps.
        """
        layers = list(dict.fromkeys([self.content_layer, *self.grams]))
        seen = look(self.features, paintings, layers)
        with torch.no_grad():
            wanted = look(self.features, images, [self.content_layer])
        target = wanted[self.content_layer]
        losses = {
            "content": content_loss(seen[self.content_layer], target) / target.var(),
            "style": style_loss(seen, self.grams, self.weights),
            "variation": total_variation(paintings),
        }
        losses["total"] = (
            losses["style"]
            + self.content_weight * losses["content"]
            + self.variation_weight * losses["variation"]
        )
        return losses
