"""Start: the random weights that several networks begin with, as torchvision draws them.

Convolutions are drawn for the way back, by the products that each input takes part in: where a
normalization follows, it sets the signal's size on the way forward.

Paper:  He, Zhang, Ren & Sun 2015, "Delving deep into rectifiers: surpassing human-level performance
        on ImageNet classification"
Torch:  the loops at the end of torchvision's VGG and MobileNetV2
"""

from torch import nn

from dlcourse.nn.initialization import kaiming_normal_, normal_, zeros_

__all__ = ["start_classifier", "start_convolutions"]


def start_convolutions(model: nn.Module) -> None:
    """Draw the weights of every convolution, for the gradient's size, and clear their biases."""
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d):
            kaiming_normal_(layer.weight, mode="fan_out")
            if layer.bias is not None:
                zeros_(layer.bias)


def start_classifier(layer: nn.Linear) -> None:
    """Draw small weights, so that at first all classes are nearly as likely."""
    normal_(layer.weight, std=0.01)
    zeros_(layer.bias)
