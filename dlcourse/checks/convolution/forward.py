"""Forward: checks of naive_conv2d and conv2d, the same answer by two roads."""

from torch import Tensor
from torch.nn.functional import pad

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn import convolution as reference
from dlcourse.nn.convolution.geometry import Geometry

from .columns import im2col
from .layers import LIBRARY, draw_layer
from .steps import output_size, single_step, zero_pad

__all__ = ["conv2d", "naive_conv2d"]


def _transposed_windows(
    x: Tensor, weight: Tensor, bias: Tensor, **options: int
) -> Tensor:
    """Fill the output column by column, as if its axes were w h."""
    y = reference.conv2d(x, weight, bias, **options)
    return y.transpose(2, 3).reshape(y.shape)


def _channels_last_weight(
    x: Tensor, weight: Tensor, bias: Tensor, **options: int
) -> Tensor:
    """Flatten the weight in the order kh kw i while the columns are in the order i kh kw."""
    mixed = weight.permute(0, 2, 3, 1).reshape(weight.shape)
    return reference.conv2d(x, mixed, bias, **options)


def _overlapping(
    x: Tensor, weight: Tensor, bias: Tensor, stride: int, padding: int
) -> Tensor:
    """Move by one cell at a time but keep the size that the stride gives."""
    full = reference.conv2d(x, weight, bias, padding=padding)
    rows, columns = Geometry.of(weight.shape[2:], stride, padding).output(x.shape[2:])
    return full[..., :rows, :columns]


CONVOLUTION_MISTAKES = (
    Mistake(
        "the kernel is flipped",
        "That is the convolution of mathematics. Networks compute cross-correlation: the kernel's "
        "upper left entry meets the window's upper left cell.",
        lambda x, weight, **options: reference.conv2d(x, weight.flip(2, 3), **options),
    ),
    Mistake(
        "the bias is missing",
        "Every output channel has a bias of its own; add it to all its pixels.",
        lambda x, weight, bias, **options: reference.conv2d(x, weight, None, **options),
    ),
    Mistake(
        "the bias is added once per channel of the input",
        "The loop over input channels adds it again and again; add it once, after their sum.",
        lambda x, weight, bias, **options: reference.conv2d(
            x, weight, bias * x.shape[1], **options
        ),
    ),
    Mistake(
        "only the first channel of the input is used",
        "Each kernel has a slice for every channel; their products are all summed.",
        lambda x, weight, bias, **options: reference.conv2d(
            x[:, :1], weight[:, :1], bias, **options
        ),
    ),
    Mistake(
        "the window moves by one cell whatever the stride",
        "The output at (r, c) looks at the window that starts at (r * stride, c * stride).",
        _overlapping,
    ),
    Mistake(
        "the padding is ignored",
        "Pad the image before the windows are counted.",
        lambda x, weight, bias, stride, padding: reference.conv2d(
            x, weight, bias, stride
        ),
    ),
    Mistake(
        "the padding is one-sided",
        "The output has moved by the padding: zeros belong before the image as well as after it.",
        lambda x, weight, bias, stride, padding: reference.conv2d(
            pad(x, (0, 2 * padding, 0, 2 * padding)), weight, bias, stride
        ),
    ),
    Mistake(
        "rows and columns of the output are swapped",
        "The windows run along a row first, so their values are laid out as (oh, ow).",
        _transposed_windows,
    ),
    Mistake(
        "the weight is flattened in another order than the columns",
        "A column holds channel after channel, row after row; weight.reshape(o, -1) does the same.",
        _channels_last_weight,
    ),
)


def _draw_small_layer(draw: Draw) -> Case:
    """Crop the image: a loop visits one window at a time, and each is watched."""
    layer = draw_layer(draw)
    return Case({**layer, "x": layer["x"][:2, :, :9, :9].clone()})


naive_conv2d = Check(
    task="naive_conv2d",
    draw=_draw_small_layer,
    reference=reference.conv2d,
    mistakes=CONVOLUTION_MISTAKES,
    builds_on=(zero_pad, single_step, output_size),
    forbidden=LIBRARY,
    cases=4,
)

conv2d = Check(
    task="conv2d",
    draw=lambda draw: Case(draw_layer(draw)),
    reference=reference.conv2d,
    mistakes=CONVOLUTION_MISTAKES,
    builds_on=(zero_pad, output_size, im2col),
    forbidden=LIBRARY,
    operations=80,
    cases=6,
    gradients=("x", "weight", "bias"),
)
