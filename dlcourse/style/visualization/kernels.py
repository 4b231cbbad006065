"""Kernels: the first layer's weights, shown as pictures.

A kernel answers most to a patch that looks like itself. In the first layer it has one number for
each colour of each pixel, so it is such a patch already, but for its scale.

Axes:   o kernels of three channels, kh kw
Paper:  Krizhevsky, Sutskever & Hinton 2012, "ImageNet classification with deep convolutional neural
        networks", figure 3
Torch:  torchvision.utils.make_grid(normalize=True, scale_each=True), which moves zero
"""

from jaxtyping import Float
from torch import Tensor

__all__ = ["kernel_pictures"]


def kernel_pictures(weight: Float[Tensor, "o 3 kh kw"]) -> Float[Tensor, "o 3 kh kw"]:
    """Scale each kernel so that zero is grey and its largest absolute value black or white.

    Raises:
        ValueError: if a kernel is zero throughout.

    >>> import torch
    >>> weight = torch.tensor([0.0, 2.0, -4.0]).view(1, 3, 1, 1)
    >>> kernel_pictures(weight).flatten().tolist()
    [0.5, 0.75, 0.0]
    """
    largest = weight.abs().amax(dim=(1, 2, 3), keepdim=True)
    if not (largest > 0).all():
        dead = int((largest.flatten() > 0).int().argmin())
        raise ValueError(f"kernel {dead} is zero, or not a number: it has no picture")
    return 0.5 + weight / (2 * largest)
