"""RoI: by hand, against torchvision in value and gradient, and what it refuses."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck, gradgradcheck
from torchvision import ops

from dlcourse.detection.roi import (
    align_region,
    bilinear,
    pool_region,
    ps_roi_align,
    ps_roi_pool,
    roi_align,
    roi_pool,
)

EXACT = {"rtol": 1e-10, "atol": 1e-10}
FLOAT64 = {"dtype": torch.float64}
SEEDS = pytest.mark.parametrize("seed", range(200))


class Drawn:
    """A batch of maps, boxes on and around them, and settings, from a seed."""

    def __init__(self, seed: int, dtype: torch.dtype = torch.float64) -> None:
        self.source, self.dtype = torch.Generator().manual_seed(seed), dtype
        self.size = self.pick(1, 5), self.pick(1, 5)
        self.scale = (1.0, 0.5, 0.25, 1 / 16, 0.3)[self.pick(0, 4)]
        self.ratio = (-1, 0, 1, 2, 3)[self.pick(0, 4)]

    def pick(self, low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (1,), generator=self.source))

    def input(self, sensitive: bool = False) -> torch.Tensor:
        """Small whole numbers, which tie often; every other time after a ReLU."""
        channels = self.pick(1, 3)
        if sensitive:
            channels *= self.size[0] * self.size[1]
        shape = (self.pick(1, 3), channels, self.pick(1, 12), self.pick(1, 12))
        x = (2 * torch.randn(shape, generator=self.source, dtype=self.dtype)).round()
        return x.relu() if self.pick(0, 1) else x

    def boxes(self, x: torch.Tensor) -> torch.Tensor | list[torch.Tensor]:
        """Boxes inside, across the border, outside, without area, on whole and half pixels."""
        found = []
        for _ in range(len(x)):
            count = self.pick(0, 4)
            sides = torch.tensor(x.shape[3:1:-1], dtype=self.dtype) / self.scale
            draw = torch.rand(2, count, 2, generator=self.source, dtype=self.dtype)
            start = (2 * draw[0] - 0.6) * sides
            length = draw[1] * sides * (draw[1] > 0.15)  # some sides are 0
            boxes = torch.cat([start, start + length], 1)
            if self.pick(0, 2) == 0:  # halves are where rounding is easily wrong
                boxes = (2 * boxes).round() / 2
            found.append(boxes)
        if self.pick(0, 1):
            return found
        index = [torch.full((len(b), 1), i) for i, b in enumerate(found)]
        return torch.cat([torch.cat(index).to(self.dtype), torch.cat(found)], 1)


def value_and_gradient(function, x: torch.Tensor, *rest, **options) -> list:
    leaf = x.clone().requires_grad_()
    y = function(leaf, *rest, **options)
    # uneven weights on the outputs, so that no two of them can be swapped unseen
    slope = torch.sin(torch.arange(y.numel(), dtype=y.dtype)).view_as(y)
    return [y, torch.autograd.grad(y, leaf, slope)[0]]


def assert_equal(ours, theirs, *arguments, **options) -> None:
    torch.testing.assert_close(
        value_and_gradient(ours, *arguments, **options),
        value_and_gradient(theirs, *arguments, **options),
        **EXACT,
    )


# the worked example: a ramp, on which a value says where it was read

RAMP = torch.arange(8.0, **FLOAT64).expand(1, 1, 8, 8)
BOX = [torch.tensor([[1.2, 2.0, 4.7, 5.0]], **FLOAT64)]


def test_one_box_by_hand():
    # 1.2 to 4.7 rounds to the cells 1 to 5; two bins of 2.5 are the cells 1 to 3 and 3 to 5
    assert roi_pool(RAMP, BOX, (1, 2)).tolist() == [[[[3.0, 5.0]]]]
    # the quarters of 1.2 to 4.7 have their centres at 2.075 and 3.825, half a cell less on the map
    aligned = roi_align(RAMP, BOX, (1, 2), aligned=True)
    torch.testing.assert_close(
        aligned, torch.tensor([[[[1.575, 3.325]]]], **FLOAT64), **EXACT
    )


def test_the_definition_says_the_same():
    box = tuple(BOX[0][0].tolist())
    assert pool_region(RAMP[0, 0], box, (1, 2)).tolist() == [[3.0, 5.0]]
    aligned = align_region(RAMP[0, 0], box, (1, 2))
    torch.testing.assert_close(
        aligned, torch.tensor([[1.575, 3.325]], **FLOAT64), **EXACT
    )


@pytest.mark.parametrize("seed", range(30))
def test_the_good_forms_equal_the_definition(seed):
    drawn = Drawn(seed)
    x = drawn.input()[:1]
    drawn.scale = 1.0
    boxes = drawn.boxes(x)
    boxes = boxes[0] if isinstance(boxes, list) else boxes[:, 1:]
    pooled = roi_pool(x, [boxes], drawn.size)
    aligned = roi_align(x, [boxes], drawn.size, 1.0, 2, True)
    for i, box in enumerate(boxes.tolist()):
        for c, channel in enumerate(x[0]):
            assert torch.equal(pooled[i, c], pool_region(channel, box, drawn.size))
            slow = align_region(channel, box, drawn.size)
            torch.testing.assert_close(aligned[i, c], slow, **EXACT)


def test_a_point_between_cells_and_beyond_the_border():
    x = torch.tensor([[0.0, 10.0], [20.0, 30.0]])
    assert bilinear(x, 0.5, 0.5).item() == 15
    assert bilinear(x, -0.9, 0.0).item() == 0
    assert bilinear(x, 1.9, 1.5).item() == 30
    assert bilinear(x, 2.1, 1.0).item() == 0
    assert bilinear(x, 0.0, -1.1).item() == 0


# equal to torchvision, in value and in gradient


@SEEDS
def test_roi_pool_equals_torchvision(seed):
    drawn = Drawn(seed)
    x = drawn.input()
    boxes = drawn.boxes(x)
    assert_equal(roi_pool, ops.roi_pool, x, boxes, drawn.size, drawn.scale)


@SEEDS
def test_roi_align_equals_torchvision(seed):
    drawn = Drawn(seed)
    x = drawn.input()
    settings_ = drawn.boxes(x), drawn.size, drawn.scale, drawn.ratio
    for aligned in (False, True):
        assert_equal(roi_align, ops.roi_align, x, *settings_, aligned)


@SEEDS
def test_ps_roi_pool_equals_torchvision(seed):
    """Their forward pass skips the last row and column, its backward pass does not."""
    drawn = Drawn(seed)
    x = drawn.input(sensitive=True)
    settings_ = drawn.boxes(x), drawn.size, drawn.scale
    y, dx = value_and_gradient(ps_roi_pool, x, *settings_)
    one_more = torch.nn.functional.pad(x, (0, 1, 0, 1), value=1e6)  # never read
    torch.testing.assert_close(y, ops.ps_roi_pool(one_more, *settings_), **EXACT)
    theirs = value_and_gradient(ops.ps_roi_pool, x, *settings_)[1]
    torch.testing.assert_close(dx, theirs, **EXACT)


@SEEDS
def test_ps_roi_align_equals_torchvision(seed):
    drawn = Drawn(seed)
    x = drawn.input(sensitive=True)
    settings_ = drawn.boxes(x), drawn.size, drawn.scale, drawn.ratio
    y, dx = value_and_gradient(ps_roi_align, x, *settings_)
    theirs, their_dx = value_and_gradient(ops.ps_roi_align, x, *settings_)
    # a box without height has no sample of its own accord: 0 of ours is 0/0 of theirs
    torch.testing.assert_close(y, theirs.nan_to_num(0.0), **EXACT)
    torch.testing.assert_close(dx, their_dx.nan_to_num(0.0), **EXACT)


@pytest.mark.parametrize("seed", range(50))
def test_float32_is_bit_equal_for_pooling_and_close_for_aligning(seed):
    drawn = Drawn(seed, torch.float32)
    x = drawn.input() + torch.rand(1, generator=drawn.source)
    settings_ = drawn.boxes(x), drawn.size, drawn.scale
    assert torch.equal(roi_pool(x, *settings_), ops.roi_pool(x, *settings_))
    ours = value_and_gradient(roi_align, x, *settings_, drawn.ratio, True)
    theirs = value_and_gradient(ops.roi_align, x, *settings_, drawn.ratio, True)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


def test_many_large_regions_in_several_pieces(monkeypatch):
    from dlcourse.detection.roi import matrix

    drawn = Drawn(3)
    x = torch.randn(2, 3, 9, 9, **FLOAT64)
    boxes = [torch.rand(7, 4, **FLOAT64).cumsum(1) * 3 for _ in x]
    whole = roi_align(x, boxes, drawn.size)
    monkeypatch.setattr(matrix, "ENTRIES", 64)
    torch.testing.assert_close(roi_align(x, boxes, drawn.size), whole, **EXACT)


def test_views_other_memory_formats_and_half_precision():
    x = torch.randn(2, 9, 8, 4).permute(0, 3, 1, 2)
    boxes = [torch.tensor([[1.3, 0.2, 6.8, 7.9]]), torch.rand(3, 4).cumsum(1) * 3]
    for same in (x, x.contiguous(), x.contiguous(memory_format=torch.channels_last)):
        for ours, theirs in ((roi_pool, ops.roi_pool), (roi_align, ops.roi_align)):
            torch.testing.assert_close(ours(same, boxes, 3), theirs(same, boxes, 3))
    half = roi_align(x.bfloat16(), boxes, 3)
    assert half.dtype == torch.bfloat16
    torch.testing.assert_close(
        half.float(), roi_align(x.bfloat16().float(), boxes, 3), rtol=1e-2, atol=1e-2
    )
    assert roi_pool(x.bfloat16(), boxes, 3).dtype == torch.bfloat16


OPERATORS = {
    "roi_pool": roi_pool,
    "roi_align": roi_align,
    "ps_roi_pool": ps_roi_pool,
    "ps_roi_align": ps_roi_align,
}


@pytest.mark.parametrize("name", OPERATORS)
def test_no_boxes_give_no_regions_and_a_gradient_of_zeros(name):
    x = torch.randn(2, 4, 5, 6, requires_grad=True)
    none = torch.zeros(0, 4)
    for boxes in ([none, none], torch.zeros(0, 5)):
        y = OPERATORS[name](x, boxes, 2)
        assert y.shape == getattr(ops, name)(x, boxes, 2).shape
        (dx,) = torch.autograd.grad(y.sum(), x)
        assert torch.equal(dx, torch.zeros_like(x))


@pytest.mark.parametrize("name", OPERATORS)
def test_gradcheck_to_the_second_order(name):
    x = torch.rand(2, 2, 3, 3, **FLOAT64, requires_grad=True)
    boxes = torch.tensor([[0, 0.2, 0.4, 2.9, 2.6], [1, -1, 1, 2, 9.0]], **FLOAT64)
    assert gradcheck(lambda x: OPERATORS[name](x, boxes, (2, 1)), x)
    assert gradgradcheck(lambda x: OPERATORS[name](x, boxes, (2, 1)), x)


def test_on_a_tie_the_first_cell_row_by_row_takes_the_gradient():
    x = torch.tensor([[[[0.0, 7, 7], [7, 7, 1]]]], requires_grad=True)
    roi_pool(x, [torch.tensor([[0.0, 0, 2, 1]])], 1).sum().backward()
    assert x.grad.tolist() == [[[[0, 1, 0], [0, 0, 0]]]]


def test_arguments_are_left_alone_and_in_place_relu_works_after():
    x = torch.randn(1, 4, 5, 5, requires_grad=True)
    boxes = torch.tensor([[0, 0.3, 0.2, 4.0, 3.0]])
    before = x.detach().clone(), boxes.clone()
    sum(f(x, boxes, 2).relu_().sum() for f in OPERATORS.values()).backward()
    torch.testing.assert_close((x.detach(), boxes), before)


# what the notes say, and what holds


def test_twenty_cells_in_seven_bins_leave_none_out():
    row = torch.eye(20).view(20, 1, 1, 20)
    boxes = torch.tensor([[i, 0.0, 0.0, 19.0, 0.0] for i in range(20)])
    assert roi_pool(row, boxes, (1, 7)).amax((1, 2, 3)).eq(1).all()


def test_a_bin_is_the_mean_of_its_samples_not_their_maximum():
    x = torch.tensor([[[[0.0, 0, 0, 8]]]])
    settings_ = [torch.tensor([[0.0, 0, 4, 1]])], 1, 1.0, 2, True
    # the samples lie at 0.5 and 2.5 and hold 0 and 4
    assert roi_align(x, *settings_).item() == ops.roi_align(x, *settings_).item() == 2


# invariants

SMALL = settings(deadline=None, max_examples=25)
SEED = st.integers(0, 10_000)


@SMALL
@given(SEED)
def test_regions_of_an_image_do_not_depend_on_the_others(seed):
    drawn = Drawn(seed)
    x = drawn.input()
    boxes = [torch.rand(2, 4, generator=drawn.source, **FLOAT64).cumsum(1) for _ in x]
    for function in (roi_pool, roi_align):
        apart = [function(x[i : i + 1], [b], drawn.size) for i, b in enumerate(boxes)]
        torch.testing.assert_close(function(x, boxes, drawn.size), torch.cat(apart))


@SMALL
@given(SEED)
def test_a_constant_map_stays_constant_inside(seed):
    drawn = Drawn(seed)
    x = torch.full((1, drawn.size[0] * drawn.size[1], 9, 9), 3.5, **FLOAT64)
    box = [torch.rand(1, 4, generator=drawn.source, **FLOAT64).cumsum(1) * 2 + 0.5]
    for function in OPERATORS.values():
        y = function(x, box, drawn.size)
        torch.testing.assert_close(y, torch.full_like(y, 3.5))


@SMALL
@given(SEED, st.floats(0.05, 0.95))
def test_align_follows_a_shift_that_pool_does_not_see(seed, shift):
    drawn = Drawn(seed)
    ramp = torch.arange(40.0, **FLOAT64).expand(1, 1, 40, 40)
    box = torch.tensor([[5.0, 5.0, 20.0, 20.0]], **FLOAT64)
    moved = box + shift
    still = roi_align(ramp, [box], drawn.size, aligned=True)
    after = roi_align(ramp, [moved], drawn.size, aligned=True)
    torch.testing.assert_close(after - still, torch.full_like(after, shift))
    jump = roi_pool(ramp, [moved], drawn.size) - roi_pool(ramp, [box], drawn.size)
    assert jump.unique().tolist() == [float(shift >= 0.5)]


# refusals

MAP, ONE = torch.ones(2, 3, 4, 4), torch.tensor([[0.0, 0.0, 2.0, 2.0]])

REFUSALS = {
    "an array": (
        lambda: roi_pool(MAP.numpy(), [ONE, ONE], 2),
        TypeError,
        "input is a ndarray; convert it with torch.as_tensor",
    ),
    "integers": (
        lambda: roi_align(MAP.long(), [ONE, ONE], 2),
        TypeError,
        "input holds torch.int64; convert it with input.float()",
    ),
    "too few axes": (
        lambda: roi_pool(MAP[0], [ONE], 2),
        ValueError,
        "input has shape (3, 4, 4); it needs 4 axes (batch, channels, sides)",
    ),
    "one list too few": (
        lambda: roi_pool(MAP, [ONE], 2),
        ValueError,
        "boxes list 1 images; the input has 2, and each needs its boxes",
    ),
    "shape in a list": (
        lambda: roi_pool(MAP, [ONE, ONE[0]], 2),
        ValueError,
        "boxes[1] has shape (4,); a row needs x1, y1, x2, y2",
    ),
    "integers in a list": (
        lambda: roi_pool(MAP, [ONE, ONE.long()], 2),
        TypeError,
        "boxes[1] is torch.int64; it needs a floating point tensor",
    ),
    "no index": (
        lambda: roi_align(MAP, ONE, 2),
        ValueError,
        "boxes have shape (1, 4); a row needs image, x1, y1, x2, y2",
    ),
    "whole numbers": (
        lambda: roi_align(MAP, torch.zeros(1, 5, dtype=torch.long), 2),
        TypeError,
        "boxes hold torch.int64; convert them with boxes.float()",
    ),
    "not a number": (
        lambda: roi_align(MAP, [ONE, ONE / 0], 2),
        ValueError,
        "box 1 (image, x1, y1, x2, y2 = 1, nan, nan, inf, inf): every number must be finite",
    ),
    "an image that is not there": (
        lambda: roi_pool(MAP, torch.tensor([[2.0, 0, 0, 1, 1]]), 2),
        ValueError,
        "box 0 (image, x1, y1, x2, y2 = 2, 0, 0, 1, 1): its image must be one of 0 to 1",
    ),
    "turned over": (
        lambda: ps_roi_align(torch.ones(1, 4, 3, 3), [ONE.flip(1) - 1], 2),
        ValueError,
        "box 0 (image, x1, y1, x2, y2 = 0, 1, 1, -1, -1): x1 <= x2 and y1 <= y2 must hold",
    ),
    "scale": (
        lambda: roi_pool(MAP, [ONE, ONE], 2, spatial_scale=0.0),
        ValueError,
        "spatial_scale (0.0) must be positive",
    ),
    "bins": (
        lambda: roi_align(MAP, [ONE, ONE], (2, 0)),
        ValueError,
        "output_size (2, 0) goes below 1, the least it can be",
    ),
    "channels": (
        lambda: ps_roi_pool(MAP, [ONE, ONE], 2),
        ValueError,
        "input has 3 channels; 2x2 bins need a multiple of 4",
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_name_the_value_and_the_rule(case):
    call, error, message = REFUSALS[case]
    with pytest.raises(error) as refusal:
        call()
    assert message in str(refusal.value)
