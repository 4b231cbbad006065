"""Initialization: the random numbers that a network starts from, and why their size decides.

A hundred layers multiply a hundred times, forward by the weights and back by weights and slopes. If
one layer makes its input a little too small or too large, the last layer gets nothing, or infinity.

Read in this order, parts before the whole:

    activations  five functions between layers, and their slopes
    fans         products that make one output, and products one input takes part in
    gain         what the weights must make up for, by activation
    draws        fill a tensor in place: a constant, normal numbers, uniform ones
    xavier       one scale between the way forward and the way back
    kaiming      the half that ReLU discards; 1 / sqrt(fan_in) as the case without activation
    orthogonal   turn and stretch nothing
    sparse       a few connections, no others
    depth        the size of signal and gradient, layer by layer, measured
    prediction   the same, without a network
    clipping     shorten gradients that grew all the same

Paper:  Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural
        networks"; He, Zhang, Ren & Sun 2015, "Delving deep into rectifiers"
Torch:  torch.nn.init; torch.nn.utils.clip_grad_norm_, clip_grad_value_
"""

from .activations import (
    ACTIVATIONS,
    Activation,
    elu,
    elu_slope,
    leaky_relu,
    leaky_relu_slope,
    relu,
    relu_slope,
    sigmoid,
    sigmoid_slope,
    tanh,
    tanh_slope,
)
from .clipping import clip_grad_norm_, clip_grad_value_, get_total_norm
from .depth import Signals, measure_signals, square_layers
from .draws import constant_, normal_, uniform_, zeros_
from .fans import calculate_fan_in_and_fan_out
from .gain import calculate_gain
from .kaiming import kaiming_normal_, kaiming_uniform_, lecun_normal_
from .orthogonal import orthogonal_
from .prediction import predict_signals
from .sparse import sparse_
from .xavier import xavier_normal_, xavier_uniform_

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "Signals",
    "calculate_fan_in_and_fan_out",
    "calculate_gain",
    "clip_grad_norm_",
    "clip_grad_value_",
    "constant_",
    "elu",
    "elu_slope",
    "get_total_norm",
    "kaiming_normal_",
    "kaiming_uniform_",
    "leaky_relu",
    "leaky_relu_slope",
    "lecun_normal_",
    "measure_signals",
    "normal_",
    "orthogonal_",
    "predict_signals",
    "relu",
    "relu_slope",
    "sigmoid",
    "sigmoid_slope",
    "sparse_",
    "square_layers",
    "tanh",
    "tanh_slope",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]
