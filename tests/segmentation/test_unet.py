"""U-Net: by hand, against torch, scipy and scikit-learn, sizes, tiles, learning."""

import math
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import distance_transform_edt
from sklearn.utils.class_weight import compute_class_weight
from torch.autograd import gradcheck
from torch.nn.functional import cross_entropy, max_pool2d
from torchvision.transforms.functional import center_crop as theirs

from dlcourse.data.masks import class_maps
from dlcourse.data.scenes import scenes
from dlcourse.segmentation._compare import SIDE
from dlcourse.segmentation._fit import Mirrored, fit, judged
from dlcourse.segmentation.unet import (
    UNet,
    Up,
    at_any_size,
    border_weights,
    center_crop,
    class_weights,
    compare,
    distances,
    double_convolution,
    fits,
    least_side,
    mirrored,
    nearby,
    overlap_tile,
    pixel_cross_entropy,
    pixel_softmax,
    separated,
    small,
    small_pretrained,
    trace,
)
from dlcourse.segmentation.unet import cells as tissue
from dlcourse.segmentation.unet.small import CHECKSUMS, FILES
from dlcourse.training import fixed_seed, generator

FLOAT64 = {"dtype": torch.float64}


def tiny(padding="valid", depth=2, **options) -> UNet:
    with fixed_seed(0):
        return UNet(2, 3, width=2, depth=depth, padding=padding, **options).double()


# by hand


def test_the_network_of_the_paper():
    """Convolutions of 3x3, doublings of 2x2 and a head, each with its biases."""
    c = [1, 64, 128, 256, 512, 1024]
    down = sum(9 * i * o + o + 9 * o * o + o for i, o in pairwise(c))
    up = sum(4 * 2 * o * o + o + 9 * 2 * o * o + o + 9 * o * o + o for o in c[1:5])
    count = sum(p.numel() for p in UNet(1, 2).parameters())
    assert count == down + up + 2 * 64 + 2 == 31_030_658


def test_572_gives_388():
    """With one channel everywhere the sides are those of the paper, and it is quick."""
    with torch.no_grad():
        assert UNet(1, 2, width=1)(torch.zeros(1, 1, 572, 572)).shape == (
            1,
            2,
            388,
            388,
        )
    sides = [step.side for step in trace(572)[0]]
    down = [572, 568, 284, 280, 140, 136, 68, 64, 32, 28]
    assert sides == [*down, 56, 52, 104, 100, 200, 196, 392, 388]


def test_crop_concatenation_and_order():
    up = Up(1)
    with torch.no_grad():
        for weight in up.parameters():
            weight.zero_()
        up.up.weight[1] = 1.0  # the second channel of the coarse map comes through
        up.convolutions[0].weight[0, 0, 1, 1] = 1.0  # what came across
        up.convolutions[0].weight[0, 1, 1, 1] = 100.0  # what came from below
        up.convolutions[2].weight[0, 0, 1, 1] = 1.0
    fine = torch.arange(64.0).view(1, 1, 8, 8)
    coarse = torch.stack([torch.zeros(3, 3), torch.ones(3, 3)])[None]
    wanted = 100 + fine[..., 3:5, 3:5]  # 8 cut to 6, then two convolutions
    torch.testing.assert_close(up(coarse, fine), wanted)


def test_the_weights_between_two_cells_by_hand():
    labels = torch.tensor([[1, 0, 0, 2, 0]])
    weights = border_weights(labels, w0=10.0, sigma=2.0)
    ground, cell = 5 / (2 * 3), 5 / (2 * 2)
    between = 10 * math.exp(-((1 + 2) ** 2) / 8)
    beyond = 10 * math.exp(-((1 + 4) ** 2) / 8)
    wanted = [cell, ground + between, ground + between, cell, ground + beyond]
    assert weights[0].tolist() == pytest.approx(wanted)


