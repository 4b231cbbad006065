"""Dilated: the check of dilated_conv2d."""

from torch import Tensor
from torch.nn.functional import pad

from dlcourse.checks.convolution.layers import LIBRARY
from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn.convolution import conv2d
from dlcourse.nn.variants import insert_zeros

__all__ = ["dilated_conv2d"]


def _repeated(weight: Tensor, dilation: int) -> Tensor:
    return weight.repeat_interleave(dilation, 2).repeat_interleave(dilation, 3)


def _trailing(weight: Tensor, dilation: int) -> Tensor:
    """Zeros after every entry, the last one included."""
    return pad(insert_zeros(weight, dilation), (0, dilation - 1, 0, dilation - 1))


def _draw_dilated(draw: Draw) -> Case:
    channels, filters = draw.integer(1, 3), draw.integer(1, 3)
    # 10 pixels hold every kernel that the mistakes make, too.
    shape = draw.integer(1, 2), channels, draw.side(10), draw.side(10)
    kernel = draw.integer(2, 3), draw.integer(2, 3)
    return Case(
        {
            "x": draw.tensor(*shape),
            "weight": draw.tensor(filters, channels, *kernel),
            "dilation": draw.integer(1, 3),
        }
    )


dilated_conv2d = Check(
    task="dilated_conv2d",
    draw=_draw_dilated,
    reference=lambda x, weight, dilation: conv2d(x, weight, dilation=dilation),
    mistakes=(
        Mistake(
            "the dilation thins the image out",
            "The kernel gets the gaps, and still stops at every pixel of the image.",
            lambda x, weight, dilation: conv2d(x[..., ::dilation, ::dilation], weight),
        ),
        Mistake(
            "the zeros go into the image",
            "Spread the entries of the kernel apart; the image stays as it is.",
            lambda x, weight, dilation: conv2d(insert_zeros(x, dilation), weight),
        ),
        Mistake(
            "the dilation is used as a stride",
            "The stride says where the kernel stops; the dilation, how far apart its entries are.",
            lambda x, weight, dilation: conv2d(x, weight, stride=dilation),
        ),
        Mistake(
            "there is one zero too many in each gap",
            "Neighbouring entries end up dilation cells apart, so dilation - 1 zeros lie between.",
            lambda x, weight, dilation: conv2d(x, insert_zeros(weight, dilation + 1)),
        ),
        Mistake(
            "there are zeros behind the last entry",
            "Zeros lie between entries only: k entries have k - 1 gaps.",
            lambda x, weight, dilation: conv2d(x, _trailing(weight, dilation)),
        ),
        Mistake(
            "the entries are repeated",
            "The new cells of the kernel hold zeros, not copies of their neighbours.",
            lambda x, weight, dilation: conv2d(x, _repeated(weight, dilation)),
        ),
        Mistake(
            "only the rows are spread apart",
            "The columns of the kernel have gaps as well.",
            lambda x, weight, dilation: conv2d(x, insert_zeros(weight, (dilation, 1))),
        ),
    ),
    forbidden=LIBRARY,
    lends=("dlcourse.nn.convolution",),
)
