"""Lighting: shift all colours of a picture along the directions in which colours vary.

The three channels of photographs rise and fall together, with the light. Principal component
analysis of all pixels finds that direction and two smaller ones; a random step along each is a
change of light that the training photographs themselves suggest.

Axes:   b images, c h w with c 3
Paper:  Krizhevsky, Sutskever & Hinton 2012, "ImageNet classification with deep convolutional neural
        networks"
Torch:  none
"""

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from dlcourse.axes import Images

from .fitted import Fitted
from .refusals import Number, refuse_negative, refuse_unfitted
from .whitening import principal_axes

__all__ = ["PCALighting"]


class PCALighting(Fitted):
    """Add ``sum over k of alpha_k scale_k axis_k`` to every pixel, one alpha for each image.

    The paper's scale is the eigenvalue, which is a variance: its square unit makes the shift depend
    on whether pixels count to 1 or to 255. The root of the eigenvalue has the pixels' own unit.

    Args:
        std: spread of each alpha.
        root: whether to scale by the root instead of the eigenvalue.
        generator: source of the alphas.

    Attributes:
        components_: the axes, one a row, shape (3, 3).
        explained_variance_: their eigenvalues, shape (3,).

    Raises:
        ValueError: if ``std`` is below 0.
    """

    def __init__(
        self, std: Number = 0.1, *, root: bool = False, generator: Generator
    ) -> None:
        refuse_negative("std", std)
        self.std, self.root, self.generator = std, root, generator

    def fit(self, x: Float[Tensor, "b 3 h w"]) -> "PCALighting":
        """Find the principal axes of all pixels of the training split."""
        pixels = x.permute(0, 2, 3, 1).reshape(-1, 3)
        _, self.components_, self.explained_variance_ = principal_axes(pixels)
        return self

    def transform(self, x: Images) -> Images:
        """Draw the alphas and shift each image."""
        shape, source = (len(x), 3), self.generator
        drawn = torch.randn(shape, generator=source, device=source.device)
        return x + self.shift(self.std * drawn.to(x))[:, :, None, None]

    def shift(self, alpha: Float[Tensor, "b 3"]) -> Float[Tensor, "b 3"]:
        """Compute what given alphas add to red, green and blue.

        Raises:
            NotFittedError: if no axes have been found yet.
        """
        refuse_unfitted(self, "components_")
        variance = self.explained_variance_
        scale = variance.sqrt() if self.root else variance
        return (alpha * scale) @ self.components_