def test_one_cell_has_no_border():
    labels = torch.tensor([[0, 3, 3, 0]])
    assert border_weights(labels).equal(class_weights(labels))
    assert (
        border_weights(torch.zeros(2, 2, dtype=torch.int64)).tolist() == [[0.5] * 2] * 2
    )


# equal to others


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_the_loss_equals_torch_in_value_and_gradient(start, as_in_use):
    for seed in range(start, start + 50):
        source = generator(seed)
        b, k, h, w = (
            int(torch.randint(1, most, (), generator=source)) for most in (4, 6, 8, 8)
        )
        logits = 30 * torch.randn(b, k, h, w, generator=source, **FLOAT64)
        logits = logits.round() if seed % 3 else logits  # ties
        logits.requires_grad_()
        target = torch.randint(max(1, k - seed % 2), (b, h, w), generator=source)
        weight = torch.rand(b, h, w, generator=source, **FLOAT64) * 11
        if seed % 5 == 0:
            weight = None
        mine = pixel_cross_entropy(logits, target, weight)
        per_pixel = cross_entropy(logits, target, reduction="none")
        wanted = (per_pixel if weight is None else weight * per_pixel).mean()
        torch.testing.assert_close(mine, wanted, atol=1e-10, rtol=1e-10)
        slopes = [torch.autograd.grad(loss, logits)[0] for loss in (mine, wanted)]
        torch.testing.assert_close(*slopes, atol=1e-10, rtol=1e-10)
        shares = pixel_softmax(logits)
        torch.testing.assert_close(shares, logits.softmax(1), atol=1e-12, rtol=1e-10)


def test_the_loss_and_the_softmax_pass_gradcheck():
    logits = torch.randn(1, 3, 2, 2, generator=generator(0), **FLOAT64).requires_grad_()
    target = torch.tensor([[[0, 1], [2, 1]]])
    weight = torch.tensor([[[1.0, 2], [0, 5]]], **FLOAT64)
    assert gradcheck(lambda x: pixel_cross_entropy(x, target, weight), logits)
    assert gradcheck(pixel_softmax, logits)


def spots(seed: int) -> torch.Tensor:
    source = generator(seed)
    h, w = torch.randint(1, 24, (2,), generator=source).tolist()
    share = (0.02, 0.2, 0.7)[seed % 3]
    return torch.rand(h, w, generator=source) < share


def test_distances_equal_scipy(as_in_use):
    for seed in range(200):
        mask = spots(seed)
        if mask.any():
            wanted = torch.from_numpy(distance_transform_edt(~mask.numpy())).float()
            torch.testing.assert_close(distances(mask), wanted)
        else:
            assert distances(mask).isinf().all()


def test_border_weights_equal_scipy_and_scikit_learn(as_in_use):
    for seed in range(200):
        mask = spots(seed)
        source = generator(seed)
        labels = mask * torch.randint(1, 5, mask.shape, generator=source)
        names = [name for name in labels.unique().tolist() if name]
        kinds = np.unique(mask.numpy())
        weigh = compute_class_weight("balanced", classes=kinds, y=mask.numpy().ravel())
        # Where a kind is missing, scikit-learn takes the mean over one kind, and not over two.
        wanted = np.select([mask.numpy() == kind for kind in kinds], weigh)
        wanted = wanted * len(kinds) / 2
        if len(names) > 1:
            away = [distance_transform_edt(labels.numpy() != name) for name in names]
            first, second = np.sort(away, axis=0)[:2]
            wanted += ~mask.numpy() * 10 * np.exp(-((first + second) ** 2) / 50)
        found = border_weights(labels)
        torch.testing.assert_close(found, torch.from_numpy(wanted).float())


@settings(max_examples=60, deadline=None)
@given(*[st.integers(1, 12)] * 4)
def test_the_crop_equals_torchvision(h, w, rows, columns):
    x = torch.arange(float(h * w)).view(1, 1, h, w)
    rows, columns = min(h, rows), min(w, columns)
    assert center_crop(x, (rows, columns)).equal(theirs(x, [rows, columns]))


# sizes

