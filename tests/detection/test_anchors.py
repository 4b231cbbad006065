"""Anchors: by hand, against torchvision, gradients, refusals, invariants."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck
from torchvision.models.detection._utils import BoxCoder, Matcher, SSDMatcher
from torchvision.models.detection.anchor_utils import (
    AnchorGenerator,
    DefaultBoxGenerator,
)
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import box_iou

from dlcourse.detection.anchors import (
    base_anchors,
    decode_boxes,
    default_boxes,
    default_scales,
    default_shapes,
    encode_boxes,
    grid_anchors,
    kmeans_anchors,
    match,
    match_best,
    match_one,
    mean_best_iou,
    responsible,
    shape_iou,
)

SEEDS = pytest.mark.parametrize("seed", range(200))
FASTER = {"scales": (128, 256, 512), "aspect_ratios": (0.5, 1, 2)}
SSD300 = {
    "grid_sizes": [(38, 38), (19, 19), (10, 10), (5, 5), (3, 3), (1, 1)],
    "aspect_ratios": [[2], [2, 3], [2, 3], [2, 3], [2], [2]],
    "scales": [0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05],
    "steps": [8, 16, 32, 64, 100, 300],
}


def source_of(seed):
    return torch.Generator().manual_seed(seed)


def boxes_of(count, source, low=1.0, dtype=torch.float64):
    first = torch.rand(count, 2, generator=source, dtype=dtype) * 80
    sides = low + torch.rand(count, 2, generator=source, dtype=dtype) * 60
    return torch.cat([first, first + sides], dim=1)


def table_of(seed):
    """Draw a table of IoUs; every other one from few values, so that ties abound."""
    source = source_of(seed)
    n, m = (int(torch.randint(1, 9, (), generator=source)) for _ in range(2))
    if seed % 2:
        return torch.randint(0, 5, (n, 3 * m), generator=source) / 4
    return box_iou(boxes_of(n, source), boxes_of(5 * m, source))


# by hand


def test_three_ratios_have_one_area():
    boxes = base_anchors([6], [0.25, 1, 4])
    assert boxes.tolist() == [[-6, -1.5, 6, 1.5], [-3, -3, 3, 3], [-1.5, -6, 1.5, 6]]


def test_the_grid_goes_by_rows_then_columns_then_shapes():
    base = torch.tensor([[-1.0, -1, 1, 1], [-2, -1, 2, 1]])
    boxes = grid_anchors((2, 1), (10, 4), base)
    assert boxes.tolist() == [
        [1, 4, 3, 6],
        [0, 4, 4, 6],
        [1, 14, 3, 16],
        [0, 14, 4, 16],
    ]


def test_a_box_twice_as_wide_is_log_2_away():
    anchor = torch.tensor([[0.0, 0, 4, 8]])
    code = encode_boxes(torch.tensor([[2.0, 0, 10, 4]]), anchor, (10, 10, 5, 5))
    expected = [10.0, -2.5, 5 * math.log(2), -5 * math.log(2)]
    torch.testing.assert_close(code[0], torch.tensor(expected))


RIVALS = torch.tensor([[0.45, 0.2, 0.6, 0.05], [0.3, 0.1, 0.55, 0.0]])


def test_the_three_rules_on_one_table():
    assert match(RIVALS, 0.5, 0.25).tolist() == [-2, -1, 0, -1]
    assert match(RIVALS, 0.7, 0.3).tolist() == [-2, -1, -2, -1]
    assert match(RIVALS, 0.7, 0.3, allow_low_quality=True).tolist() == [-2, -1, 0, -1]
    assert match_best(RIVALS).tolist() == [-1, -1, 1, -1]
    assert match_one(RIVALS, torch.tensor([2, 0]), 0.15).tolist() == [1, -2, 0, -1]


def test_a_threshold_is_met_by_equality_and_the_ignored_band_begins_above():
    iou = torch.tensor([[0.5, 0.25]])
    assert match(iou, 0.5, 0.25).tolist() == [0, -2]
    assert match_one(iou, torch.tensor([1])).tolist() == [-1, 0]


def test_an_object_that_fits_nothing_gets_nothing_and_takes_nothing():
    iou = torch.tensor([[0.9, 0.0], [0.0, 0.0]])
    assert match(iou, 0.7, 0.3, allow_low_quality=True).tolist() == [0, -1]
    assert match_best(iou).tolist() == [0, -1]
    # torchvision: the second object's best IoU is 0, so every anchor at 0 counts as its best
    assert Matcher(0.7, 0.3, True)(iou.clone()).tolist() == [0, 0]
    assert SSDMatcher(0.5)(iou.clone()).tolist() == [1, -1]


def test_a_centre_on_a_line_is_in_the_later_cell():
    box = torch.tensor([[2.0, 2, 6, 6]])
    assert responsible(box, torch.tensor([[4.0, 4]]), (2, 2), 4).tolist() == [3]


def test_counts_of_the_papers():
    assert len(base_anchors(**FASTER)) == 9
    assert len(default_boxes((300, 300), **SSD300)) == 8732
    shapes = [len(default_shapes(0.1, 0.2, r)) for r in SSD300["aspect_ratios"]]
    assert shapes == [4, 6, 6, 6, 4, 4]


# equal to torchvision


@SEEDS
def test_base_and_grid_equal_torchvision(seed):
    source = source_of(seed)
    scales = (torch.rand(1 + seed % 4, generator=source) * 300 + 4).tolist()
    ratios = (torch.rand(1 + seed % 3, generator=source) * 4 + 0.2).tolist()
    theirs = AnchorGenerator((tuple(scales),), (tuple(ratios),))
    base = base_anchors(scales, ratios)
    torch.testing.assert_close(base.round(), theirs.cell_anchors[0], atol=0, rtol=0)
    grid, stride = (1 + seed % 5, 1 + seed % 7), (4 + seed % 3, 8 + seed % 2)
    expected = theirs.grid_anchors([grid], [[torch.tensor(s) for s in stride]])[0]
    assert torch.equal(grid_anchors(grid, stride, base.round(), offset=0), expected)


@pytest.mark.parametrize("clip", [True, False])
@pytest.mark.parametrize("stepped", [True, False])
@pytest.mark.parametrize("size", [(300, 300), (203, 311), (96, 96)])
def test_default_boxes_equal_torchvision(size, stepped, clip):
    options = dict(SSD300, steps=SSD300["steps"] if stepped else None)
    grids = options.pop("grid_sizes")
    theirs = DefaultBoxGenerator(**options, clip=clip)
    images = ImageList(torch.zeros(1, 3, *size), [size])
    expected = theirs(images, [torch.zeros(1, 1, *grid) for grid in grids])[0]
    ours = default_boxes(size, grids, **options, clip=clip)
    torch.testing.assert_close(ours, expected, atol=1e-4, rtol=1e-6)


@pytest.mark.parametrize("maps", [2, 3, 6])
def test_default_scales_equal_torchvision(maps):
    theirs = DefaultBoxGenerator([[2]] * maps, 0.15, 0.9)
    assert default_scales(maps, 0.15, 0.9) == pytest.approx(theirs.scales)


@SEEDS
def test_codes_equal_torchvision_in_value_and_gradient(seed):
    source = source_of(seed)
    count = seed % 12
    weights = ((1.0, 1.0, 1.0, 1.0), (10.0, 10.0, 5.0, 5.0))[seed % 2]
    theirs = BoxCoder(weights)
    truth, anchors = boxes_of(count, source), boxes_of(count, source)
    if count > 2:
        truth[0] = anchors[0]
        truth[1, 2:] = truth[1, :2] + 1e-3
    ours = encode_boxes(truth.requires_grad_(), anchors, weights)
    expected = theirs.encode_single(truth, anchors)
    torch.testing.assert_close(ours, expected, atol=1e-10, rtol=1e-10)
    slope = torch.randn(ours.shape, generator=source, dtype=ours.dtype)
    one, other = (torch.autograd.grad(y, truth, slope)[0] for y in (ours, expected))
    torch.testing.assert_close(one, other, atol=1e-9, rtol=1e-9)

    codes = torch.randn(count, 4, generator=source, dtype=ours.dtype) * 3 * weights[0]
    codes.requires_grad_()
    ours = decode_boxes(codes, anchors, weights)
    expected = theirs.decode_single(codes, anchors)
    torch.testing.assert_close(ours, expected, atol=1e-9, rtol=1e-10)
    one, other = (torch.autograd.grad(y, codes, slope)[0] for y in (ours, expected))
    torch.testing.assert_close(one, other, atol=1e-8, rtol=1e-9)


@SEEDS
def test_matching_equals_torchvision(seed):
    iou = table_of(seed)
    iou[iou.amax(dim=1) == 0, 0] = 0.01  # each object overlaps an anchor
    for high, low in ((0.7, 0.3), (0.5, 0.5), (0.5, 0.4), (0.5, 0.0)):
        for kept in (False, True):
            expected = Matcher(high, low, kept)(iou.clone())
            assert torch.equal(match(iou, high, low, kept), expected)
    assert torch.equal(match_best(iou), SSDMatcher(0.5)(iou.clone()))


@SEEDS
def test_round_trip(seed):
    source = source_of(seed)
    truth = boxes_of(20, source, low=0.1, dtype=torch.float32)
    anchors = boxes_of(20, source, low=4.0, dtype=torch.float32)
    back = decode_boxes(encode_boxes(truth, anchors), anchors)
    torch.testing.assert_close(back, truth, atol=1e-4, rtol=1e-5)
    truth, anchors = truth.double(), anchors.double()
    back = decode_boxes(
        encode_boxes(truth, anchors, (10, 10, 5, 5)), anchors, (10, 10, 5, 5)
    )
    torch.testing.assert_close(back, truth, atol=1e-10, rtol=1e-10)
    codes = torch.randn(20, 4, generator=source, dtype=torch.float64)
    back = encode_boxes(decode_boxes(codes, anchors), anchors)
    torch.testing.assert_close(back, codes, atol=1e-10, rtol=1e-10)


def test_gradcheck():
    source = source_of(0)
    truth, anchors = boxes_of(3, source), boxes_of(3, source)
    assert gradcheck(lambda t: encode_boxes(t, anchors), truth.requires_grad_())
    codes = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    assert gradcheck(lambda c: decode_boxes(c, anchors), codes)


def test_codes_of_a_batch_share_their_anchors():
    source = source_of(1)
    anchors, codes = boxes_of(5, source), torch.randn(3, 5, 4, dtype=torch.float64)
    together = decode_boxes(codes, anchors)
    assert torch.equal(together[2], decode_boxes(codes[2], anchors))
    by_class = decode_boxes(torch.zeros(5, 2, 4, dtype=torch.float64), anchors[:, None])
    torch.testing.assert_close(by_class[:, 1], anchors)


def test_a_wild_answer_stays_finite():
    anchor = torch.tensor([[0.0, 0, 16, 16]])
    box = decode_boxes(torch.tensor([[0.0, 0, 1e9, 1e9]]), anchor)
    torch.testing.assert_close(box[:, 2:] - box[:, :2], torch.full((1, 2), 1000.0))


def test_a_flat_anchor_decodes_to_a_flat_box():
    flat = torch.tensor([[3.0, 2, 3, 6]])
    assert torch.equal(decode_boxes(torch.zeros(1, 4), flat), flat)


# k-means


def test_clusters_that_lie_apart_are_found():
    source = source_of(0)
    centres = torch.tensor([[10.0, 10], [40, 12], [12, 60], [80, 80]])
    sizes = centres[:, None] * (0.95 + 0.1 * torch.rand(4, 30, 2, generator=source))
    found = kmeans_anchors(sizes.flatten(0, 1), 4, source)
    expected = sizes.mean(dim=1)[[0, 1, 2, 3]]
    torch.testing.assert_close(found, expected)


def test_more_shapes_fit_better_and_all_of_them_fit_exactly():
    source = source_of(3)
    sizes = torch.rand(60, 2, generator=source) * 50 + 2
    fits = [
        max(
            mean_best_iou(sizes, kmeans_anchors(sizes, k, source_of(s))).item()
            for s in range(3)
        )
        for k in (1, 2, 4, 8, 60)
    ]
    assert fits == sorted(fits)
    assert fits[-1] == pytest.approx(1)


def test_shape_iou_equals_the_iou_around_one_centre():
    source = source_of(4)
    one, two = (torch.rand(n, 2, generator=source) * 9 + 0.1 for n in (5, 7))
    around = [torch.cat([-sizes, sizes], dim=1) / 2 for sizes in (one, two)]
    torch.testing.assert_close(shape_iou(one, two), box_iou(*around))


# empty


def test_without_truths_all_is_background_and_without_anchors_there_is_no_answer():
    none = torch.zeros(0, dtype=torch.long)
    for answer in (match, match_best, match_one):
        more = {match: (0.7, 0.3, True), match_best: (), match_one: (none,)}[answer]
        assert answer(torch.zeros(0, 3), *more).tolist() == [-1, -1, -1]
    assert match(torch.zeros(2, 0), 0.7, 0.3, True).shape == (0,)
    assert match_best(torch.zeros(2, 0)).shape == (0,)
    assert responsible(torch.zeros(0, 4), torch.ones(2, 2), (3, 3), 8).shape == (0,)
    assert encode_boxes(torch.zeros(0, 4), torch.zeros(0, 4)).shape == (0, 4)


# invariants

SMALL = settings(deadline=None, max_examples=30)
SEED = st.integers(0, 10_000)


@SMALL
@given(SEED, st.floats(0.1, 10), st.floats(-50, 50))
def test_codes_do_not_change_when_all_is_scaled_and_moved(seed, factor, shift):
    source = source_of(seed)
    truth, anchors = boxes_of(6, source), boxes_of(6, source)
    moved = encode_boxes(truth * factor + shift, anchors * factor + shift)
    torch.testing.assert_close(
        moved, encode_boxes(truth, anchors), atol=1e-9, rtol=1e-9
    )


@SMALL
@given(SEED)
def test_every_object_has_its_anchor_by_the_rule_of_ssd(seed):
    source = source_of(seed)
    truths, anchors = boxes_of(4, source), boxes_of(60, source)
    iou = box_iou(truths, anchors)
    answer = match_best(iou)
    best = iou.argmax(dim=1)
    overlap = set((iou.amax(dim=1) > 0).nonzero().flatten().tolist())
    if len(best.unique()) == len(best):
        assert overlap <= set(answer.tolist())
    assert (answer[iou.amax(dim=0) >= 0.5] >= 0).all()


@SMALL
@given(SEED)
def test_the_responsible_anchor_is_the_best_of_its_shape(seed):
    source = source_of(seed)
    shapes = torch.rand(3, 2, generator=source, dtype=torch.float64) * 30 + 5
    truths = boxes_of(5, source)
    grid = (9, 9)
    base = torch.cat([-shapes, shapes], dim=1) / 2
    places = responsible(truths, shapes, grid, 16)
    iou = box_iou(truths, grid_anchors(grid, 16, base)).view(5, 81, 3)
    for truth, place in enumerate(places.tolist()):
        same_shape = iou[truth, :, place % 3]
        assert same_shape[place // 3] >= same_shape.max() - 1e-12


@SMALL
@given(SEED)
def test_one_anchor_an_object_by_the_rule_of_yolo(seed):
    source = source_of(seed)
    iou = box_iou(boxes_of(4, source), boxes_of(30, source))
    best = torch.randperm(30, generator=source)[:4]
    answer = match_one(iou, best)
    assert answer[best].tolist() == [0, 1, 2, 3]
    assert (answer >= 0).sum() == 4


# refusals

BOX, IOU = torch.tensor([[0.0, 0, 4, 4]]), torch.tensor([[0.5, 0.2]])

REFUSALS = {
    "no scale": (
        lambda: base_anchors([], [1]),
        ValueError,
        "scales () is empty; one is needed at least",
    ),
    "ratio": (
        lambda: base_anchors([1], [1, -2]),
        ValueError,
        "aspect_ratios holds -2; it must be above 0",
    ),
    "grid": (
        lambda: grid_anchors((0, 3), 8, BOX),
        ValueError,
        "grid_size holds 0; it must be above 0",
    ),
    "stride": (
        lambda: grid_anchors((2, 3), 0, BOX),
        ValueError,
        "stride holds 0; it must be above 0",
    ),
    "one map": (
        lambda: default_scales(1),
        ValueError,
        "maps (1) must be 2 at least; name a single scale yourself",
    ),
    "maps and scales": (
        lambda: default_boxes((8, 8), [(1, 1)], [[2]], [0.5]),
        ValueError,
        "1 maps with 1 lists of ratios, 1 scales and 1 steps; each map needs one, and the scales "
        "one more",
    ),
    "too many shapes": (
        lambda: kmeans_anchors(torch.ones(5, 2), 2, torch.Generator()),
        ValueError,
        "k (2) must lie from 1 to 1, the distinct sizes",
    ),
    "a flat size": (
        lambda: kmeans_anchors(torch.tensor([[1.0, 1], [0, 3]]), 1, torch.Generator()),
        ValueError,
        "sizes[1] is [0.0, 3.0]; width and height must be above 0",
    ),
    "sizes with corners": (
        lambda: shape_iou(BOX, BOX),
        ValueError,
        "sizes1 has shape (1, 4); it needs rows of width and height",
    ),
    "a flat truth": (
        lambda: encode_boxes(torch.tensor([[1.0, 2, 1, 5]]), BOX),
        ValueError,
        "reference holds the box [1.0, 2.0, 1.0, 5.0]; it needs finite corners, x1 < x2 and "
        "y1 < y2",
    ),
    "nan": (
        lambda: encode_boxes(BOX * math.nan, BOX),
        ValueError,
        "reference holds the box [nan, nan, nan, nan]; it needs finite corners",
    ),
    "a turned anchor": (
        lambda: decode_boxes(BOX, -BOX),
        ValueError,
        "anchors holds the box [-0.0, -0.0, -4.0, -4.0]; it needs finite corners, x1 <= x2 and "
        "y1 <= y2",
    ),
    "integers": (
        lambda: encode_boxes(BOX.long(), BOX),
        TypeError,
        "reference holds torch.int64; convert it with reference.float()",
    ),
    "three corners": (
        lambda: encode_boxes(BOX[:, :3], BOX),
        ValueError,
        "reference has shape (1, 3); its last axis must hold x1, y1, x2, y2",
    ),
    "three weights": (
        lambda: encode_boxes(BOX, BOX, (1, 1, 1)),
        ValueError,
        "weights (1, 1, 1) must be four, for tx, ty, tw, th",
    ),
    "band": (
        lambda: match(IOU, 0.3, 0.7),
        ValueError,
        "low (0.7) exceeds high (0.3); between them lies the band",
    ),
    "threshold": (
        lambda: match_best(IOU, 50),
        ValueError,
        "high (50) must lie from 0 to 1",
    ),
    "overlap": (
        lambda: match(IOU * math.nan, 0.7, 0.3),
        ValueError,
        "iou holds nan; it must lie from 0 to 1",
    ),
    "a flat table": (
        lambda: match_best(IOU[0]),
        ValueError,
        "iou has shape (2,); it needs a row a truth, a column an anchor",
    ),
    "no such anchor": (
        lambda: match_one(IOU, torch.tensor([2])),
        ValueError,
        "best is [2]; it needs an anchor from 0 to 1 for each of the 1 truths",
    ),
    "outside": (
        lambda: responsible(BOX + 20, torch.ones(1, 2), (2, 2), 8),
        ValueError,
        "boxes[0] has its centre at (22, 22), outside of the 16 x 16 pixels of the grid",
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_name_the_value_and_the_rule(case):
    call, error, message = REFUSALS[case]
    with pytest.raises(error) as refusal:
        call()
    assert message in str(refusal.value)
