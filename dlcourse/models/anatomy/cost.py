"""Cost: the multiply-adds of one operation.

Each number that a convolution or a linear layer gives out is one sum of products, so its cost is
the length of that sum times the numbers given out. All else in a network, activations, pooling,
normalization, additions, costs a few operations a number, and is left out by custom.

Torch:  torch.utils.flop_counter, twice this
"""

from math import prod
from typing import Any

from torch import Tensor

from .call import Call

__all__ = ["multiply_adds"]

PRODUCTS = {"mm": "self", "addmm": "mat1", "bmm": "self", "baddbmm": "batch1"}
"""The left factor of each matrix product; its last axis is the length of the sums."""


def multiply_adds(call: Call, output: Any) -> int:
    """Count the products that one operation sums, 0 if it is none of those that multiply.

    A convolution costs ``o oh ow (i / g) kh kw`` an image, a matrix product ``n m d``.

    >>> x, weight = torch.ones(1, 3, 8, 8), torch.ones(16, 3, 5, 5)
    >>> arguments = {"input": x, "weight": weight, "transposed": False}
    >>> multiply_adds(Call("convolution", arguments), torch.ones(1, 16, 4, 4))
    19200
    """
    if call.name == "convolution":
        weight = call.arguments["weight"]
        # Turned round, a convolution spreads each input instead of gathering each output.
        ends = call.arguments["input"] if call.arguments["transposed"] else output
        return ends.numel() * prod(weight.shape[1:])
    if call.name in PRODUCTS:
        left: Tensor = call.arguments[PRODUCTS[call.name]]
        return output.numel() * left.shape[-1]
    return 0
