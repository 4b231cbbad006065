"""Training: the loop, its batches and checkpoints, the device and the seeds."""

from .batches import Batches
from .checkpoint import load_checkpoint, save_checkpoint
from .device import device
from .loop import train
from .seeds import fixed_seed, generator

__all__ = [
    "Batches",
    "device",
    "fixed_seed",
    "generator",
    "load_checkpoint",
    "save_checkpoint",
    "train",
]
