"""Small: a network that tells textures apart, and weights for it that come with the package.

Weights for ImageNet are large and have to be fetched. These are small enough to ship, were learned
from photographs that are shipped as well, and can be learned again by
``python -m dlcourse.models.transfer.pretrain``.

Axes:   b patches of one channel, 16 pixels a side as in pretraining; others do as well
Torch:  none
"""

from collections import OrderedDict
from pathlib import Path

from torch import nn

from dlcourse.models._convolution import conv_norm_activation
from dlcourse.training import load_shipped

from .patches import SOURCE

__all__ = ["ACCURACY", "CHECKSUM", "WEIGHTS", "small", "small_pretrained"]

WEIGHTS = Path(__file__).with_name("small.safetensors")
"""The file that is shipped."""

CHECKSUM = "f9b99f44df2d46c80f12cfb744f966ebe80262662ed7cda9df834eff61335bde"
"""SHA-256 of the file, as the script printed it."""

ACCURACY = 0.5356
"""Share of test patches of the source task that it answers right, as the script printed it."""


def small(num_classes: int = len(SOURCE), width: int = 8) -> nn.Sequential:
    """Build three convolutions, a mean over the patch and a linear layer.

    >>> [name for name, _ in small().named_children()]
    ['block1', 'block2', 'block3', 'mean', 'flatten', 'fc']
    """
    return nn.Sequential(
        OrderedDict(
            block1=conv_norm_activation(1, width),
            block2=conv_norm_activation(width, 2 * width, stride=2),
            block3=conv_norm_activation(2 * width, 4 * width, stride=2),
            mean=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
            fc=nn.Linear(4 * width, num_classes),
        )
    )


def small_pretrained() -> nn.Sequential:
    """Build the network with the shipped weights, in evaluation mode, for the eight source classes.

    Raises:
        ValueError: if the file is not the one that was shipped.

    >>> small_pretrained().fc.out_features
    8
    """
    return load_shipped(small(), WEIGHTS, CHECKSUM, "dlcourse.models.transfer.pretrain")
