"""Convolution: by hand, against torch in value and gradient, and what it refuses."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck, gradgradcheck
from torch.utils.flop_counter import FlopCounterMode

from dlcourse.nn.convolution import (
    KERNELS,
    Conv2d,
    col2im,
    conv1d,
    conv2d,
    conv3d,
    convolve2d,
    correlate2d,
    im2col,
    kernel,
    learn_kernel,
    multiplications_conv,
    parameters_conv,
)

EXACT = {"rtol": 1e-10, "atol": 1e-10}
FLOAT64 = {"dtype": torch.float64}


def draw(seed: int, dims: int = 2) -> tuple[dict, dict]:
    """Draw tensors after a ReLU (so with ties at 0) and settings that fit each other."""
    source = torch.Generator().manual_seed(seed)

    def pick(low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (1,), generator=source))

    groups = pick(1, 3)
    sizes = {
        name: [pick(low, high) for _ in range(dims)] for name, low, high in SETTINGS
    }
    spans = [
        d * (k - 1) + 1
        for k, d in zip(sizes["kernel_size"], sizes["dilation"], strict=True)
    ]
    sides = [
        max(1, s - 2 * p) + pick(0, 6)
        for s, p in zip(spans, sizes["padding"], strict=True)
    ]
    x = torch.randn(
        pick(0, 3), groups * pick(1, 3), *sides, generator=source, **FLOAT64
    ).relu()
    filters = groups * pick(1, 3)
    weight = torch.randn(
        filters,
        x.shape[1] // groups,
        *sizes.pop("kernel_size"),
        generator=source,
        **FLOAT64,
    )
    bias = torch.randn(filters, generator=source, **FLOAT64) if pick(0, 1) else None
    return {"x": x, "weight": weight, "bias": bias}, {**sizes, "groups": groups}


SETTINGS = (
    ("kernel_size", 1, 4),
    ("stride", 1, 3),
    ("padding", 0, 2),
    ("dilation", 1, 3),
)


def value_and_gradients(function, tensors: dict, settings: dict) -> list[torch.Tensor]:
    leaves = {
        n: t.clone().requires_grad_() for n, t in tensors.items() if t is not None
    }
    y = function(*leaves.values(), **settings)
    # uneven weights on the outputs, so that no two of them can be swapped unseen
    slope = torch.sin(torch.arange(y.numel(), dtype=y.dtype)).view_as(y)
    return [y, *torch.autograd.grad(y, list(leaves.values()), slope)]


# the worked example


def test_an_edge_by_hand():
    image = torch.tensor([[10.0, 10, 10, 0, 0, 0]] * 6)
    expected = torch.tensor([[0.0, 30, 30, 0]] * 4)
    torch.testing.assert_close(correlate2d(image, kernel("vertical_edge")), expected)
    torch.testing.assert_close(
        conv2d(image[None], kernel("vertical_edge")[None, None])[0], expected
    )


def test_convolution_turns_the_kernel_and_correlation_does_not():
    dot = torch.zeros(5, 5)
    dot[2, 2] = 1
    numbers = torch.arange(1.0, 10).reshape(3, 3)
    torch.testing.assert_close(convolve2d(dot, numbers), numbers)
    torch.testing.assert_close(correlate2d(dot, numbers), numbers.flip(0, 1))


def test_the_definition_equals_scipy():
    from scipy import signal

    x, k = torch.randn(7, 6), torch.randn(2, 3)
    for ours, theirs in (
        (correlate2d, signal.correlate2d),
        (convolve2d, signal.convolve2d),
    ):
        expected = torch.from_numpy(theirs(x.numpy(), k.numpy(), mode="valid"))
        torch.testing.assert_close(ours(x, k), expected)


# equal to torch, in value and in gradient


@pytest.mark.parametrize("seed", range(200))
def test_conv2d_equals_torch(seed):
    tensors, settings = draw(seed)
    ours = value_and_gradients(conv2d, tensors, settings)
    theirs = value_and_gradients(F.conv2d, tensors, settings)
    torch.testing.assert_close(ours, theirs, **EXACT)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize(
    ("ours", "theirs", "dims"),
    [(conv1d, F.conv1d, 1), (conv3d, F.conv3d, 3)],
    ids=["1d", "3d"],
)
def test_conv1d_and_conv3d_equal_torch(ours, theirs, dims, seed):
    tensors, settings = draw(seed, dims)
    torch.testing.assert_close(
        value_and_gradients(ours, tensors, settings),
        value_and_gradients(theirs, tensors, settings),
        **EXACT,
    )


@pytest.mark.filterwarnings("ignore:Using padding='same'")  # torch's, on even kernels
@pytest.mark.parametrize("kernel_size", [(3, 3), (2, 4), (1, 5)])
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_padding_by_name_equals_torch(padding, kernel_size):
    x, weight = torch.randn(2, 3, 7, 12), torch.randn(4, 3, *kernel_size)
    settings = {"padding": padding, "dilation": (1, 2)}
    torch.testing.assert_close(
        conv2d(x, weight, **settings), F.conv2d(x, weight, **settings)
    )


def test_an_image_without_a_batch():
    x, weight = torch.randn(3, 7, 8), torch.randn(4, 3, 3, 3)
    torch.testing.assert_close(conv2d(x, weight), F.conv2d(x, weight))


@pytest.mark.usefixtures("as_in_use")  # the annotation says real numbers
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.complex64])
def test_other_types_of_number(dtype):
    x, weight = torch.randn(2, 3, 7, 8).to(dtype), torch.randn(4, 3, 3, 3).to(dtype)
    loose = {"rtol": 2e-2, "atol": 2e-1} if dtype == torch.bfloat16 else {}
    torch.testing.assert_close(conv2d(x, weight), F.conv2d(x, weight), **loose)


def test_views_and_other_memory_formats():
    x = torch.randn(2, 8, 9, 3).permute(0, 3, 1, 2)
    weight = torch.randn(4, 3, 3, 5).transpose(2, 3)
    torch.testing.assert_close(conv2d(x, weight), F.conv2d(x, weight))


def test_gradcheck_to_the_second_order():
    tensors = [
        torch.randn(s, **FLOAT64, requires_grad=True)
        for s in ((2, 4, 5, 4), (2, 2, 3, 2), 2)
    ]

    def strided(x, weight, bias):
        return conv2d(x, weight, bias, stride=2, padding=1, dilation=1, groups=2)

    assert gradcheck(strided, tensors)
    assert gradgradcheck(strided, tensors)


def test_only_the_gradients_asked_for():
    x, weight, bias = torch.randn(1, 1, 4, 4), torch.randn(1, 1, 2, 2), torch.randn(1)
    for one in (x, weight, bias):
        one.requires_grad_()
        conv2d(x, weight, bias).sum().backward()
        assert [t.grad is not None for t in (x, weight, bias)] == [
            t is one for t in (x, weight, bias)
        ]
        one.requires_grad_(False).grad = None


def test_arguments_are_left_alone_and_in_place_relu_works_after():
    x, weight = torch.randn(1, 2, 5, 5, requires_grad=True), torch.randn(3, 2, 3, 3)
    before = x.detach().clone(), weight.clone()
    conv2d(x, weight).relu_().sum().backward()
    torch.testing.assert_close((x.detach(), weight), before)


# columns


@pytest.mark.parametrize("seed", range(60))
def test_im2col_and_col2im_equal_unfold_and_fold(seed):
    tensors, settings = draw(seed)
    x, size = tensors["x"][:, :2], tensors["weight"].shape[2:]
    del settings["groups"]
    columns = F.unfold(x, size, **settings)
    torch.testing.assert_close(im2col(x, size, **settings), columns, **EXACT)
    torch.testing.assert_close(
        col2im(columns, x.shape[2:], size, **settings),
        F.fold(columns, x.shape[2:], size, **settings),
        **EXACT,
    )


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_col2im_is_the_transpose_of_im2col(seed):
    tensors, options = draw(seed)
    x, size = tensors["x"], tensors["weight"].shape[2:]
    del options["groups"]
    columns = im2col(x, size, **options)
    other = torch.randn_like(columns)
    left = (columns * other).sum()
    right = (x * col2im(other, tuple(x.shape[2:]), size, **options)).sum()
    torch.testing.assert_close(left, right, **EXACT)


# the layer


def test_state_dict_goes_both_ways():
    settings = {"stride": 2, "padding": 1, "dilation": 2, "groups": 2}
    for bias in (True, False):
        ours = Conv2d(4, 6, (3, 2), **settings, bias=bias)
        theirs = torch.nn.Conv2d(4, 6, (3, 2), **settings, bias=bias)
        x = torch.randn(2, 4, 9, 8)
        theirs.load_state_dict(ours.state_dict())
        torch.testing.assert_close(ours(x), theirs(x))
        theirs = torch.nn.Conv2d(4, 6, (3, 2), **settings, bias=bias)
        ours.load_state_dict(theirs.state_dict())
        torch.testing.assert_close(ours(x), theirs(x))


def test_an_equal_seed_gives_the_weights_of_torch():
    torch.manual_seed(3)
    ours = Conv2d(3, 5, 3)
    torch.manual_seed(3)
    theirs = torch.nn.Conv2d(3, 5, 3)
    torch.testing.assert_close(
        dict(ours.state_dict()), dict(theirs.state_dict()), rtol=0, atol=1e-8
    )


def test_the_layer_names_its_settings():
    layer = Conv2d(4, 6, (3, 2), padding="same", groups=2, bias=False)
    assert repr(layer) == (
        "Conv2d(4, 6, kernel_size=(3, 2), stride=1, padding='same', dilation=1, groups=2, "
        "bias=False)"
    )


# kernels and counts


@pytest.mark.parametrize("side", ["vertical", "horizontal"])
@pytest.mark.parametrize("name", ["prewitt", "sobel", "scharr"])
def test_edge_kernels_equal_scikit_image_up_to_scale(name, side):
    from skimage import filters

    image = torch.rand(8, 9, **FLOAT64)
    theirs = torch.from_numpy(getattr(filters, f"{name}_{side[0]}")(image.numpy()))[
        1:-1, 1:-1
    ]
    weights = kernel(f"{name}_{side}").double()
    ours = convolve2d(image, weights) / weights.clamp(min=0).sum()
    torch.testing.assert_close(ours, theirs, **EXACT)


def test_every_kernel_does_what_its_name_says():
    flat = torch.full((5, 5), 2.0)
    for name in KERNELS:
        kept = 0.0 if name.endswith(("edge", "vertical", "horizontal")) else 2.0
        torch.testing.assert_close(
            correlate2d(flat, kernel(name)), torch.full((3, 3), kept)
        )


def test_a_kernel_is_learned_back():
    image = torch.randn(24, 24, generator=torch.Generator().manual_seed(1), **FLOAT64)
    wanted = kernel("sobel_vertical").double()
    learned, errors = learn_kernel(
        image, correlate2d(image, wanted), steps=200, learning_rate=0.1
    )
    torch.testing.assert_close(learned, wanted, rtol=0, atol=1e-6)
    assert errors[-1] < 1e-10 < 1 < errors[0]


@pytest.mark.parametrize("seed", range(20))
def test_counts_equal_what_the_module_holds_and_the_counter_counts(seed):
    tensors, options = draw(seed)
    x = tensors["x"].float()[:1]
    if not len(x):
        x = torch.randn(1, *x.shape[1:])
    weight = tensors["weight"]
    layer = Conv2d(x.shape[1], len(weight), weight.shape[2:], **options)
    held = sum(p.numel() for p in layer.parameters())
    groups = options.pop("groups")
    size = tuple(weight.shape[2:])
    assert parameters_conv(x.shape[1], len(weight), size, groups) == held
    with FlopCounterMode(display=False) as counter:
        F.conv2d(x, layer.weight, **options, groups=groups)
    counted = multiplications_conv(
        x.shape[1], len(weight), size, tuple(x.shape[2:]), **options, groups=groups
    )
    # The counter takes a multiplication and its addition for two.
    assert counted == counter.get_total_flops() / 2


def test_the_counts_of_the_notes():
    assert parameters_conv(3, 10, 3) == 280
    assert parameters_conv(3, 96, 11) == 34_944
    assert multiplications_conv(3, 2, 3, input_size=6) == 4 * 4 * 2 * 27


# invariants


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(0, 3), st.integers(0, 3))
def test_a_shifted_image_gives_a_shifted_answer(seed, down, right):
    source = torch.Generator().manual_seed(seed)
    x = torch.randn(1, 2, 9, 9, generator=source, **FLOAT64)
    weight = torch.randn(3, 2, 3, 3, generator=source, **FLOAT64)
    moved = conv2d(x[..., down:, right:], weight)
    torch.testing.assert_close(moved, conv2d(x, weight)[..., down:, right:], **EXACT)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.floats(-3, 3), st.floats(-3, 3))
def test_convolution_is_linear_in_the_image(seed, a, b):
    source = torch.Generator().manual_seed(seed)
    x, y = torch.randn(2, 1, 2, 6, 6, generator=source, **FLOAT64)
    weight = torch.randn(3, 2, 3, 3, generator=source, **FLOAT64)
    mixed = conv2d(a * x + b * y, weight)
    torch.testing.assert_close(
        mixed, a * conv2d(x, weight) + b * conv2d(y, weight), **EXACT
    )


# refusals

IMAGE, WEIGHT = torch.ones(1, 3, 4, 4), torch.ones(2, 3, 2, 2)

REFUSALS = {
    "too many channels": (
        lambda: conv2d(torch.ones(1, 5, 4, 4), WEIGHT),
        ValueError,
        "the input has 5 channels, but weight (2, 3, 2, 2) with groups=1 is made for 3",
    ),
    "kernel too large": (
        lambda: conv2d(IMAGE, torch.ones(2, 3, 5, 5)),
        ValueError,
        "the kernel spans (5, 5) cells, more than the padded input (4, 4) has",
    ),
    "groups": (
        lambda: conv2d(IMAGE, WEIGHT, groups=2),
        ValueError,
        "groups (2) must divide the channels in (3) and the channels out (2)",
    ),
    "integers": (
        lambda: conv2d(IMAGE.long(), WEIGHT),
        TypeError,
        "x holds torch.int64; convert it with x.float()",
    ),
    "two types": (
        lambda: conv2d(IMAGE, WEIGHT.double()),
        TypeError,
        "weight holds torch.float64 but x holds torch.float32; make them equal",
    ),
    "an array": (
        lambda: conv2d(IMAGE.numpy(), WEIGHT),
        TypeError,
        "x is a ndarray; convert it with torch.as_tensor",
    ),
    "too few axes": (
        lambda: conv2d(torch.ones(4, 4), WEIGHT),
        ValueError,
        "x has shape (4, 4); it needs 4 axes (batch, channels, sides), or 3 without the batch",
    ),
    "a flat weight": (
        lambda: conv2d(IMAGE, torch.ones(2, 12)),
        ValueError,
        "weight has shape (2, 12); it needs 4 axes (channels out, channels in, kernel)",
    ),
    "bias": (
        lambda: conv2d(IMAGE, WEIGHT, torch.ones(3)),
        ValueError,
        "bias has shape (3,); it needs one entry for each of 2 kernels",
    ),
    "stride": (
        lambda: conv2d(IMAGE, WEIGHT, stride=0),
        ValueError,
        "stride (0, 0) goes below 1, the least it can be",
    ),
    "padding": (
        lambda: conv2d(IMAGE, WEIGHT, padding=(0, -1)),
        ValueError,
        "padding (0, -1) goes below 0, the least it can be",
    ),
    "padding by name": (
        lambda: conv2d(IMAGE, WEIGHT, padding="full"),
        ValueError,
        'padding "full" is unknown; say a number, "valid" or "same"',
    ),
    "same with stride": (
        lambda: conv2d(IMAGE, WEIGHT, padding="same", stride=2),
        ValueError,
        'padding "same" needs stride 1, got (2, 2)',
    ),
    "too many numbers": (
        lambda: conv2d(IMAGE, WEIGHT, dilation=(1, 1, 1)),
        ValueError,
        "dilation (1, 1, 1) has 3 entries; there are 2 sides",
    ),
    "columns": (
        lambda: col2im(torch.ones(1, 4, 5), 3, 2),
        ValueError,
        "there are 5 columns, but an image of (3, 3) has 4 windows",
    ),
    "rows": (
        lambda: col2im(torch.ones(1, 5, 4), 3, 2),
        ValueError,
        "columns of 5 entries do not divide into kernels of 4",
    ),
    "loops": (
        lambda: correlate2d(torch.ones(2, 2), torch.ones(3, 3)),
        ValueError,
        "the kernel (3, 3) is larger than the image (2, 2)",
    ),
    "no entry": (
        lambda: correlate2d(torch.ones(2, 2), torch.ones(0, 3)),
        ValueError,
        "the kernel's shape (0, 3) holds no entry; it needs one",
    ),
    "layer": (
        lambda: Conv2d(3, 4, 3, groups=2),
        ValueError,
        "groups (2) must divide the channels in (3) and the channels out (4)",
    ),
    "name": (
        lambda: kernel("edge"),
        KeyError,
        'no kernel is called "edge"; there are identity, vertical_edge',
    ),
    "target": (
        lambda: learn_kernel(torch.ones(2, 2), torch.ones(3, 3), 1, 0.1),
        ValueError,
        "the target (3, 3) is larger than the image (2, 2)",
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_name_the_value_and_the_rule(case):
    call, error, message = REFUSALS[case]
    with pytest.raises(error) as refusal:
        call()
    assert message in str(refusal.value)


def test_an_empty_batch_stays_empty():
    x = torch.ones(0, 3, 4, 4, requires_grad=True)
    y = conv2d(x, WEIGHT)
    assert y.shape == F.conv2d(x, WEIGHT).shape == (0, 2, 3, 3)
    y.sum().backward()
    assert x.grad.shape == x.shape
