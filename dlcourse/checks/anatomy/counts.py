"""Counts: checks of conv_parameters and conv_multiply_adds, for one convolution."""

from math import prod

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn.convolution import multiplications_conv, parameters_conv

__all__ = ["conv_multiply_adds", "conv_parameters"]

Two = tuple[int, int]


def _channels(draw: Draw) -> dict[str, int]:
    """Draw a grouped convolution in which every number differs from its neighbours."""
    groups, most = draw.integer(2, 4), 60 if draw.hard else 9
    inside = draw.integer(2, most)
    return {
        "in_channels": groups * inside,
        "out_channels": groups * (inside + draw.integer(1, most)),
        "groups": groups,
    }


def _kernel(draw: Draw) -> Two:
    height = draw.integer(2, 5)
    return height, height + draw.integer(1, 3)


# conv_parameters


def _draw_layer(draw: Draw) -> Case:
    return Case(
        {
            **_channels(draw),
            "kernel_size": _kernel(draw),
            "bias": bool(draw.integer(0, 1)),
        }
    )


conv_parameters = Check(
    task="conv_parameters",
    draw=_draw_layer,
    reference=parameters_conv,
    mistakes=(
        Mistake(
            "the groups are forgotten",
            "A kernel reads the channels of its own group, not all of them.",
            lambda groups, **layer: parameters_conv(**layer),
        ),
        Mistake(
            "the kernels are divided among the groups as well",
            "There are out_channels kernels in all; only what each of them reads gets less.",
            lambda out_channels, groups, **layer: parameters_conv(
                out_channels=out_channels // groups,
                **layer | {"in_channels": layer["in_channels"] // groups},
            ),
        ),
        Mistake(
            "there is one bias for each channel of the input",
            "A bias belongs to a kernel, and every kernel makes one channel of the output.",
            lambda in_channels, bias, **layer: (
                parameters_conv(in_channels, bias=False, **layer) + bias * in_channels
            ),
        ),
        Mistake(
            "there is a single bias for the whole layer",
            "Every kernel has a bias of its own.",
            lambda bias, **layer: parameters_conv(bias=False, **layer) + bias,
        ),
        Mistake(
            "the bias is left out",
            "If bias is true, every kernel adds one number.",
            lambda bias, **layer: parameters_conv(bias=False, **layer),
        ),
        Mistake(
            "the bias is counted although there is none",
            "Look at the argument bias.",
            lambda bias, **layer: parameters_conv(bias=True, **layer),
        ),
        Mistake(
            "the kernel is taken for a square of its height",
            "kernel_size is (height, width), and the two differ.",
            lambda kernel_size, **layer: parameters_conv(
                kernel_size=kernel_size[0], **layer
            ),
        ),
    ),
)


# conv_multiply_adds


def _draw_image(draw: Draw) -> Case:
    kernel, most = _kernel(draw), 200 if draw.hard else 12
    height = kernel[0] + draw.integer(1, most)
    return Case(
        {
            **_channels(draw),
            "kernel_size": kernel,
            "input_size": (height, kernel[1] + height + draw.integer(1, most)),
            "stride": draw.integer(2, 3),
            "padding": draw.integer(1, 2),
        }
    )


def _with_biases(out_channels: int, **layer: int | Two) -> int:
    """Count the biases once at each place of the output too."""
    weights = multiplications_conv(out_channels=out_channels, **layer)
    reads = layer["in_channels"] // layer["groups"] * prod(layer["kernel_size"])
    return weights + weights // reads


def _multiply_adds(
    in_channels: int,
    out_channels: int,
    kernel_size: Two,
    input_size: Two,
    stride: int,
    padding: int,
    groups: int,
) -> int:
    sizes = in_channels, out_channels, kernel_size, input_size
    return multiplications_conv(*sizes, stride, padding, groups=groups)


conv_multiply_adds = Check(
    task="conv_multiply_adds",
    draw=_draw_image,
    reference=_multiply_adds,
    builds_on=(conv_parameters,),
    mistakes=(
        Mistake(
            "the weights are counted",
            "Every weight is used once at each place of the output.",
            lambda input_size, stride, padding, **layer: parameters_conv(
                bias=False, **layer
            ),
        ),
        Mistake(
            "the places of the input are counted",
            "The kernel works once for each place of the output, and the stride skips some.",
            lambda input_size, stride, padding, **layer: (
                input_size[0] * input_size[1] * parameters_conv(bias=False, **layer)
            ),
        ),
        Mistake(
            "the stride is forgotten",
            "With a stride of s, the kernel stands at about one place in s along each side.",
            lambda stride, **layer: multiplications_conv(**layer),
        ),
        Mistake(
            "the padding is forgotten",
            "It makes the image larger, so that more windows fit.",
            lambda padding, **layer: multiplications_conv(**layer),
        ),
        Mistake(
            "the groups are forgotten",
            "A kernel multiplies the channels of its own group only.",
            lambda groups, **layer: multiplications_conv(**layer),
        ),
        Mistake(
            "the biases are counted as multiply-adds",
            "A bias is added and multiplies nothing; by custom it is left out.",
            _with_biases,
        ),
        Mistake(
            "multiplications and additions are counted apart",
            "A product and its addition are one multiply-add.",
            lambda **layer: 2 * multiplications_conv(**layer),
        ),
    ),
)
