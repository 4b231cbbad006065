"""Variants: by hand, against torch in value and gradient, against each other, and refusals."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.autograd import gradcheck, gradgradcheck
from torch.utils.flop_counter import FlopCounterMode

from dlcourse.nn.convolution import Conv2d, conv2d, multiplications_conv
from dlcourse.nn.variants import (
    ConvTranspose2d,
    DepthwiseSeparableConv2d,
    conv_transpose2d,
    convolution_matrix,
    depthwise_conv2d,
    depthwise_separable,
    global_depthwise_conv2d,
    insert_zeros,
    linear_as_conv,
    linear_per_pixel,
    multiplications_separable,
    overlap_count,
    resize_conv2d,
    traffic_conv,
    transposed_by_zeros,
    ungroup,
)

EXACT = {"rtol": 1e-10, "atol": 1e-10}
FLOAT64 = {"dtype": torch.float64}


class Source:
    """Draw whole numbers and tensors after a ReLU (so with ties at 0)."""

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)

    def pick(self, low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (1,), generator=self.generator))

    def pair(self, low: int, high: int) -> tuple[int, int]:
        return self.pick(low, high), self.pick(low, high)

    def tensor(self, *shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=self.generator, **FLOAT64)


def draw_transposed(seed: int) -> tuple[dict, dict]:
    """Draw tensors and settings of a transposed convolution that leaves at least one cell."""
    source = Source(seed)
    stride, dilation, kernel = source.pair(1, 3), source.pair(1, 3), source.pair(1, 4)
    padding, groups = source.pair(0, 2), source.pick(1, 3)
    extra = tuple(
        source.pick(0, max(s, d) - 1) for s, d in zip(stride, dilation, strict=True)
    )
    sides = []
    for k, s, d, p in zip(kernel, stride, dilation, padding, strict=True):
        least = max(1, -(-(2 * p - d * (k - 1)) // s) + 1)
        sides.append(least + source.pick(0, 3))
    channels = groups * source.pick(1, 2)
    tensors = {
        "input": source.tensor(source.pick(0, 3), channels, *sides).relu(),
        "weight": source.tensor(channels, source.pick(1, 3), *kernel),
    }
    bias = source.tensor(tensors["weight"].shape[1] * groups)
    tensors["bias"] = bias if source.pick(0, 1) else None
    return tensors, {
        "stride": stride,
        "padding": padding,
        "output_padding": extra,
        "groups": groups,
        "dilation": dilation,
    }


def draw_layer(seed: int) -> tuple[dict, dict]:
    """Draw tensors of a depthwise separable layer and settings that fit."""
    source = Source(seed)
    kernel, channels = source.pair(1, 3), source.pick(1, 4)
    tensors = {
        "x": source.tensor(
            source.pick(1, 3), channels, source.pick(7, 9), source.pick(7, 9)
        ).relu(),
        "depthwise_weight": source.tensor(channels, 1, *kernel),
        "pointwise_weight": source.tensor(source.pick(1, 4), channels, 1, 1),
    }
    sizes = {"stride": (1, 3), "padding": (0, 2), "dilation": (1, 3)}
    return tensors, {name: source.pair(*ends) for name, ends in sizes.items()}


def value_and_gradients(function, tensors: dict, settings: dict) -> list[torch.Tensor]:
    leaves = {
        n: t.clone().requires_grad_() for n, t in tensors.items() if t is not None
    }
    y = function(*leaves.values(), **settings)
    # uneven weights on the outputs, so that no two of them can be swapped unseen
    slope = torch.sin(torch.arange(y.numel(), dtype=y.dtype)).view_as(y)
    return [y, *torch.autograd.grad(y, list(leaves.values()), slope)]


# the worked examples


def test_two_stamps_by_hand():
    image, stamp = (
        torch.tensor([[[[1.0, 2.0]]]]),
        torch.tensor([[[[1.0, 10.0, 100.0]]]]),
    )
    whole = torch.tensor([1.0, 10, 102, 20, 200])
    torch.testing.assert_close(
        conv_transpose2d(image, stamp, stride=2).flatten(), whole
    )
    cropped = conv_transpose2d(image, stamp, stride=2, padding=(0, 1))
    torch.testing.assert_close(cropped.flatten(), whole[1:-1])
    longer = conv_transpose2d(
        image, stamp, stride=(1, 2), padding=(0, 1), output_padding=(0, 1)
    )
    torch.testing.assert_close(longer.flatten(), whole[1:])


@pytest.mark.parametrize(
    ("padding", "output_padding", "side"), [(0, 0, 5), (1, 0, 3), (1, 1, 4)]
)
def test_the_example_of_the_notes_in_three_sizes(padding, output_padding, side):
    y = conv_transpose2d(
        torch.ones(1, 1, 2, 2), torch.ones(1, 1, 3, 3), None, 2, padding, output_padding
    )
    assert y.shape == (1, 1, side, side)


def test_a_kernel_spread_by_hand():
    torch.testing.assert_close(
        insert_zeros(torch.tensor([[1.0, 2], [3, 4]]), step=(2, 3)),
        torch.tensor([[1.0, 0, 0, 2], [0, 0, 0, 0], [3, 0, 0, 4]]),
    )


def test_the_counts_of_the_notes():
    ordinary = multiplications_conv(192, 256, 3, input_size=28, padding=1)
    separable = sum(multiplications_separable(192, 256, 3, 28, padding=1))
    assert f"{separable / ordinary:.4f}" == "0.1150"
    assert separable / ordinary == pytest.approx(1 / 256 + 1 / 9)
    assert multiplications_conv(3, 5, 3, input_size=6) == 2160
    assert multiplications_separable(3, 5, 3, input_size=6) == (432, 240)


# equal to torch, in value and in gradient


@pytest.mark.parametrize("seed", range(200))
def test_conv_transpose2d_equals_torch(seed):
    tensors, settings = draw_transposed(seed)
    torch.testing.assert_close(
        value_and_gradients(conv_transpose2d, tensors, settings),
        value_and_gradients(F.conv_transpose2d, tensors, settings),
        **EXACT,
    )


def separable_by_torch(x, depthwise_weight, pointwise_weight, **settings):
    spread = F.conv2d(x, depthwise_weight, groups=x.shape[1], **settings)
    return F.conv2d(spread, pointwise_weight)


@pytest.mark.parametrize("seed", range(200))
def test_depthwise_separable_equals_torch(seed):
    tensors, settings = draw_layer(seed)
    torch.testing.assert_close(
        value_and_gradients(depthwise_separable, tensors, settings),
        value_and_gradients(separable_by_torch, tensors, settings),
        **EXACT,
    )


@pytest.mark.parametrize("multiplier", [1, 2, 3])
def test_depthwise_equals_torch_with_several_kernels_a_channel(multiplier):
    source = Source(multiplier)
    tensors = {
        "x": source.tensor(2, 4, 7, 6).relu(),
        "weight": source.tensor(4 * multiplier, 1, 3, 2),
        "bias": source.tensor(4 * multiplier),
    }
    torch.testing.assert_close(
        value_and_gradients(depthwise_conv2d, tensors, {"stride": 2, "padding": 1}),
        value_and_gradients(
            F.conv2d, tensors, {"stride": 2, "padding": 1, "groups": 4}
        ),
        **EXACT,
    )


def test_global_depthwise_equals_torch():
    source = Source(0)
    tensors = {
        "x": source.tensor(2, 4, 5, 6).relu(),
        "weight": source.tensor(4, 1, 5, 6),
        "bias": source.tensor(4),
    }
    torch.testing.assert_close(
        value_and_gradients(global_depthwise_conv2d, tensors, {}),
        value_and_gradients(F.conv2d, tensors, {"groups": 4}),
        **EXACT,
    )


def test_an_image_without_a_batch():
    x, weight = torch.randn(4, 5, 6), torch.randn(4, 2, 3, 3)
    torch.testing.assert_close(
        conv_transpose2d(x, weight, stride=2), F.conv_transpose2d(x, weight, stride=2)
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_other_types_of_number(dtype):
    x, weight = torch.randn(2, 3, 4, 5).to(dtype), torch.randn(3, 4, 3, 3).to(dtype)
    loose = {"rtol": 2e-2, "atol": 2e-1} if dtype == torch.bfloat16 else {}
    ours, theirs = conv_transpose2d(x, weight), F.conv_transpose2d(x, weight)
    torch.testing.assert_close(ours, theirs, **loose)


def test_gradcheck_to_the_second_order():
    tensors = [
        torch.randn(shape, **FLOAT64, requires_grad=True)
        for shape in ((2, 4, 3, 2), (4, 1, 3, 2), 2)
    ]

    def strided(x, weight, bias):
        return conv_transpose2d(
            x, weight, bias, stride=2, padding=1, output_padding=1, groups=2
        )

    assert gradcheck(strided, tensors)
    assert gradgradcheck(strided, tensors)


def test_only_the_gradients_asked_for():
    x, weight, bias = torch.randn(1, 1, 2, 2), torch.randn(1, 1, 2, 2), torch.randn(1)
    for one in (x, weight, bias):
        one.requires_grad_()
        conv_transpose2d(x, weight, bias).sum().backward()
        assert [t.grad is not None for t in (x, weight, bias)] == [
            t is one for t in (x, weight, bias)
        ]
        one.requires_grad_(False).grad = None


def test_arguments_are_left_alone_and_in_place_relu_works_after():
    x, weight = torch.randn(1, 2, 5, 5, requires_grad=True), torch.randn(2, 3, 3, 3)
    before = x.detach().clone(), weight.clone()
    conv_transpose2d(x, weight, padding=1).relu_().sum().backward()
    torch.testing.assert_close((x.detach(), weight), before)


# the layers


@pytest.mark.parametrize("bias", [True, False])
def test_state_dict_goes_both_ways(bias):
    options = {
        "stride": 3,
        "padding": 1,
        "output_padding": 2,
        "groups": 2,
        "dilation": 2,
        "bias": bias,
    }
    ours = ConvTranspose2d(4, 6, (3, 2), **options)
    theirs = nn.ConvTranspose2d(4, 6, (3, 2), **options)
    x = torch.randn(2, 4, 5, 4)
    theirs.load_state_dict(ours.state_dict())
    torch.testing.assert_close(ours(x), theirs(x))
    theirs = nn.ConvTranspose2d(4, 6, (3, 2), **options)
    ours.load_state_dict(theirs.state_dict())
    torch.testing.assert_close(ours(x), theirs(x))


def test_an_equal_seed_gives_the_weights_of_torch():
    torch.manual_seed(3)
    ours = ConvTranspose2d(3, 5, 3)
    torch.manual_seed(3)
    theirs = nn.ConvTranspose2d(3, 5, 3)
    torch.testing.assert_close(
        dict(ours.state_dict()), dict(theirs.state_dict()), rtol=0, atol=1e-8
    )


def test_the_separable_layer_loads_into_two_of_torch():
    ours = DepthwiseSeparableConv2d(3, 5, 3, stride=2, padding=1)
    theirs = nn.Sequential()
    theirs.add_module("depthwise", nn.Conv2d(3, 3, 3, 2, 1, groups=3, bias=False))
    theirs.add_module("pointwise", nn.Conv2d(3, 5, 1))
    x = torch.randn(2, 3, 9, 8)
    theirs.load_state_dict(ours.state_dict())
    torch.testing.assert_close(ours(x), theirs(x))
    function = depthwise_separable(
        x,
        ours.depthwise.weight,
        ours.pointwise.weight,
        ours.pointwise.bias,
        stride=2,
        padding=1,
    )
    torch.testing.assert_close(ours(x), function)


def test_the_layer_names_its_settings():
    layer = ConvTranspose2d(4, 6, (3, 2), stride=2, output_padding=1, groups=2)
    assert repr(layer) == (
        "ConvTranspose2d(4, 6, kernel_size=(3, 2), stride=2, padding=0, output_padding=1, "
        "groups=2, bias=True, dilation=1)"
    )


# each variant is an ordinary convolution, or its transpose


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_a_pointwise_kernel_is_a_linear_layer_at_every_pixel(seed):
    source = Source(seed)
    x, weight, bias = source.tensor(2, 4, 3, 5), source.tensor(6, 4), source.tensor(6)
    ours = linear_per_pixel(x, weight, bias)
    torch.testing.assert_close(ours, conv2d(x, weight[..., None, None], bias), **EXACT)
    torch.testing.assert_close(
        ours[1, :, 2, 3], F.linear(x[1, :, 2, 3], weight, bias), **EXACT
    )


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_a_linear_layer_is_a_kernel_as_large_as_the_map(seed):
    source = Source(seed)
    x, weight, bias = source.tensor(2, 3, 6, 7), source.tensor(5, 60), source.tensor(5)
    kernels = linear_as_conv(weight, sides=(4, 5))
    slid = conv2d(x, kernels, bias)
    assert slid.shape == (2, 5, 3, 3)
    part = x[:, :, 1:5, 2:7].flatten(1)
    torch.testing.assert_close(slid[:, :, 1, 2], F.linear(part, weight, bias), **EXACT)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_groups_are_zeros_in_an_ordinary_weight(seed, groups):
    source = Source(seed)
    weight = source.tensor(2 * groups, 3, 2, 3)
    x = source.tensor(2, 3 * groups, 5, 6)
    full = ungroup(weight, groups)
    assert torch.count_nonzero(full) == torch.count_nonzero(weight)
    torch.testing.assert_close(
        conv2d(x, full), F.conv2d(x, weight, groups=groups), **EXACT
    )


def test_equal_weights_everywhere_average_the_map():
    x = torch.randn(2, 3, 4, 5)
    weight = torch.full((3, 1, 4, 5), 1 / 20)
    torch.testing.assert_close(
        global_depthwise_conv2d(x, weight), F.adaptive_avg_pool2d(x, 1)
    )


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_a_separable_weight_is_a_product(seed):
    tensors, options = draw_layer(seed)
    x, depthwise, pointwise = tensors.values()
    full = pointwise * depthwise.transpose(0, 1)  # o i kh kw
    torch.testing.assert_close(
        depthwise_separable(x, depthwise, pointwise, **options),
        conv2d(x, full, **options),
        **EXACT,
    )


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_dilation_is_a_kernel_with_zeros(seed, dilation):
    source = Source(seed)
    x, weight = source.tensor(1, 2, 10, 11), source.tensor(3, 2, 3, 3)
    spread = insert_zeros(weight, dilation)
    torch.testing.assert_close(
        conv2d(x, spread), F.conv2d(x, weight, dilation=dilation), **EXACT
    )


@pytest.mark.parametrize("seed", range(40))
def test_a_transposed_convolution_is_one_of_a_spread_and_padded_image(seed):
    source = Source(seed)
    stride, kernel, padding = source.pair(1, 3), source.pair(1, 4), source.pair(0, 2)
    x, weight = source.tensor(2, 2, 5, 6), source.tensor(2, 3, *kernel)
    extra = source.pick(0, min(stride) - 1)
    torch.testing.assert_close(
        transposed_by_zeros(x, weight, stride, padding, extra),
        F.conv_transpose2d(x, weight, None, stride, padding, extra),
        **EXACT,
    )


@pytest.mark.parametrize("seed", range(40))
def test_the_matrix_convolves_and_its_transpose_transposes(seed):
    source = Source(seed)
    options = {
        "stride": source.pair(1, 3),
        "padding": source.pair(0, 2),
        "dilation": source.pair(1, 2),
        "groups": source.pick(1, 2),
    }
    x, weight = (
        source.tensor(1, 4, 6, 7),
        source.tensor(2, 4 // options["groups"], 3, 2),
    )
    matrix = convolution_matrix(weight, (6, 7), **options)
    y = F.conv2d(x, weight, **options)
    torch.testing.assert_close(matrix @ x.flatten(), y.flatten(), **EXACT)
    back = F.conv_transpose2d(
        y, weight, **options
    )  # less than 6×7 where windows left cells over
    whole = (matrix.mT @ y.flatten()).view_as(x)
    torch.testing.assert_close(
        whole[..., : back.shape[2], : back.shape[3]], back, **EXACT
    )


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_it_is_the_transpose_of_convolution(seed):
    source = Source(seed)
    options = {"stride": source.pick(1, 3), "padding": source.pick(0, 1)}
    x, weight = source.tensor(1, 2, 7, 7), source.tensor(3, 2, 3, 3)
    y = conv2d(x, weight, **options)
    other = torch.randn_like(y)
    rest = (7 + 2 * options["padding"] - 3) % options["stride"]
    back = conv_transpose2d(other, weight, output_padding=rest, **options)
    assert back.shape == x.shape
    torch.testing.assert_close((y * other).sum(), (x * back).sum(), **EXACT)


# overlaps and counts


def test_overlaps_are_uneven_where_the_stride_does_not_divide_the_kernel():
    uneven, even = overlap_count(6, 3, stride=2), overlap_count(6, 4, stride=2)
    assert uneven[3:9, 3:9].unique().tolist() == [1, 2, 4]
    assert even[3:9, 3:9].unique().tolist() == [4]
    assert overlap_count(3, 1, stride=2)[1].tolist() == [0] * 5


def test_resizing_first_keeps_a_flat_image_flat():
    weight = torch.randn(2, 3, 3, 3)
    flat = resize_conv2d(torch.ones(1, 3, 5, 5), weight)[..., 1:-1, 1:-1]
    torch.testing.assert_close(flat, flat[..., :1, :1].expand_as(flat))
    x = torch.randn(2, 3, 4, 5)
    torch.testing.assert_close(
        resize_conv2d(x, weight, scale_factor=(2, 3)),
        F.conv2d(F.interpolate(x, scale_factor=(2, 3)), weight, padding=1),
    )


@pytest.mark.parametrize("seed", range(20))
def test_counts_equal_what_the_counter_counts_and_the_tensors_hold(seed):
    tensors, options = draw_layer(seed)
    x, depthwise, pointwise = tensors.values()
    x, options = x[:1], {n: options[n] for n in ("stride", "padding")}
    with FlopCounterMode(display=False) as counter:
        y = separable_by_torch(x, depthwise, pointwise, **options)
    sizes = x.shape[1], len(pointwise), tuple(depthwise.shape[2:]), tuple(x.shape[2:])
    # The counter takes a multiplication and its addition for two.
    assert sum(multiplications_separable(*sizes, **options)) == (
        counter.get_total_flops() / 2
    )
    middle = F.conv2d(x, depthwise, groups=x.shape[1], **options)
    moved = traffic_conv(x.shape[1], *sizes[:1], *sizes[2:], **options, groups=sizes[0])
    assert moved == x.numel() + depthwise.numel() + middle.numel()
    moved = traffic_conv(*sizes[:2], 1, tuple(middle.shape[2:]))
    assert moved == middle.numel() + pointwise.numel() + y.numel()


def test_an_empty_batch_stays_empty():
    x = torch.ones(0, 2, 4, 4, requires_grad=True)
    y = conv_transpose2d(x, torch.ones(2, 3, 2, 2))
    assert y.shape == (0, 3, 5, 5)
    y.sum().backward()
    assert x.grad.shape == x.shape


# refusals

IMAGE, WEIGHT = torch.ones(1, 3, 4, 4), torch.ones(3, 2, 3, 3)

REFUSALS = {
    "a convolution's weight": (
        lambda: conv_transpose2d(IMAGE, torch.ones(2, 3, 3, 3)),
        ValueError,
        "the input has 3 channels, but weight (2, 3, 3, 3) is made for 2; its first axis counts "
        "the channels in",
    ),
    "groups": (
        lambda: conv_transpose2d(IMAGE, WEIGHT, groups=2),
        ValueError,
        "groups (2) must divide the channels in (3) and the channels out (4)",
    ),
    "integers": (
        lambda: conv_transpose2d(IMAGE.long(), WEIGHT),
        TypeError,
        "input holds torch.int64; convert it with input.float()",
    ),
    "two types": (
        lambda: conv_transpose2d(IMAGE, WEIGHT.double()),
        TypeError,
        "weight holds torch.float64 but input holds torch.float32; make them equal",
    ),
    "too few axes": (
        lambda: conv_transpose2d(torch.ones(4, 4), WEIGHT),
        ValueError,
        "input has shape (4, 4); it needs 4 axes (batch, channels, sides), or 3 without the batch",
    ),
    "a flat weight": (
        lambda: conv_transpose2d(IMAGE, torch.ones(3, 18)),
        ValueError,
        "weight has shape (3, 18); it needs 4 axes (channels in, channels out, kernel)",
    ),
    "bias": (
        lambda: conv_transpose2d(IMAGE, WEIGHT, torch.ones(3)),
        ValueError,
        "bias has shape (3,); it needs one entry for each of 2 channels out",
    ),
    "output padding": (
        lambda: conv_transpose2d(IMAGE, WEIGHT, stride=2, output_padding=(1, 2)),
        ValueError,
        "output_padding (1, 2) must be smaller than the stride (2, 2) or the dilation (1, 1)",
    ),
    "padding": (
        lambda: conv_transpose2d(IMAGE, WEIGHT, padding=3),
        ValueError,
        "padding (3, 3) crops all of the (6, 6) cells that are stamped",
    ),
    "negative padding": (
        lambda: conv_transpose2d(IMAGE, WEIGHT, padding=-1),
        ValueError,
        "padding (-1, -1) goes below 0, the least it can be",
    ),
    "layer": (
        lambda: ConvTranspose2d(3, 4, 3, groups=2),
        ValueError,
        "groups (2) must divide the channels in (3) and the channels out (4)",
    ),
    "step": (
        lambda: insert_zeros(IMAGE, 0),
        ValueError,
        "step (0, 0) goes below 1, the least it can be",
    ),
    "map": (
        lambda: linear_as_conv(torch.ones(2, 10), 3),
        ValueError,
        "rows of 10 entries do not divide into maps of 3×3",
    ),
    "global kernel": (
        lambda: global_depthwise_conv2d(IMAGE, torch.ones(3, 1, 2, 2)),
        ValueError,
        "weight has shape (3, 1, 2, 2); a map of 3 channels and 4×4 pixels needs (3, 1, 4, 4)",
    ),
    "ungroup": (
        lambda: ungroup(torch.ones(3, 1, 1, 1), 2),
        ValueError,
        "groups (2) must divide the channels in (2) and the channels out (3)",
    ),
    "separable": (
        lambda: DepthwiseSeparableConv2d(3, 4, 3)(torch.ones(1, 2, 5, 5)),
        ValueError,
        "groups (3) must divide the channels in (2) and the channels out (3)",
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_name_the_value_and_the_rule(case):
    call, error, message = REFUSALS[case]
    with pytest.raises(error) as refusal:
        call()
    assert message in str(refusal.value)


def test_modules_of_the_page_take_an_equal_generator():
    def draw():
        return torch.Generator().manual_seed(4)

    for layer in (ConvTranspose2d, DepthwiseSeparableConv2d, Conv2d):
        first, again = (layer(2, 4, 3, generator=draw()) for _ in range(2))
        torch.testing.assert_close(
            dict(first.state_dict()), dict(again.state_dict()), rtol=0, atol=0
        )
