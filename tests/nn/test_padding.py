"""Padding: by hand, against torch in value and gradient, and fields by formula and gradient."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck, gradgradcheck

from dlcourse.nn.convolution import Conv2d
from dlcourse.nn.padding import (
    MODES,
    ReceptiveField,
    Window,
    extent,
    left_over,
    output_size,
    pad2d,
    reached,
    receptive_field,
    receptive_field_by_gradient,
    same_padding,
)

EXACT = {"rtol": 1e-10, "atol": 1e-10}
FLOAT64 = {"dtype": torch.float64}


def picker(seed: int):
    """Draw whole numbers, both ends included, from a seed."""
    source = torch.Generator().manual_seed(seed)

    def pick(low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (1,), generator=source))

    return pick


def draw_side(seed: int) -> dict[str, int]:
    """Draw a side and a window that fits it."""
    pick = picker(seed)
    side = {
        "kernel_size": pick(1, 5),
        "stride": pick(1, 4),
        "padding": pick(0, 4),
        "dilation": pick(1, 3),
    }
    span = extent(side["kernel_size"], side["dilation"])
    return {"n": max(1, span - 2 * side["padding"]) + pick(0, 9), **side}


def ones_conv1d(x, window: Window):
    """Sum every window, by torch."""
    kernel_size, stride, padding, dilation = window
    weight = torch.ones(1, 1, kernel_size, dtype=x.dtype)
    return F.conv1d(x, weight, None, stride, padding, dilation)


def draw_border(seed: int, mode: str) -> tuple[torch.Tensor, list[int]]:
    """Draw images after a ReLU (so with ties at 0) and a border that they can fill."""
    pick = picker(seed)
    shape = [pick(1, 2), pick(1, 3), pick(1, 6), pick(1, 6)]
    x = torch.randn(shape, generator=torch.Generator().manual_seed(seed), **FLOAT64)
    most = {"reflect": -1, "circular": 0}.get(mode, 3)
    height, width = (n + most for n in shape[2:])
    return x.relu(), [pick(0, n) for n in (width, width, height, height)]


def value_and_gradient(function, x, *arguments, **options) -> list[torch.Tensor]:
    leaf = x.clone().requires_grad_()
    y = function(leaf, *arguments, **options)
    # uneven weights on the cells, so that no two of them can be swapped unseen
    slope = torch.sin(torch.arange(y.numel(), dtype=y.dtype)).view_as(y)
    return [y, *torch.autograd.grad(y, leaf, slope)]


# the worked examples


def test_a_row_by_hand():
    row = torch.tensor([[1, 2, 3, 4]])
    expected = {
        "zeros": [0, 0, 1, 2, 3, 4, 0],
        "reflect": [3, 2, 1, 2, 3, 4, 3],
        "replicate": [1, 1, 1, 2, 3, 4, 4],
        "circular": [3, 4, 1, 2, 3, 4, 1],
    }
    for mode, cells in expected.items():
        assert pad2d(row, (2, 1, 0, 0), mode).tolist() == [cells]


def test_the_sizes_of_the_notes():
    assert output_size(6, kernel_size=3) == 4
    assert output_size(6, kernel_size=3, padding=1) == 6
    assert output_size(7, kernel_size=3, stride=2) == 3
    assert [same_padding(k) for k in (1, 3, 5)] == [(0, 0), (1, 1), (2, 2)]


def test_published_receptive_fields():
    alexnet = [
        *(Window(11, 4, 2), Window(3, 2), Window(5, 1, 2), Window(3, 2)),
        *(Window(3, 1, 1),) * 3,
        Window(3, 2),
    ]
    vgg16 = [
        layer
        for convolutions in (2, 2, 3, 3, 3)
        for layer in [Window(3, 1, 1)] * convolutions + [Window(2, 2)]
    ]
    assert receptive_field(alexnet).size == 195  # Araujo, Norris & Sim 2019, table 1
    assert receptive_field(vgg16).size == 212


# sizes, equal to what torch makes


@pytest.mark.parametrize("seed", range(200))
def test_sizes_equal_torch(seed):
    side = draw_side(seed)
    n, window = side["n"], Window(**{k: v for k, v in side.items() if k != "n"})
    x = torch.ones(1, 1, n, requires_grad=True)
    y = ones_conv1d(x, window)
    assert output_size(**side) == y.shape[-1]
    # A second kernel without holes, so that only what lies beyond the last window stays unread.
    whole = Window(extent(window.kernel_size, window.dilation), *window[1:3])
    y = ones_conv1d(x, whole)[..., -1]
    (read,) = torch.autograd.grad(y, x)
    if read.any():
        assert left_over(**side) == n - 1 - int(read.nonzero()[-1, -1])


@pytest.mark.parametrize("kernel_size", range(1, 7))
@pytest.mark.parametrize("dilation", range(1, 4))
@pytest.mark.filterwarnings("ignore:Using padding='same'")  # torch's, on even kernels
def test_same_padding_equals_torch(kernel_size, dilation):
    x, weight = torch.randn(1, 1, 9), torch.randn(1, 1, kernel_size)
    ours = F.conv1d(
        F.pad(x, same_padding(kernel_size, dilation)), weight, None, 1, 0, dilation
    )
    theirs = F.conv1d(x, weight, padding="same", dilation=dilation)
    torch.testing.assert_close(ours, theirs)


# borders, equal to torch in value and in gradient


@pytest.mark.parametrize("seed", range(200))
def test_pad2d_equals_torch(seed):
    for mode in MODES:
        x, border = draw_border(seed, mode)
        name = "constant" if mode == "zeros" else mode
        torch.testing.assert_close(
            value_and_gradient(pad2d, x, border, mode),
            value_and_gradient(F.pad, x, border, mode=name),
            **EXACT,
        )


def test_a_border_of_any_value():
    x = torch.randn(2, 3, 4)
    ours = pad2d(x, (1, 0, 2, 3), value=-torch.inf)
    torch.testing.assert_close(ours, F.pad(x, (1, 0, 2, 3), value=-torch.inf))


@pytest.mark.parametrize("mode", MODES)
def test_gradcheck_to_the_second_order(mode):
    x = torch.randn(1, 2, 3, 4, **FLOAT64, requires_grad=True)

    def curved(x):  # padding alone is linear: its second order is zero
        return pad2d(x, (2, 1, 0, 2), mode).square()

    assert gradcheck(curved, x)
    assert gradgradcheck(curved, x)


def test_one_number_is_for_all_sides_and_arguments_are_left_alone():
    x = torch.randn(5, 6)
    before = x.clone()
    for mode in MODES:
        assert torch.equal(pad2d(x, 2, mode), pad2d(x, (2, 2, 2, 2), mode))
        assert pad2d(x, 0, mode).data_ptr() != x.data_ptr()
    assert torch.equal(x, before)


def test_views_and_other_types_of_number():
    x = torch.randn(2, 5, 6, 3).permute(0, 3, 1, 2)
    assert torch.equal(pad2d(x, 2, "reflect"), F.pad(x, [2] * 4, mode="reflect"))
    for dtype in (torch.int64, torch.bfloat16, torch.complex64):
        assert pad2d(torch.ones(3, 3).to(dtype), 1, "circular").dtype == dtype


def test_an_empty_side_can_be_framed_and_not_copied():
    assert torch.equal(pad2d(torch.ones(1, 0, 2), 1), torch.zeros(1, 2, 4))


# the layer


@pytest.mark.filterwarnings("ignore:Using padding='same'")  # torch's, on even kernels
@pytest.mark.parametrize("padding", [0, 2, (1, 2), "same", "valid"])
@pytest.mark.parametrize("mode", MODES)
def test_the_layer_equals_torch_and_loads_its_state(mode, padding):
    settings = {"padding": padding, "dilation": (1, 2), "groups": 2}
    ours = Conv2d(4, 6, (4, 3), **settings, padding_mode=mode)
    theirs = torch.nn.Conv2d(4, 6, (4, 3), **settings, padding_mode=mode)
    theirs.load_state_dict(ours.state_dict())
    for x in (torch.randn(2, 4, 7, 8), torch.randn(4, 7, 8)):
        torch.testing.assert_close(ours(x), theirs(x))
    theirs.reset_parameters()
    ours.load_state_dict(theirs.state_dict())
    torch.testing.assert_close(ours(x), theirs(x))


def test_the_layer_names_its_mode():
    assert repr(Conv2d(1, 1, 3, padding_mode="reflect")).endswith(
        "bias=True, padding_mode='reflect')"
    )


# receptive fields


def draw_stack(seed: int) -> list[Window]:
    pick = picker(seed)
    return [
        Window(pick(1, 4), pick(1, 3), pick(0, 2), pick(1, 2))
        for _ in range(pick(1, 4))
    ]


@pytest.mark.parametrize("seed", range(200))
def test_formula_and_gradient_agree(seed):
    layers = draw_stack(seed)

    def network(x):
        for window in layers:
            x = ones_conv1d(x, window)
        return x

    x = torch.ones(1, 1, 800, **FLOAT64)
    assert receptive_field_by_gradient(network, x) == receptive_field(layers)


def test_max_pooling_is_seen_through_many_images():
    def network(x):
        return F.max_pool1d(F.max_pool1d(x, 3, 2), 2)

    layers = [Window(3, 2), Window(2, 2)]
    one = reached(network, torch.rand(1, 1, 40), [4])
    assert one.sum() == 1  # the winner takes it all
    many = receptive_field_by_gradient(network, torch.rand(200, 1, 40))
    assert many == receptive_field(layers) == ReceptiveField(5, 4, 0)


def test_two_sides_are_seen_apart():
    layer = Conv2d(3, 2, (3, 5), stride=(1, 2), dilation=(2, 1))
    cells = reached(layer, torch.randn(1, 3, 12, 12), [1, 2])
    rows, columns = cells.any(dim=1).nonzero(), cells.any(dim=0).nonzero()
    assert rows.flatten().tolist() == [1, 3, 5]
    assert columns.flatten().tolist() == [4, 5, 6, 7, 8]


# invariants


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000))
def test_windows_and_what_is_left_fill_the_side(seed):
    side = draw_side(seed)
    n, stride, padding = side["n"], side["stride"], side["padding"]
    span = extent(side["kernel_size"], side["dilation"])
    read = (output_size(**side) - 1) * stride + span
    unread = n + 2 * padding - read
    assert 0 <= unread < stride
    assert left_over(**side) == max(0, unread - padding)


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 60), st.integers(1, 7), st.integers(1, 3))
def test_same_padding_keeps_the_size(n, kernel_size, dilation):
    before, after = same_padding(kernel_size, dilation)
    assert output_size(n + before + after, kernel_size, dilation=dilation) == n
    assert after - before == (kernel_size - 1) * dilation % 2


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.integers(0, 3))
def test_a_stack_can_be_cut_in_two(seed, cut):
    layers = draw_stack(seed)
    below, above = receptive_field(layers[:cut]), receptive_field(layers[cut:])
    assert receptive_field(layers) == ReceptiveField(
        below.size + (above.size - 1) * below.jump,
        below.jump * above.jump,
        below.start + above.start * below.jump,
    )


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.sampled_from(MODES))
def test_the_image_stands_inside_its_border(seed, mode):
    x, border = draw_border(seed, mode)
    left, _, top, _ = border
    inside = pad2d(x, border, mode)[
        ..., top : top + x.shape[2], left : left + x.shape[3]
    ]
    assert torch.equal(inside, x)


# refusals

SQUARE = torch.ones(1, 1, 3, 3)

REFUSALS = {
    "kernel too large": (
        lambda: output_size(4, kernel_size=3, dilation=3),
        "the kernel spans 7 cells, more than the padded side (4) has",
    ),
    "stride": (
        lambda: output_size(4, 3, stride=0),
        "stride (0) goes below 1, the least it can be",
    ),
    "padding": (
        lambda: left_over(4, 3, padding=-1),
        "padding (-1) goes below 0, the least it can be",
    ),
    "kernel": (
        lambda: same_padding(0),
        "kernel_size (0) goes below 1, the least it can be",
    ),
    "dilation": (
        lambda: receptive_field([Window(3, dilation=0)]),
        "dilation (0) goes below 1, the least it can be",
    ),
    "mode": (
        lambda: pad2d(SQUARE, 1, "mirror"),
        'mode "mirror" is unknown; there are zeros, reflect, replicate, circular',
    ),
    "mode of a layer": (
        lambda: Conv2d(1, 1, 3, padding_mode="constant"),
        'mode "constant" is unknown; there are zeros, reflect, replicate, circular',
    ),
    "value": (
        lambda: pad2d(SQUARE, 1, "reflect", value=1.0),
        'value (1.0) is for mode "zeros", not "reflect"',
    ),
    "entries": (
        lambda: pad2d(SQUARE, (1, 1)),
        "padding (1, 1) has 2 entries; it needs 4 (left, right, top, bottom)",
    ),
    "cutting": (
        lambda: pad2d(SQUARE, (1, -1, 0, 0)),
        "padding (1, -1, 0, 0) goes below 0; cut cells off with a slice",
    ),
    "reflect": (
        lambda: pad2d(SQUARE, (0, 3, 0, 0), "reflect"),
        '"reflect" cannot add 3 cells to a side of 3; it needs a side of 4',
    ),
    "circular": (
        lambda: pad2d(SQUARE, (0, 0, 5, 0), "circular"),
        '"circular" cannot add 5 cells to a side of 3; it needs a side of 5',
    ),
    "replicate": (
        lambda: pad2d(torch.ones(0, 2), 2, "replicate"),
        '"replicate" cannot add 2 cells to a side of 0; it needs a side of 1',
    ),
    "border": (
        lambda: receptive_field_by_gradient(lambda x: x[..., :1] + x, torch.ones(1, 1, 9)),
        "up to the border, where they may be cut off; give a larger x",
    ),
    "one output": (
        lambda: receptive_field_by_gradient(
            lambda x: x.mean(dim=-1, keepdim=True), torch.ones(1, 1, 9)
        ),
        "from cell 0 to 8 of 9, up to the border",
    ),
    "nothing reaches": (
        lambda: receptive_field_by_gradient(lambda x: (-x).relu(), torch.ones(1, 1, 9)),
        "no cell of x reaches the output; a ReLU may be off: give more images",
    ),
}  # fmt: skip


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_name_the_value_and_the_rule(case):
    call, message = REFUSALS[case]
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - the message is what is tested
        call()
    assert message in str(refusal.value)
