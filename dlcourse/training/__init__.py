"""Training: the device a run uses and the seeds that make it repeatable."""

from .device import device
from .seeds import fixed_seed, generator

__all__ = ["device", "fixed_seed", "generator"]
