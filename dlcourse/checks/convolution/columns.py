"""Columns: the check of im2col."""

from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn import convolution as reference
from dlcourse.nn.convolution.geometry import Geometry

from .layers import LIBRARY, draw_layer
from .steps import output_size, zero_pad

__all__ = ["im2col"]


def _columns(
    x: Tensor, kernel_size: tuple[int, int], stride: int, padding: int
) -> Tensor:
    return reference.im2col(x, kernel_size, padding=padding, stride=stride)


def _columns_channels_last(
    x: Tensor, kernel_size: tuple[int, int], **options: int
) -> Tensor:
    columns = _columns(x, kernel_size, **options)
    by_channel = columns.unflatten(1, (x.shape[1], -1))  # b c kh_kw windows
    return by_channel.transpose(1, 2).reshape(columns.shape)


def _columns_by_column(
    x: Tensor, kernel_size: tuple[int, int], **options: int
) -> Tensor:
    rows, columns = Geometry.of(kernel_size, **options).output(x.shape[2:])
    windows = _columns(x, kernel_size, **options).unflatten(2, (rows, columns))
    return windows.transpose(2, 3).flatten(start_dim=2)


def _draw_columns(draw: Draw) -> Case:
    layer = draw_layer(draw)
    kernel_size = tuple(layer["weight"].shape[2:])
    return Case(
        {
            "x": layer["x"],
            "kernel_size": kernel_size,
            "stride": layer["stride"],
            "padding": layer["padding"],
        }
    )


im2col = Check(
    task="im2col",
    draw=_draw_columns,
    reference=_columns,
    mistakes=(
        Mistake(
            "a window is a row instead of a column",
            "The result is transposed: its axes are (batch, entries of a window, windows).",
            lambda **arguments: _columns(**arguments).mT,
        ),
        Mistake(
            "the entries of a window are in the order kh, kw, channel",
            "All entries of the first channel come first, then those of the second.",
            _columns_channels_last,
        ),
        Mistake(
            "the windows are taken column by column",
            "They run along the first row of windows, then along the second.",
            _columns_by_column,
        ),
        Mistake(
            "the padding is ignored",
            "Pad the image before its windows are taken.",
            lambda x, kernel_size, stride, padding: _columns(x, kernel_size, stride, 0),
        ),
    ),
    builds_on=(zero_pad, output_size),
    forbidden=LIBRARY,
    operations=80,
)
