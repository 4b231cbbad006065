"""Padding: what lies beyond the border, how many windows fit, and what an output sees.

A window that stays inside its image makes the image smaller and visits the border least. Padding
gives both back, a stride takes windows away again, and a stack of layers decides how much of the
image one number at its end has seen. All three are arithmetic on one side.

Read in this order:

    size       output size, cells left over, padding that keeps the size: whole numbers only
    border     pad2d: zeros, a mirror image, the edge repeated, or the opposite side
    receptive  the receptive field of a stack of layers, by formula
    tracing    the same by gradient, for any network that can be run

Paper:  Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning"; Araujo, Norris
        & Sim 2019, "Computing receptive fields of convolutional neural networks"
Torch:  torch.nn.functional.pad; the rules of torch.nn.functional.conv2d for sizes
"""

from .border import MODES, pad2d
from .receptive import ReceptiveField, Window, receptive_field
from .size import extent, left_over, output_size, same_padding
from .tracing import reached, receptive_field_by_gradient

__all__ = [
    "MODES",
    "ReceptiveField",
    "Window",
    "extent",
    "left_over",
    "output_size",
    "pad2d",
    "reached",
    "receptive_field",
    "receptive_field_by_gradient",
    "same_padding",
]
