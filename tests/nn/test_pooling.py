"""Pooling: by hand, against torch in value and gradient, and what it refuses."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck, gradgradcheck

from dlcourse.nn import pooling
from dlcourse.nn.pooling import (
    adaptive_avg_pool2d,
    adaptive_max_pool2d,
    avg_pool2d,
    bins,
    global_avg_pool2d,
    global_max_pool2d,
    lp_pool2d,
    max_pool2d,
    max_unpool2d,
    pool,
    spatial_pyramid_pool,
)

EXACT = {"rtol": 1e-10, "atol": 1e-10}
FLOAT64 = {"dtype": torch.float64}
SEEDS = pytest.mark.parametrize("seed", range(200))


class Drawn:
    """Settings and maps from a seed."""

    def __init__(self, seed: int) -> None:
        self.source = torch.Generator().manual_seed(seed)

    def pick(self, low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (1,), generator=self.source))

    def map(self, *sides: int) -> torch.Tensor:
        """Small whole numbers, which tie often; every other time after a ReLU, and so at zero."""
        shape = (self.pick(0, 2), self.pick(1, 3), *sides)
        x = (2 * torch.randn(shape, generator=self.source, **FLOAT64)).round()
        return x.relu() if self.pick(0, 1) else x

    def windows(self, dilated: bool) -> tuple[dict, tuple[int, ...]]:
        """Draw settings, and sides on which every window holds a cell."""
        kernel = [self.pick(1, 4) for _ in range(2)]
        options = {"ceil_mode": bool(self.pick(0, 1))}
        dilation = [self.pick(1, 3) if dilated else 1 for _ in range(2)]
        spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
        padding = [self.pick(0, k // 2) for k in kernel]
        if dilated:
            options["dilation"] = dilation
            # Two entries far apart could straddle a small map and hold none of its cells.
            least = [
                max(span - 2 * p, d)
                for span, p, d in zip(spans, padding, dilation, strict=True)
            ]
        else:
            least = [
                max(1, span - 2 * p) for span, p in zip(spans, padding, strict=True)
            ]
        stride = [self.pick(1, 4) for _ in range(2)] if self.pick(0, 3) else None
        options |= {"kernel_size": kernel, "stride": stride, "padding": padding}
        return options, tuple(n + self.pick(0, 6) for n in least)


def value_and_gradient(function, x: torch.Tensor, **options) -> list[torch.Tensor]:
    leaf = x.clone().requires_grad_()
    y = function(leaf, **options)
    y, *places = y if isinstance(y, tuple) else (y,)
    # uneven weights on the outputs, so that no two of them can be swapped unseen
    slope = torch.sin(torch.arange(y.numel(), dtype=y.dtype)).view_as(y)
    return [y, *places, *torch.autograd.grad(y, leaf, slope)]


def assert_equal(ours, theirs, x: torch.Tensor, **options) -> None:
    torch.testing.assert_close(
        value_and_gradient(ours, x, **options),
        value_and_gradient(theirs, x, **options),
        equal_nan=True,
        **EXACT,
    )


# the worked example

BY_HAND = torch.tensor(
    [[1.0, 3, 2, 1], [2, 9, 1, 1], [1, 3, 2, 3], [5, 6, 1, 2]], dtype=torch.float64
)


def test_four_windows_by_hand():
    largest = torch.tensor([[9.0, 2], [6, 3]], **FLOAT64)
    mean = torch.tensor([[3.75, 1.25], [3.75, 2]], **FLOAT64)
    assert torch.equal(max_pool2d(BY_HAND[None], 2)[0], largest)
    assert torch.equal(avg_pool2d(BY_HAND[None], 2)[0], mean)
    assert torch.equal(pool(BY_HAND, 2, 2, torch.max), largest)
    assert torch.equal(pool(BY_HAND, 2, 2, torch.mean), mean)


@pytest.mark.parametrize(("kernel_size", "stride"), [(2, 2), (3, 2), (3, 1), (1, 3)])
def test_the_fast_forms_equal_the_definition(kernel_size, stride):
    x = torch.randn(7, 8, **FLOAT64)
    for fast, summary in ((max_pool2d, torch.max), (avg_pool2d, torch.mean)):
        slow = pool(x, kernel_size, stride, summary)
        torch.testing.assert_close(fast(x[None], kernel_size, stride)[0], slow, **EXACT)


def test_on_a_tie_the_first_cell_row_by_row_takes_the_gradient():
    x = torch.tensor([[[0.0, 7, 7], [7, 7, 1]]], requires_grad=True)
    max_pool2d(x, (2, 3)).sum().backward()
    assert x.grad.tolist() == [[[0, 1, 0], [0, 0, 0]]]


def test_a_cell_that_wins_twice_hears_twice():
    x = torch.tensor([[[1.0, 9, 2]]], requires_grad=True)
    max_pool2d(x, (1, 2), stride=1).sum().backward()
    assert x.grad.tolist() == [[[0, 2, 0]]]


# equal to torch, in value and in gradient


@SEEDS
def test_max_pool2d_equals_torch(seed):
    drawn = Drawn(seed)
    options, sides = drawn.windows(dilated=True)
    options["return_indices"] = bool(drawn.pick(0, 1))
    assert_equal(max_pool2d, F.max_pool2d, drawn.map(*sides), **options)


@SEEDS
def test_avg_pool2d_equals_torch(seed):
    drawn = Drawn(seed)
    options, sides = drawn.windows(dilated=False)
    options["count_include_pad"] = bool(drawn.pick(0, 1))
    if drawn.pick(0, 4) == 0:
        options["divisor_override"] = drawn.pick(1, 5)
    assert_equal(avg_pool2d, F.avg_pool2d, drawn.map(*sides), **options)


@SEEDS
def test_lp_pool2d_equals_torch(seed):
    drawn = Drawn(seed)
    options, sides = drawn.windows(dilated=False)
    margins = options.pop("padding")
    x = drawn.map(*(n + 2 * p for n, p in zip(sides, margins, strict=True)))
    options["norm_type"] = (1, 2, 3, 2.5, math.inf, -math.inf)[drawn.pick(0, 5)]
    assert_equal(lp_pool2d, F.lp_pool2d, x, **options)


@SEEDS
def test_adaptive_pools_equal_torch(seed):
    drawn = Drawn(seed)
    x = drawn.map(drawn.pick(1, 9), drawn.pick(1, 9))
    size = [drawn.pick(1, 6) if drawn.pick(0, 4) else None for _ in range(2)]
    assert_equal(adaptive_avg_pool2d, F.adaptive_avg_pool2d, x, output_size=size)
    assert_equal(
        adaptive_max_pool2d,
        F.adaptive_max_pool2d,
        x,
        output_size=size,
        return_indices=bool(drawn.pick(0, 1)),
    )


@SEEDS
def test_max_unpool2d_equals_torch(seed):
    drawn = Drawn(seed)
    options, sides = drawn.windows(dilated=False)
    x = drawn.map(*sides) + torch.rand(sides, **FLOAT64)
    y, places = F.max_pool2d(
        x[None] if x.dim() == 3 else x, **options, return_indices=True
    )
    del options["ceil_mode"]
    kernel, steps = options["kernel_size"], options["stride"] or options["kernel_size"]
    usual = [
        (n - 1) * s - 2 * p + k
        for n, s, p, k in zip(
            y.shape[2:], steps, options["padding"], kernel, strict=True
        )
    ]
    fits = [abs(n - u) < s for n, u, s in zip(sides, usual, steps, strict=True)]
    if not all(fits):  # ceil_mode: a size that unpooling does not expect
        pytest.skip("no size that unpooling accepts")
    options |= {"indices": places, "output_size": list(sides)}
    assert_equal(max_unpool2d, F.max_unpool2d, y, **options)


def test_unpooling_without_a_size_equals_torch():
    x = torch.randn(2, 3, 6, 9)
    y, places = max_pool2d(x, (2, 3), return_indices=True)
    torch.testing.assert_close(
        max_unpool2d(y, places, (2, 3)), F.max_unpool2d(y, places, (2, 3))
    )


@pytest.mark.parametrize("seed", range(20))
def test_float32_maxima_are_bit_equal(seed):
    drawn = Drawn(seed)
    options, sides = drawn.windows(dilated=True)
    x = torch.randn(2, 3, *sides, generator=drawn.source)
    assert torch.equal(max_pool2d(x, **options), F.max_pool2d(x, **options))


@pytest.mark.parametrize("seed", range(20))
def test_nan_and_infinities_travel_as_in_torch(seed):
    source = torch.Generator().manual_seed(seed)
    marks = torch.tensor([1.0, 2.0, -math.inf, math.inf, math.nan])
    chances = torch.tensor([4.0, 4, 4, 1, 1])
    x = marks[torch.multinomial(chances, 2 * 49, replacement=True, generator=source)]
    x = x.view(2, 7, 7).double()
    options = {"kernel_size": 3, "stride": 2, "padding": 1}
    assert_equal(max_pool2d, F.max_pool2d, x, **options, return_indices=True)
    assert_equal(avg_pool2d, F.avg_pool2d, x, **options)
    options = {"output_size": 3, "return_indices": True}
    assert_equal(adaptive_max_pool2d, F.adaptive_max_pool2d, x, **options)


def test_views_other_memory_formats_and_half_precision():
    x = torch.randn(2, 9, 8, 3).permute(0, 3, 1, 2)
    for same in (x, x.contiguous(memory_format=torch.channels_last), x.bfloat16()):
        assert torch.equal(max_pool2d(same, 3, 2, 1), F.max_pool2d(same, 3, 2, 1))
    torch.testing.assert_close(avg_pool2d(x, 3, 2, 1), F.avg_pool2d(x, 3, 2, 1))


POOLS = {
    "max": lambda x: max_pool2d(x, 3, 2, 1),
    "mean": lambda x: avg_pool2d(x, 3, 2, 1, count_include_pad=False),
    "power": lambda x: lp_pool2d(x, 3, 2, 1),
    "largest of bins": lambda x: adaptive_max_pool2d(x, (2, 3)),
    "mean of bins": lambda x: adaptive_avg_pool2d(x, (2, 3)),
    "pyramid": lambda x: spatial_pyramid_pool(x, (3, (1, 2))),
    "global": lambda x: global_max_pool2d(x) * global_avg_pool2d(x),
}


@pytest.mark.parametrize("name", POOLS)
def test_gradcheck_to_the_second_order(name):
    x = torch.rand(1, 1, 4, 3, **FLOAT64, requires_grad=True)
    assert gradcheck(POOLS[name], x)
    assert gradgradcheck(POOLS[name], x)


def test_arguments_are_left_alone_and_in_place_relu_works_after():
    x = torch.randn(1, 2, 5, 5, requires_grad=True)
    before = x.detach().clone()
    (max_pool2d(x, 2).relu_().sum() + avg_pool2d(x, 2).relu_().sum()).backward()
    torch.testing.assert_close(x.detach(), before)


# global pooling and pyramids


def test_global_pooling_is_one_bin():
    x = torch.randn(2, 3, 5, 7, **FLOAT64)
    torch.testing.assert_close(global_avg_pool2d(x), x.mean(dim=(2, 3)), **EXACT)
    assert torch.equal(global_max_pool2d(x), x.amax(dim=(2, 3)))


@pytest.mark.parametrize("sides", [(6, 6), (13, 13), (9, 17), (4, 30)])
def test_a_pyramid_has_one_length_for_every_size(sides):
    x = torch.randn(2, 256, *sides)
    answer = spatial_pyramid_pool(x, levels=(4, 2, 1))
    assert answer.shape == (2, (16 + 4 + 1) * 256)
    torch.testing.assert_close(answer[:, -256:], x.amax(dim=(2, 3)))
    torch.testing.assert_close(
        answer[:, :4096].view(2, 256, 4, 4), F.adaptive_max_pool2d(x, 4)
    )


# the layers

LAYERS = {
    "MaxPool2d": {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
    "AvgPool2d": {"kernel_size": 2, "padding": 1, "count_include_pad": False},
    "LPPool2d": {"norm_type": 2, "kernel_size": (2, 3)},
    "AdaptiveMaxPool2d": {"output_size": (2, None)},
    "AdaptiveAvgPool2d": {"output_size": 3},
}


@pytest.mark.parametrize("name", LAYERS)
def test_the_layers_equal_torch_and_hold_nothing(name):
    ours = getattr(pooling, name)(**LAYERS[name])
    theirs = getattr(torch.nn, name)(**LAYERS[name])
    x = torch.randn(2, 3, 8, 7)
    torch.testing.assert_close(ours(x), theirs(x))
    theirs.load_state_dict(ours.state_dict())
    ours.load_state_dict(theirs.state_dict())
    assert not ours.state_dict()


def test_the_unpooling_layer_undoes_the_shape():
    x = torch.randn(2, 3, 7, 9)
    y, places = pooling.MaxPool2d(2, return_indices=True)(x)
    ours, theirs = pooling.MaxUnpool2d(2), torch.nn.MaxUnpool2d(2)
    size = tuple(x.shape)
    torch.testing.assert_close(ours(y, places, size), theirs(y, places, size))


def test_a_layer_names_its_settings():
    assert repr(pooling.MaxPool2d(3, padding=1)) == (
        "MaxPool2d(kernel_size=3, stride=3, padding=1, dilation=1, return_indices=False, "
        "ceil_mode=False)"
    )
    assert (
        repr(pooling.AdaptiveAvgPool2d((1, 2)))
        == "AdaptiveAvgPool2d(output_size=(1, 2))"
    )


# invariants

SMALL = settings(deadline=None, max_examples=30)
SEED = st.integers(0, 10_000)


@SMALL
@given(SEED)
def test_the_gradient_keeps_its_sum(seed):
    drawn = Drawn(seed)
    options, sides = drawn.windows(dilated=True)
    y, dx = value_and_gradient(max_pool2d, drawn.map(*sides), **options)
    slope = torch.sin(torch.arange(y.numel(), dtype=y.dtype))
    torch.testing.assert_close(dx.sum(), slope.sum(), **EXACT)


@SMALL
@given(SEED)
def test_a_larger_map_has_larger_maxima_and_scales_with_them(seed):
    drawn = Drawn(seed)
    options, sides = drawn.windows(dilated=True)
    x = drawn.map(*sides)
    y = max_pool2d(x, **options)
    assert (max_pool2d(x + torch.rand_like(x), **options) >= y).all()
    assert torch.equal(max_pool2d(3 * x, **options), 3 * y)


@SMALL
@given(SEED)
def test_the_mean_lies_between_the_extremes(seed):
    drawn = Drawn(seed)
    options, sides = drawn.windows(dilated=False)
    x = drawn.map(*sides)
    mean = avg_pool2d(x, **options, count_include_pad=False)
    assert (mean <= max_pool2d(x, **options) + 1e-12).all()
    assert (mean >= -max_pool2d(-x, **options) - 1e-12).all()


@SMALL
@given(st.integers(1, 40), st.integers(1, 40))
def test_bins_leave_no_cell_out_and_none_is_empty(cells, count):
    found = bins(cells, count)
    assert len(found) == count
    assert all(start < stop for start, stop in found)
    assert {n for bin_ in found for n in range(*bin_)} == set(range(cells))


# refusals

MAP, PLACES = torch.ones(1, 3, 4, 4), torch.zeros(1, 3, 4, 4, dtype=torch.long)

REFUSALS = {
    "an array": (
        lambda: max_pool2d(MAP.numpy(), 2),
        TypeError,
        "input is a ndarray; convert it with torch.as_tensor",
    ),
    "integers": (
        lambda: avg_pool2d(MAP.long(), 2),
        TypeError,
        "input holds torch.int64; convert it with input.float()",
    ),
    "too few axes": (
        lambda: max_pool2d(torch.ones(4, 4), 2),
        ValueError,
        "input has shape (4, 4); it needs 4 axes (batch, channels, sides), or 3 without the batch",
    ),
    "no cell": (
        lambda: adaptive_avg_pool2d(torch.ones(1, 0, 4), 2),
        ValueError,
        "input has shape (1, 0, 4)",
    ),
    "kernel too large": (
        lambda: max_pool2d(MAP, 5),
        ValueError,
        "the kernel spans (5, 5) cells, more than the padded input (4, 4) has",
    ),
    "kernel too large, rounded up": (
        lambda: max_pool2d(MAP, 7, stride=2, ceil_mode=True),
        ValueError,
        "no window fits: the kernel spans 7 cells, and the padded side has 4",
    ),
    "padding": (
        lambda: max_pool2d(MAP, 3, padding=2),
        ValueError,
        "padding (2, 2) is more than half of the kernel (3, 3)",
    ),
    "an empty window": (
        lambda: max_pool2d(torch.ones(1, 2, 2), 2, padding=1, dilation=3),
        ValueError,
        "a window holds no cell: with dilation 3 and padding 1, its 2 entries all miss the 2 cells",
    ),
    "stride": (
        lambda: avg_pool2d(MAP, 2, stride=0),
        ValueError,
        "stride (0, 0) goes below 1, the least it can be",
    ),
    "divisor": (
        lambda: avg_pool2d(MAP, 2, divisor_override=0),
        ValueError,
        "divisor_override (0) must not be zero",
    ),
    "power": (
        lambda: lp_pool2d(MAP, 0, 2),
        ValueError,
        "norm_type (0) must not be zero: the root 1/0 does not exist",
    ),
    "bins": (
        lambda: adaptive_max_pool2d(MAP, 0),
        ValueError,
        "output_size (0, 0) goes below 1, the least it can be",
    ),
    "three sides": (
        lambda: adaptive_max_pool2d(MAP, (None, 1, 2)),
        ValueError,
        "output_size (3, 1, 2) has 3 entries; there are 2 sides",
    ),
    "no level": (
        lambda: spatial_pyramid_pool(MAP, ()),
        ValueError,
        "levels () is empty; a pyramid needs one level at least",
    ),
    "places": (
        lambda: max_unpool2d(MAP, PLACES + 99, 2),
        ValueError,
        "indices run from 99 to 99; a map of (8, 8) has the cells 0 to 63",
    ),
    "too few places": (
        lambda: max_unpool2d(MAP, PLACES[0], 2),
        ValueError,
        "indices have shape (3, 4, 4); each number of the input (1, 3, 4, 4) needs one",
    ),
    "size": (
        lambda: max_unpool2d(MAP, PLACES, 2, output_size=(10, 8)),
        ValueError,
        "output_size (10, 8) must lie within less than a stride (2, 2) of (8, 8)",
    ),
    "loops": (
        lambda: pool(torch.ones(2, 2), 3, 1, torch.max),
        ValueError,
        "the kernel spans (3, 3) cells, more than the padded input (2, 2) has",
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
    y = max_pool2d(x, 2)
    assert y.shape == F.max_pool2d(x, 2).shape == (0, 3, 2, 2)
    y.sum().backward()
    assert x.grad.shape == x.shape
