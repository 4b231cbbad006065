"""Visualization: what the layers of a network look at.

Read in this order:

    kernels        the first layer's weights as pictures
    patches        the parts of photographs to which a channel answers most
    way_back       one layer's answer carried back to the pixels, by three rules
    deconvolution  what in a picture made one channel answer at one place
    saliency       which pixels an answer depends on
    gradcam        which places of a layer speak for an answer
    maximisation   a picture drawn to please one channel

Paper:  Zeiler & Fergus 2014, "Visualizing and understanding convolutional networks"; every file
        names its own
Torch:  none; the package captum has several of them
"""

from .deconvolution import deconvolution
from .gradcam import class_activation_map, grad_cam
from .kernels import kernel_pictures
from .maximisation import blurred, maximise
from .patches import Patch, layer_field, top_patches
from .saliency import input_gradient, saliency
from .way_back import RULES, Step, carried_back, forward_steps

__all__ = [
    "RULES",
    "Patch",
    "Step",
    "blurred",
    "carried_back",
    "class_activation_map",
    "deconvolution",
    "forward_steps",
    "grad_cam",
    "input_gradient",
    "kernel_pictures",
    "layer_field",
    "maximise",
    "saliency",
    "top_patches",
]