SIDES = [
    572,
    570,
    571,
    573,
    556,
    588,
    188,
    187,
    172,
    204,
    196,
    200,
    140,
    92,
    64,
    20,
    16,
]
SIDES += [8, 4, 1]


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_twenty_sizes_pass_or_are_refused_as_traced(side, padding):
    """The traced sides are those of the maps that layers of torch really make."""
    model = UNet(1, 1, width=1, padding=padding)
    steps, fault = trace(side, padding=padding)
    seen, oblong = [side], torch.zeros(1, 1, side, least_side(padding=padding))
    for up in model.up:
        up.up.register_forward_hook(lambda *a: seen.append(a[2].shape[2]))
    for block in [*model.down, *(up.convolutions for up in model.up)]:
        block.register_forward_pre_hook(lambda _, a: seen.append(a[0].shape[2]))
        block.register_forward_hook(lambda *a: seen.append(a[2].shape[2]))
    if fault is None:
        with torch.no_grad():
            answer = model(oblong)
        assert answer.shape[2] == steps[-1].side
        assert {step.side for step in steps} == set(seen)
    else:
        with pytest.raises(ValueError, match=f"a side of {side} pixels does not fit"):
            model(oblong)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
def test_sizes_that_fit_come_in_steps(depth, padding):
    sides = [side for side in range(1, 700) if fits(side, depth, padding)]
    least, step = least_side(depth, padding), 2**depth
    assert sides == list(range(least, 700, step))
    for side in (1, least, least + 1, least + step - 1, 300):
        if side + step < 700:
            near = nearby(side, depth, padding)
            assert set(near) <= set(sides)
            assert min(abs(s - side) for s in sides) == min(abs(s - side) for s in near)


def test_why_an_odd_side_fails():
    """Pooling drops the last row, so what is doubled is a row short of what came across."""
    odd = torch.rand(1, 8, 25, 24)
    doubled = Up(8, padding="same").up(torch.rand(1, 16, 12, 12))
    assert max_pool2d(odd, 2).shape[2:] == (12, 12)
    assert doubled.shape[2:] == (24, 24)


# tiles


@pytest.mark.parametrize("size", [(50, 61), (44, 44), (33, 97)])
def test_tiles_answer_as_the_whole_picture(size):
    model = tiny().eval()
    x = torch.rand(1, 2, *size, generator=generator(0), **FLOAT64)
    with torch.no_grad():
        tiles = overlap_tile(model, x, 52)
        edge = (52 - trace(52, 2)[0][-1].side) // 2
        below, right = (
            next(n for n in range(99) if fits(s + 2 * edge + n, 2)) for s in size
        )
        wide = mirrored(x, edge, edge + right, edge, edge + below)
        whole = model(wide)[..., : size[0], : size[1]]
    torch.testing.assert_close(tiles, whole, atol=1e-12, rtol=1e-10)


def test_same_padding_answers_at_any_size():
    model = small().eval()
    x = torch.rand(1, 3, 37, 51, generator=generator(0))
    with torch.no_grad():
        assert at_any_size(model, x).shape == (1, 6, 37, 51)
        even = x[..., :32, :48]
        torch.testing.assert_close(at_any_size(model, even), model(even))


# refusals


