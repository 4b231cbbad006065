"""Simple: three convolutions and one unit, the smallest network that shows the plan.

The sides go 39, 37, 17, 7 while the channels go 3, 10, 20, 40; a stride does what LeNet leaves to a
pooling. Then the map is a vector, and one dense layer answers.

Axes:   b images of 3 channels, 39 by 39; k classes
Paper:  none
Torch:  none
"""

from collections import OrderedDict

from torch import nn

__all__ = ["simple_network"]


def simple_network(num_classes: int = 1, in_channels: int = 3) -> nn.Sequential:
    """Stack convolutions of 3x3, 5x5 and 5x5 cells, the last two at stride 2, and a dense layer.

    Args:
        num_classes: numbers that come out; one is enough to tell two classes apart.
        in_channels: channels of the images.

    >>> model = simple_network()
    >>> model.conv3(model.conv2(model.conv1(torch.ones(1, 3, 39, 39)))).shape
    torch.Size([1, 40, 7, 7])
    """
    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(in_channels, 10, 3),
            relu1=nn.ReLU(),
            conv2=nn.Conv2d(10, 20, 5, stride=2),
            relu2=nn.ReLU(),
            conv3=nn.Conv2d(20, 40, 5, stride=2),
            relu3=nn.ReLU(),
            flatten=nn.Flatten(),
            dense=nn.Linear(40 * 7 * 7, num_classes),
        )
    )
