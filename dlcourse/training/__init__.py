"""Training: the loop, its batches and checkpoints, device, seeds, and weights that ship."""

from .batches import Batches
from .checkpoint import load_checkpoint, save_checkpoint
from .device import device
from .loop import train
from .seeds import fixed_seed, generator
from .shipped import load_shipped, save_shipped

__all__ = [
    "Batches",
    "device",
    "fixed_seed",
    "generator",
    "load_checkpoint",
    "load_shipped",
    "save_checkpoint",
    "save_shipped",
    "train",
]