def test_refusals(as_in_use):
    cases = [
        (lambda: UNet(0, 2), r"in_channels \(0\) must be at least 1"),
        (lambda: UNet(1, 2, depth=0), r"depth \(0\) must be at least 1"),
        (lambda: UNet(1, 2, padding="full"), r"padding \('full'\) must be"),
        (lambda: UNet(1, 2, skips=[True]), "1 skips for 4 levels"),
        (lambda: UNet(1, 2)(torch.zeros(1, 1, 570, 572)), "570 .* 556 or 572 would do"),
        (lambda: small()(torch.zeros(1, 3, 96, 100)), "100 pixels .* 96 or 112"),
        (lambda: center_crop(torch.zeros(1, 1, 4, 4), (5, 4)), "5x4 cannot be cut"),
        (lambda: mirrored(torch.zeros(1, 1, 3, 9), 0, 0, 3, 0), "at most 8 .* and 2 more"),
        (lambda: overlap_tile(small(), torch.zeros(1, 3, 96, 96)), "the network pads"),
        (lambda: overlap_tile(UNet(3, 2, width=1), torch.zeros(1, 3, 300, 300), 188),
         "answers for 4 pixels; it takes at least 16"),
        (lambda: border_weights(torch.zeros(1, 1, dtype=int), sigma=0.0), "sigma 0.0"),
        (lambda: border_weights(torch.tensor([[-1]])), "labels hold -1"),
        (lambda: pixel_cross_entropy(torch.zeros(1, 2, 3, 3), torch.zeros(1, 5, 5).long()),
         r"target has shape \(1, 5, 5\), .* middle only"),
        (lambda: pixel_cross_entropy(torch.zeros(1, 2, 1, 1), torch.tensor([[[2]]])),
         "classes 2 to 2; with 2 logits they go from 0 to 1"),
        (lambda: pixel_cross_entropy(torch.zeros(1, 2, 1, 1), torch.tensor([[[0]]]),
                                     torch.ones(1, 2, 2)), "weight has shape"),
    ]  # fmt: skip
    for call, message in cases:
        with pytest.raises(ValueError, match=message):
            call()


# what always holds


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_weights_are_at_least_those_of_the_class_and_most_on_the_line(seed):
    mask = spots(seed)
    labels = mask * torch.randint(1, 4, mask.shape, generator=generator(seed))
    more = border_weights(labels) - class_weights(labels)
    assert (more >= 0).all()
    assert (more <= 10).all()
    assert not more[labels > 0].any()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_after_separation_no_two_cells_touch(seed):
    mask = spots(seed)
    labels = mask * torch.randint(1, 4, mask.shape, generator=generator(seed))
    apart = separated(labels)
    assert ((apart == labels) | (apart == 0)).all()
    assert separated(apart).equal(apart)
    one = labels.clamp(max=1)
    assert separated(one).equal(one)


def test_softmax_adds_to_one_in_each_pixel():
    shares = pixel_softmax(100 * torch.randn(2, 5, 3, 4, generator=generator(0)))
    torch.testing.assert_close(shares.sum(1), torch.ones(2, 3, 4))


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("skips", [[True] * 2, [False] * 2, [True, False]])
def test_the_gradient_reaches_every_parameter(padding, skips):
    model = tiny(padding, skips=skips, normalize=True)
    model(torch.randn(2, 2, 48, 60, **FLOAT64)).square().sum().backward()
    for name, weight in model.named_parameters():
        assert weight.grad.abs().sum() > 0, name


def test_a_cut_skip_carries_nothing():
    """With the finest skip cut, a pixel moves the answer through the poolings alone."""
    for skips, kept in (([True], True), ([False], False)):
        model = UNet(1, 1, width=2, depth=1, padding="same", skips=skips).eval()
        seen = []
        hook = model.up[0].convolutions.register_forward_pre_hook(
            lambda _, inputs, seen=seen: seen.append(inputs[0])
        )
        x = torch.rand(1, 1, 8, 8, generator=generator(1))
        model(x)
        hook.remove()
        across = model.down[0](x)
        assert bool((seen[0][:, :2] == across).all()) == kept


def test_it_learns_one_batch():
    data = scenes(2, 48, scale=(0.4, 0.6))
    with fixed_seed(0):
        model = small()
    maps = class_maps(data)
    history = fit(model, data.images, maps, 60, size=2, generator=generator(0))
    assert history[-1] < 0.3 < history[0]
    assert judged(model, data.images, maps) > 0.6


def test_mirroring_turns_picture_and_map_together():
    pictures = torch.rand(20, 1, 2, 3)
    for x, y in Mirrored(pictures, pictures[:, 0], 8, generator(0)):
        assert x[:, 0].equal(y)


