"""LeNet: convolutions find strokes, poolings forget their place, dense layers decide.

The plan of almost every network after it: sides shrink, channels grow, and what is left is a short
vector that names the class.

Read in this order:

    simple      three convolutions and one unit, the smallest network of the plan
    modern      LeNet5, as it is written today; its layer classes are arguments
    original    lenet5_1998, as the paper draws it: 60,000 parameters

Paper:  LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document
        recognition"
Torch:  none
"""

from .modern import LeNet5
from .original import C3, lenet5_1998
from .simple import simple_network

__all__ = ["C3", "LeNet5", "lenet5_1998", "simple_network"]
