"""Checks of the YOLO exercise, in the order of its tasks."""

from .cells import cell_of, target_v1
from .decoding import decode_offsets, decode_v1
from .losses import loss_v1, objectness

__all__ = [
    "cell_of",
    "decode_offsets",
    "decode_v1",
    "loss_v1",
    "objectness",
    "target_v1",
]