def test_double_convolution_has_no_bias_before_a_normalization():
    names = [
        name for name, _ in double_convolution(1, 2, normalize=True).named_parameters()
    ]
    assert names == ["0.weight", "1.weight", "1.bias", "3.weight", "4.weight", "4.bias"]


# what was measured


def logged(name: str, log: Path) -> list[tuple[float, float]]:
    """Read mean IoU and outline of each seed from a log."""
    line = rf"^{name} +seed.*mean IoU ([\d.]+) +outline ([\d.]+)"
    found = re.findall(line, log.read_text(), re.M)
    return [(float(iou), float(outline)) for iou, outline in found]


def test_skips_are_worth_a_tenth_at_every_seed():
    log = FILES[True].with_name("compare.log")
    whole, twin = logged("U-Net", log), logged("no skip", log)
    for better, worse in zip(
        zip(*whole, strict=True), zip(*twin, strict=True), strict=True
    ):
        assert min(better) > max(worse) + 0.1


def test_three_wide_levels_beat_fcn8s_at_as_many_weights():
    """In outlines at every seed, in mean IoU on the average of the seeds."""
    log = FILES[True].with_name("compare.log")
    unet, fcn = (torch.tensor(logged(name, log)) for name in ("3 levels", "FCN-8s"))
    assert unet[:, 1].min() > fcn[:, 1].max() + 0.08
    assert unet[:, 0].mean() > fcn[:, 0].mean() + 0.03


def test_the_shipped_weights_are_those_of_the_log():
    log = FILES[True].with_name("compare.log").read_text()
    assert all(f"checksum   {each}" in log for each in CHECKSUMS.values())
    test = scenes(60, SIDE, split="test", seed=1)
    maps = class_maps(test)
    whole, twin = (
        judged(small_pretrained(k), test.images, maps) for k in (True, False)
    )
    assert whole > twin + 0.02


def test_merged_pairs_by_hand():
    labels = torch.tensor([[1, 1, 0, 2, 2, 0, 3, 3]])
    for parted, wanted in (([2, 5], [0, 0]), ([2], [0, 1]), ([], [1, 1])):
        inside = torch.ones(1, 8, dtype=torch.bool)
        inside[0, parted] = False
        assert tissue.merged(inside, labels).tolist() == [bool(x) for x in wanted]
    assert tissue.merged(labels > 9, labels).tolist() == [False, False]


def test_windows_lie_over_their_answers():
    image = torch.rand(3, 112, 112, generator=generator(0))
    labels = torch.zeros(112, 112, dtype=torch.int64)
    labels[2:9, 3:9], labels[2:9, 11:20] = 1, 2
    edge = (tissue.SIDE - tissue.ANSWER) // 2
    for kind in tissue.KINDS:
        seen, wanted = tissue.windows(image, labels, kind)
        assert seen.shape == (4, 3, tissue.SIDE, tissue.SIDE)
        assert wanted.shape == (4, 2, tissue.ANSWER, tissue.ANSWER)
        middle = seen[0, :, edge:-edge, edge:-edge]
        assert middle.equal(image[:, : tissue.ANSWER, : tissue.ANSWER])
        assert wanted[0, 0].equal(
            (labels[: tissue.ANSWER, : tissue.ANSWER] > 0).float()
        )
        gap, far = wanted[0, 1, 5, 9], wanted[0, 1, 60, 60]
        assert bool(gap > far + 1) == (kind in ("border", "both"))
        assert bool(far == 1) == (kind in ("plain", "border"))


def test_a_cut_skip_makes_no_smaller_network():
    whole, *cut = (
        sum(p.numel() for p in compare.NETWORKS[name]().parameters())
        for name in ("U-Net", "no skip", "no skip 1", "no skip 4")
    )
    assert all(whole < each < 1.1 * whole for each in cut)


def test_the_cells_of_the_log():
    log = tissue.FILES["plain"].with_name("cells.log").read_text()
    assert all(f"checksum   {each}" in log for each in tissue.CHECKSUMS.values())
