"""Schedules: change the learning rate as training goes on.

A large rate covers ground and keeps jumping at the end; a small one settles and takes long to
arrive. A schedule says how large the rate is at each step, so that a run can have both.

Read in this order, parts before the whole:

    refusals    options that no schedule accepts
    schedule    what all share: the rate is a function of the first rate and the step
    staircase   hold, then drop: at even distances, or at chosen steps
    decay       fall a little at every step: exponentially, as 1/t, as one over a root
    annealing   two ways from one value to another
    cosine      fall along half a cosine, once or again and again
    warmup      rise along a line first; join schedules one after another
    onecycle    up and down once, with the momentum going the other way
    rangetest   try all rates on a few steps, to see which can be used

Paper:  Robbins & Monro 1951, "A stochastic approximation method"; every file names its own
Torch:  torch.optim.lr_scheduler
"""

from .cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from .decay import ExponentialLR, InverseSqrtLR, InverseTimeLR
from .onecycle import OneCycleLR
from .rangetest import range_test
from .schedule import Schedule
from .staircase import MultiStepLR, StepLR
from .warmup import LinearLR, SequentialLR

__all__ = [
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "ExponentialLR",
    "InverseSqrtLR",
    "InverseTimeLR",
    "LinearLR",
    "MultiStepLR",
    "OneCycleLR",
    "Schedule",
    "SequentialLR",
    "StepLR",
    "range_test",
]
