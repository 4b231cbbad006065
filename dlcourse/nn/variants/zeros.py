"""Zeros: a dilated kernel and a transposed convolution, both by zeros put between cells.

The two layers that look the strangest are ordinary convolutions of something with holes. Zeros
between the entries of the kernel dilate it; zeros between the cells of the image make room for the
stamps of a transposed convolution. Neither is how it is computed, since most products are zero.

Axes:   b batch, i o channels in and out, h w input, kh kw kernel, oh ow output
Paper:  Yu & Koltun 2016, "Multi-scale context aggregation by dilated convolutions"; Dumoulin &
        Visin 2016, "A guide to convolution arithmetic for deep learning"
Torch:  the ``dilation`` of torch.nn.functional.conv2d; torch.nn.functional.conv_transpose2d
"""

from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import pad

from dlcourse.nn.convolution import conv2d
from dlcourse.nn.convolution.geometry import Sides, per_side

__all__ = ["insert_zeros", "transposed_by_zeros"]


def insert_zeros(
    x: Float[Tensor, "*many h w"], step: Sides
) -> Float[Tensor, "*many spread_h spread_w"]:
    """Move neighbours ``step`` cells apart and fill the gaps with zeros.

    A side of ``n`` cells becomes one of ``(n - 1) step + 1``.

    Raises:
        ValueError: if the step is below 1.

    >>> insert_zeros(torch.tensor([[1.0, 2.0, 3.0]]), step=2).tolist()
    [[1.0, 0.0, 2.0, 0.0, 3.0]]
    """
    down, right = per_side("step", step)
    height, width = (
        (n - 1) * s + 1 for n, s in zip(x.shape[-2:], (down, right), strict=True)
    )
    spread = x.new_zeros(*x.shape[:-2], height, width)
    spread[..., ::down, ::right] = x
    return spread


def transposed_by_zeros(
    x: Float[Tensor, "b i h w"],
    weight: Float[Tensor, "i o kh kw"],
    stride: Sides = 1,
    padding: Sides = 0,
    output_padding: Sides = 0,
) -> Float[Tensor, "b o oh ow"]:
    """Compute a transposed convolution as a convolution of the image, spread and padded.

    Zeros go between the cells, ``stride - 1`` of them, and around the image, ``k - 1 - padding`` of
    them (and ``output_padding`` more at the end). Then the kernel, turned by 180 degrees, slides
    over it by single steps.

    Raises:
        ValueError: if a number is out of range, or the padding crops all that is stamped.

    >>> x, weight = torch.tensor([[[[1.0, 2.0]]]]), torch.tensor([[[[1.0, 10.0, 100.0]]]])
    >>> transposed_by_zeros(x, weight, stride=(1, 2)).tolist()
    [[[[1.0, 10.0, 102.0, 20.0, 200.0]]]]
    """
    top, left = (
        k - 1 - p
        for k, p in zip(
            weight.shape[2:], per_side("padding", padding, least=0), strict=True
        )
    )
    below, beyond = per_side("output_padding", output_padding, least=0)
    frame = (left, left + beyond, top, top + below)  # torch's pad counts columns first
    spread = pad(insert_zeros(x, stride), frame)
    return conv2d(spread, weight.flip(2, 3).transpose(0, 1))
