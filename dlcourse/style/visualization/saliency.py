"""Saliency: which pixels an answer depends on.

The gradient of one logit says how much it would change if a pixel did. It is what training uses,
asked about the pixels in place of the weights.

Axes:   c h w; k classes
Paper:  Simonyan, Vedaldi & Zisserman 2014, "Deep inside convolutional networks: visualising image
        classification models and saliency maps"
Torch:  torch.autograd.grad
"""

import torch
from torch import nn

from dlcourse.axes import Feature, Image

__all__ = ["input_gradient", "saliency"]


def input_gradient(model: nn.Module, image: Image, label: int) -> Image:
    """Differentiate the logit of a class by the pixels.

    Raises:
        ValueError: if there is no such class.

    >>> model = nn.Sequential(nn.Flatten(), nn.Linear(2, 1, bias=False))
    >>> _ = model[1].weight.data.copy_(torch.tensor([[3.0, -2.0]]))
    >>> input_gradient(model, torch.zeros(1, 1, 2), 0).tolist()
    [[[3.0, -2.0]]]
    """
    leaf = image.detach()[None].clone().requires_grad_()
    with torch.enable_grad():
        logits = model(leaf)[0]
        if not 0 <= label < len(logits):
            raise ValueError(f"label ({label}) must be between 0 and {len(logits) - 1}")
        (slope,) = torch.autograd.grad(logits[label], leaf)
    return slope[0]


def saliency(model: nn.Module, image: Image, label: int) -> Feature:
    """Take the largest absolute value of the gradient over the colours of each pixel.

    >>> model = nn.Sequential(nn.Flatten(), nn.Linear(2, 1, bias=False))
    >>> _ = model[1].weight.data.copy_(torch.tensor([[3.0, -2.0]]))
    >>> saliency(model, torch.zeros(2, 1, 1), 0).tolist()  # two channels of one pixel
    [[3.0]]
    """
    return input_gradient(model, image, label).abs().amax(dim=0)
