"""Optimizers: turn a gradient into a step.

The gradient says which way is down and how steep, at one point. How far to go, what to remember of
the gradients before, and whether every weight deserves the same step: each answer is an optimizer.

Read in this order, parts before the whole:

    surfaces   five functions of two variables, to watch a method on
    refusals   options and gradients that no optimizer accepts
    stepping   what all methods of the gradient alone share
    sgd        gradient descent, with momentum and Nesterov's momentum
    momentum   the same two ideas in the other notations they are written in
    adagrad    a rate for each weight, from all its gradients
    rmsprop    the same from its recent gradients
    adadelta   the same without a unit to choose
    adam       momentum over a rate for each weight; AdamW, whose decay stands apart
    newton     second derivatives instead of a rate
    wolfe      how far to go along a given direction
    lbfgs      Newton's direction from remembered gradients
    paths      run any of them on a surface and keep the points

Paper:  Robbins & Monro 1951, "A stochastic approximation method"; every file names its own
Torch:  torch.optim.SGD, Adagrad, RMSprop, Adadelta, Adam, AdamW, LBFGS
"""

from .adadelta import Adadelta
from .adagrad import Adagrad
from .adam import Adam, AdamW
from .lbfgs import LBFGS
from .momentum import averaged_path, nesterov_path, velocity_path
from .newton import newton_path
from .paths import optimizer_path
from .rmsprop import RMSprop
from .sgd import SGD
from .surfaces import SURFACES, Surface, beale, bowl, ravine, rosenbrock, saddle

__all__ = [
    "LBFGS",
    "SGD",
    "SURFACES",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "RMSprop",
    "Surface",
    "averaged_path",
    "beale",
    "bowl",
    "nesterov_path",
    "newton_path",
    "optimizer_path",
    "ravine",
    "rosenbrock",
    "saddle",
    "velocity_path",
]
