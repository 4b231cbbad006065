"""Checks of the exercise on classic blocks, in the order of its tasks.

Each block is a function of an image and its weights, without normalization. The references are
written with torch.nn.functional, and the tests hold them equal to the modules of dlcourse.models.
"""

from .dense import dense_block
from .inception import inception_module
from .mobile import inverted_residual, separable_block
from .residual import preactivation_block, residual_block
from .shortcuts import shortcut
from .squeeze import squeeze_excitation

__all__ = [
    "dense_block",
    "inception_module",
    "inverted_residual",
    "preactivation_block",
    "residual_block",
    "separable_block",
    "shortcut",
    "squeeze_excitation",
]
