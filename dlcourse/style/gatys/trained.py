"""Trained: the small network that comes with the package, as a painter's eye.

Axes:   b c h w, images with values in [0, 1] and maps of layers
Torch:  none
"""

from functools import partial

from dlcourse.style._network import activations, network_pretrained

from .look import Features

__all__ = ["network_features"]


def network_features() -> Features:
    """Take the shipped network's layers; its weights stand still.

    >>> import torch
    >>> network_features()(torch.zeros(1, 3, 8, 8), ["relu2_1"])["relu2_1"].shape
    torch.Size([1, 64, 4, 4])
    """
    return partial(activations, network_pretrained().requires_grad_(False))
