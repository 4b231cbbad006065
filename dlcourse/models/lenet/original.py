"""Original: LeNet-5 as the paper draws it, with 60,000 parameters.

Four things have gone since. A map of the third layer reads some maps of the second, not all, which
saves connections and makes maps differ. A subsampling learns a scale and a shift. The squashing is
a stretched tanh. And the output measures how far the last vector is from a picture of each class.

Axes:   b images, i and o channels in and out, oh ow output, d entries of the last vector, k classes
Paper:  LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document
        recognition", section II and appendix A
Torch:  none
"""

from collections import OrderedDict
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.nn.functional import avg_pool2d, conv2d

from dlcourse.axes import Images

from .modern import refuse_sides

__all__ = ["C3", "lenet5_1998"]

C3 = (
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5)),
    *(
        (0, 1, 2, 3),
        (1, 2, 3, 4),
        (2, 3, 4, 5),
        (0, 3, 4, 5),
        (0, 1, 4, 5),
        (0, 1, 2, 5),
    ),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    (0, 1, 2, 3, 4, 5),
)
"""Maps of S2 that each of the sixteen maps of C3 reads: three neighbours, four, four apart, all."""


class Squash(nn.Module):
    """``1.7159 tanh(2 x / 3)``: 1 goes to 1 and -1 to -1."""

    def forward(self, x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """Squash every number."""
        return 1.7159 * torch.tanh(2 / 3 * x)


class Subsampling(nn.Module):
    """Add up each window of 2x2 cells, then scale and shift, by two numbers a channel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels, 1, 1), 0.25))
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x: Images) -> Float[Tensor, "b c oh ow"]:
        """Halve the sides."""
        return self.weight * 4 * avg_pool2d(x, 2) + self.bias


class PartialConv2d(nn.Module):
    """A convolution in which each output map has its own list of input maps.

    It keeps one kernel for each pair of maps that are joined. To run, the others are filled up with
    zeros, since one large convolution is ten times as fast as sixteen small ones.
    """

    def __init__(self, maps: Sequence[Sequence[int]], kernel_size: int) -> None:
        super().__init__()
        self.outputs = [o for o, inputs in enumerate(maps) for _ in inputs]
        self.inputs = [i for inputs in maps for i in inputs]
        self.weight = nn.Parameter(
            torch.zeros(len(self.inputs), kernel_size, kernel_size)
        )
        self.bias = nn.Parameter(torch.zeros(len(maps)))

    def forward(self, x: Float[Tensor, "b i h w"]) -> Float[Tensor, "b o oh ow"]:
        """Convolve with the kernels at their places and zeros elsewhere."""
        kernels = x.new_zeros(len(self.bias), x.shape[1], *self.weight.shape[1:])
        places = torch.tensor(self.outputs), torch.tensor(self.inputs)
        return conv2d(x, kernels.index_put(places, self.weight), self.bias)


class Distances(nn.Module):
    """Squared distance to the code of each class, negated, so that the largest number wins.

    The codes are fixed entries of -1 and 1. The paper draws its own as small pictures of the
    characters, and says that random ones would do; these are random.
    """

    def __init__(self, features: int, num_classes: int) -> None:
        super().__init__()
        source = torch.Generator().manual_seed(1998)
        # Drawn on the processor wherever the network is built: equal everywhere.
        bits = torch.randint(2, (num_classes, features), generator=source, device="cpu")
        codes = 2.0 * bits - 1
        self.register_buffer("codes", codes.to(torch.get_default_device()))

    def forward(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b k"]:
        """Compare each vector with each code."""
        return -(x[:, None] - self.codes).square().sum(dim=-1)


class Sides32(nn.Module):
    """Let images of 32 by 32 pixels pass, and refuse others."""

    def forward(self, x: Images) -> Images:
        """Hand the images on."""
        refuse_sides(x)
        return x


def lenet5_1998(
    num_classes: int = 10, generator: Generator | None = None
) -> nn.Sequential:
    """Stack C1, S2, C3, S4, C5, F6 and the output; each layer is squashed but the last.

    Weights start uniform in ``[-2.4 / n, 2.4 / n]`` for a unit with ``n`` inputs.

    Args:
        num_classes: numbers that come out.
        generator: source of the random weights; without one, torch's global source.

    >>> sum(p.numel() for p in lenet5_1998().c3.parameters())
    1516
    """
    model = nn.Sequential(
        OrderedDict(
            input=Sides32(),
            c1=nn.Conv2d(1, 6, 5),
            squash1=Squash(),
            s2=Subsampling(6),
            squash2=Squash(),
            c3=PartialConv2d(C3, 5),
            squash3=Squash(),
            s4=Subsampling(16),
            squash4=Squash(),
            c5=nn.Conv2d(16, 120, 5),
            squash5=Squash(),
            flatten=nn.Flatten(),
            f6=nn.Linear(120, 84),
            squash6=Squash(),
            output=Distances(84, num_classes),
        )
    )
    inputs = {"c1": 25, "c5": 400, "f6": 120}
    for name, count in inputs.items():
        _fill(getattr(model, name).weight, count, generator)
        nn.init.zeros_(getattr(model, name).bias)
    for number, output in enumerate(model.c3.outputs):
        count = 25 * len(C3[output])
        _fill(model.c3.weight[number], count, generator)
    return model


def _fill(weight: Tensor, inputs: int, generator: Generator | None) -> None:
    with torch.no_grad():
        weight.uniform_(-2.4 / inputs, 2.4 / inputs, generator=generator)
