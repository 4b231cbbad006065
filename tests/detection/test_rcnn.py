"""R-CNN and its successors: by hand, against torchvision and scikit-learn, and at work."""

import copy
from hashlib import sha256

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torchvision.models.detection import roi_heads as their_heads
from torchvision.models.detection import rpn as their_rpn
from torchvision.models.detection._utils import BalancedPositiveNegativeSampler
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import roi_pool as their_roi_pool

from dlcourse.data.scenes import scenes
from dlcourse.detection import rcnn as ours
from dlcourse.detection._backbone import Backbone
from dlcourse.detection.precision import mean_average_precision
from dlcourse.detection.rcnn import pretrain, regions, shipped, training
from dlcourse.nn.pooling import spatial_pyramid_pool
from dlcourse.training import fixed_seed, generator

CLOSE = {"rtol": 1e-5, "atol": 1e-5}
SETTINGS = range(200)


def drawn_boxes(count: int, source: torch.Generator, side: float = 96.0):
    """Boxes inside an image, at least two pixels a side."""
    corner = torch.rand(count, 2, generator=source) * (side - 4)
    room = side - 2 - corner
    return torch.cat(
        (corner, corner + 2 + room * torch.rand(count, 2, generator=source)), 1
    )


@pytest.fixture(scope="module")
def scene():
    """One scene with two things."""
    return scenes(1, objects=(2, 2), scale=(0.35, 0.6), seed=3)


@pytest.fixture(scope="module")
def proposals(scene):
    return [ours.selective_search(scene.images[0])]


# selective search


def test_joins_by_hand():
    # Dark, dark, light in a row: the dark ones share their colour, so they join first.
    labels = np.array([[0, 0, 1, 2]])
    found = ours.describe(np.array([[[0.0], [0.0], [0.0], [1.0]]]), labels)
    columns = ours.similarities(found[:1], found[1:2], area=4.0)
    assert columns[0, [0, 2, 3]].tolist() == [1, 0.25, 1]
    boxes, pairs = ours.group(found, ours.touching(labels), 4.0, ("colour",))
    assert pairs.tolist() == [[0, 1], [2, 3]]
    assert boxes.tolist() == [
        [0, 0, 2, 1],
        [2, 0, 3, 1],
        [3, 0, 4, 1],
        [0, 0, 3, 1],
        [0, 0, 4, 1],
    ]


def test_fill_joins_what_is_surrounded():
    labels = np.zeros((5, 5), dtype=int)
    labels[1:4, 1:4] = 1
    labels[:, 4] = 2
    found = ours.describe(np.zeros((5, 5, 1)), labels)
    fill = ours.similarities(found[:1], found[1:], area=25.0)[:, 3]
    assert fill[0] > fill[1]


@given(st.integers(0, 2**31 - 1))
@settings(max_examples=20, deadline=None)
def test_joining_keeps_what_the_parts_had(seed):
    numbers = np.random.default_rng(seed)
    labels = np.repeat(np.repeat(np.arange(12).reshape(3, 4), 2, 0), 2, 1)
    channels = numbers.random((6, 8, 2))
    found = ours.describe(channels, labels)
    boxes, pairs = ours.group(found, ours.touching(labels), 48.0)
    assert sorted(pairs.flatten().tolist()) == list(range(22))  # each joins once
    assert len(boxes) == 23
    assert boxes[-1].tolist() == [0, 0, 8, 6]
    # a histogram of a union is the mean of histograms, weighted by size
    whole = ours.describe(channels, np.zeros_like(labels))
    mixed = found.size @ found.colour / found.size.sum()
    np.testing.assert_allclose(mixed, whole.colour[0], atol=1e-12)
    np.testing.assert_allclose(found.colour.sum(axis=1), 1)
    columns = ours.similarities(found, found, 48.0)
    np.testing.assert_allclose(columns[:, :2], 1)


def test_neighbours_and_boxes_equal_the_definition():
    numbers = np.random.default_rng(0)
    labels = numbers.integers(0, 5, (7, 9))
    pairs = set()
    for y in range(7):
        for x in range(9):
            for v, u in ((y + 1, x), (y, x + 1)):
                if v < 7 and u < 9 and labels[y, x] != labels[v, u]:
                    pairs |= {
                        (labels[y, x], labels[v, u]),
                        (labels[v, u], labels[y, x]),
                    }
    assert set(zip(*ours.touching(labels).nonzero(), strict=True)) == pairs
    boxes = ours.describe(np.zeros((7, 9, 1)), labels).boxes
    for label, box in enumerate(boxes.tolist()):
        y, x = (labels == label).nonzero()
        assert box == [x.min(), y.min(), x.max() + 1, y.max() + 1]


def test_edges_point_the_way_they_rise():
    ramp = np.tile(np.arange(8.0) / 8, (8, 1))[..., None]
    found = regions.edges(ramp)[4, 4]
    assert found.argmax() == 0  # to the right
    assert found[4] == 0  # and not to the left


def test_a_search_finds_the_things_of_a_scene(scene, proposals):
    from dlcourse.detection.boxes import box_iou

    best = box_iou(scene.targets[0]["boxes"], proposals[0]).amax(dim=1)
    assert (best > 0.6).all()
    assert len({tuple(box) for box in proposals[0].tolist()}) == len(proposals[0])
    again = ours.selective_search(scene.images[0])
    assert again.equal(proposals[0])
    assert len(ours.selective_search(scene.images[0], ours.THOROUGH)) > len(again)


def test_a_flat_image_is_one_region():
    assert ours.selective_search(torch.zeros(3, 20, 30)).tolist() == [[0, 0, 30, 20]]


def test_what_a_search_refuses(as_in_use):
    with pytest.raises(ValueError, match="the image has 1 channels"):
        ours.selective_search(torch.zeros(1, 20, 20))
    with pytest.raises(ValueError, match='colour space is "xyz"'):
        ours.selective_search(torch.zeros(3, 20, 20), [("xyz", ours.PARTS, 30.0)])
    with pytest.raises(ValueError, match="choose one or more of"):
        ours.selective_search(torch.zeros(3, 20, 20), [("hsv", ("shape",), 30.0)])


# R-CNN and SPP-Net


@pytest.mark.parametrize("seed", range(20))
def test_a_warp_without_rim_equals_a_resized_crop(seed):
    source = generator(seed)
    image = torch.rand(3, 20, 20, generator=source)
    left, top = torch.randint(1, 8, (2,), generator=source).tolist()
    width, height = torch.randint(4, 10, (2,), generator=source).tolist()
    box = torch.tensor([[left, top, left + width, top + height]]).float()
    size = 2 * max(width, height)
    found = ours.warp(image, box, size, context=0)[0]
    # inside, away from where the crop's own border would be repeated
    crop = image[:, top : top + height, left : left + width]
    whole = nn.functional.interpolate(crop[None], (size, size), mode="bilinear")[0]
    x = int(size / width / 2) + 1
    y = int(size / height / 2) + 1
    torch.testing.assert_close(found[:, y:-y, x:-x], whole[:, y:-y, x:-x], **CLOSE)


def test_outside_the_image_a_warp_shows_the_mean():
    image = torch.rand(3, 8, 8, generator=generator(0))
    found = ours.warp(image, torch.tensor([[20.0, 20.0, 30.0, 30.0]]), 4, 0)
    mean = image.mean(dim=(1, 2))[:, None, None].expand(3, 4, 4)
    torch.testing.assert_close(found[0], mean)
    assert ours.warp(image, torch.zeros(0, 4)).shape == (0, 3, 48, 48)


def test_the_rim_has_its_width():
    box = torch.tensor([[0.0, 0.0, 227.0 - 32, 227.0 - 32]])
    wide = ours.with_context(box, size=227, context=16)
    torch.testing.assert_close(wide, torch.tensor([[-16.0, -16.0, 211.0, 211.0]]))


def test_both_descriptions_have_one_length(scene, proposals):
    with fixed_seed(0):
        backbone = Backbone(4)
    some = proposals[0][:5]
    warped = ours.WarpedFeatures(backbone.eval())(scene.images[0], some)
    pooled = ours.PyramidFeatures(backbone)(scene.images[0], some)
    assert warped.shape == pooled.shape == (5, sum(backbone.channels) * 5)
    empty = ours.PyramidFeatures(backbone)(scene.images[0], some[:0])
    assert empty.shape == (0, sum(backbone.channels) * 5)


@pytest.mark.parametrize("seed", range(20))
def test_a_region_of_whole_cells_is_the_pyramid_over_them(seed):
    source = generator(seed)
    with fixed_seed(seed):
        backbone = Backbone(2).eval()
    image = torch.rand(3, 96, 96, generator=source)
    left, top = torch.randint(0, 10, (2,), generator=source).tolist()
    right, bottom = (
        int(torch.randint(n, 12, (), generator=source)) for n in (left, top)
    )
    box = 8.0 * torch.tensor(
        [[left, top, right, bottom]]
    )  # the last cell belongs to it
    found = ours.PyramidFeatures(backbone, scale=1)(image, box)[0]
    with torch.no_grad():
        grid = ours.map_of(backbone, image[None])[0]
    part = grid[:, top : bottom + 1, left : right + 1]
    torch.testing.assert_close(found, spatial_pyramid_pool(part, (2, 1)))


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(("count", "dim"), [(30, 5), (5, 30)])
def test_ridge_equals_scikit_learn(seed, count, dim):
    from sklearn.linear_model import Ridge

    source = generator(seed)
    x = torch.randn(count, dim, generator=source, dtype=torch.float64)
    t = torch.randn(count, 4, generator=source, dtype=torch.float64)
    weight, bias = ours.ridge(x, t, penalty=3.0)
    theirs = Ridge(alpha=3.0, solver="svd").fit(x.numpy(), t.numpy())
    np.testing.assert_allclose(weight.numpy(), theirs.coef_, atol=1e-9)
    np.testing.assert_allclose(bias.numpy(), theirs.intercept_, atol=1e-9)


def test_a_machine_has_the_margin_of_its_loss():
    source = generator(0)
    positives = torch.randn(40, 6, generator=source) + 1
    negatives = torch.randn(60, 6, generator=source) - 1
    machine = ours.train_machine(positives, negatives, penalty=0.1)

    def loss(weight, bias):
        margins = torch.cat(
            (1 - positives @ weight - bias, 1 + negatives @ weight + bias)
        )
        own = weight @ weight + (bias / 10) ** 2
        return own / 2 + 0.1 * margins.relu().square().sum()

    at = loss(machine.weight, machine.bias)
    for _ in range(20):
        step = 0.05 * torch.randn(7, generator=source)
        assert loss(machine.weight + step[:6], machine.bias + step[6]) > at


def test_mining_ends_where_all_negatives_would():
    source = generator(1)
    positives = torch.randn(50, 4, generator=source) + 2
    negatives = torch.randn(3000, 4, generator=source)
    options = {"penalty": 0.1, "generator": source}
    mined = ours.mine(positives, negatives, start=30, rounds=20, **options)
    full = ours.train_machine(positives, negatives, penalty=0.1)
    assert mined.kept[-1] < len(negatives) / 2
    torch.testing.assert_close(mined.weight, full.weight, rtol=0.02, atol=0.02)
    assert mined.wrong[0] >= mined.wrong[-1]


def test_rcnn_finds_what_it_was_fitted_to(scene, proposals):
    with fixed_seed(0):
        backbone = Backbone(4)
        backbone(torch.cat([scenes(32).images, scene.images]))  # moves its statistics
    for features in (ours.WarpedFeatures(backbone), ours.PyramidFeatures(backbone)):
        model = ours.RCNN(features, 5, sum(backbone.channels) * 5)
        target = dict(scene.targets[0])
        target["labels"] = torch.tensor([0, 1])
        none = {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.int64)}
        whole = [{**none}, target]
        with pytest.raises(ValueError, match="0 positives"):
            model.fit(scene.images, [target], proposals)
        model = ours.RCNN(features, 2, sum(backbone.channels) * 5)
        images = scene.images.expand(2, -1, -1, -1)
        model.fit(images, whole[1:] * 2, proposals * 2, generator(0))
        found = model(scene.images, proposals)
        assert mean_average_precision(found, [target]) >= 0.95
        assert (found[0]["scores"].diff() <= 0).all()


def test_what_the_slow_ones_refuse(as_in_use):
    with pytest.raises(ValueError, match=r"context \(24\) on both sides"):
        ours.with_context(torch.zeros(1, 4), 48, 24)
    with pytest.raises(ValueError, match="2 positives and 0 negatives"):
        ours.train_machine(torch.zeros(2, 3), torch.zeros(0, 3))
    with pytest.raises(ValueError, match="there are no proposals"):
        ours.ridge(torch.zeros(0, 3), torch.zeros(0, 4))
    with pytest.raises(ValueError, match=r"penalty \(0.0\) must be above 0"):
        ours.ridge(torch.zeros(2, 3), torch.zeros(2, 4), 0.0)


# sampling and losses


@pytest.mark.parametrize("seed", SETTINGS)
def test_counts_drawn_equal_torchvision(seed):
    source = generator(seed)
    count, size = (int(torch.randint(1, 90, (), generator=source)) for _ in range(2))
    share = float(torch.rand((), generator=source))
    labels = torch.randint(-1, 3, (count,), generator=source)
    objects, background = ours.balanced_sample(labels, size, share, source)
    with fixed_seed(seed):
        p, q = BalancedPositiveNegativeSampler(size, share)([labels])
    assert (len(objects), len(background)) == (int(p[0].sum()), int(q[0].sum()))
    assert (labels[objects] > 0).all()
    assert (labels[background] == 0).all()
    assert len({*objects.tolist(), *background.tolist()}) == len(objects) + len(
        background
    )


@pytest.mark.parametrize("seed", SETTINGS)
def test_fastrcnn_loss_equals_torchvision(seed):
    source = generator(seed)
    counts = torch.randint(1, 9, (2,), generator=source).tolist()
    shape = {"generator": source, "dtype": torch.float64}
    logits = torch.randn(sum(counts), 4, **shape).requires_grad_()
    moves = torch.randn(sum(counts), 16, **shape).round(decimals=1).requires_grad_()
    labels = [torch.randint(0, 4, (n,), generator=source) for n in counts]
    codes = [torch.randn(n, 4, **shape).round(decimals=1) for n in counts]
    found = []
    for loss in (ours.fastrcnn_loss, their_heads.fastrcnn_loss):
        both = loss(logits, moves, labels, codes)
        slopes = torch.autograd.grad(both[0] + 2 * both[1], (logits, moves))
        found.append([*both, *slopes])
    torch.testing.assert_close(*found, rtol=1e-10, atol=1e-10)


def same_heads(score_thresh: float):
    """Our heads and torchvision's, with the same weights."""
    with fixed_seed(0):
        ours_ = ours.RoIHeads(
            ours.TwoMLPHead(6 * 9, 16),
            ours.FastRCNNPredictor(16, 4),
            output_size=3,
            spatial_scale=1 / 8,
            batch_size_per_image=16,
            score_thresh=score_thresh,
        )
    theirs = their_heads.RoIHeads(
        lambda x, boxes, _: their_roi_pool(x, boxes, 3, 1 / 8),
        TwoMLPHead(6 * 9, 16),
        FastRCNNPredictor(16, 4),
        0.5,
        0.5,
        16,
        0.25,
        None,
        score_thresh,
        0.5,
        100,
    )
    for parameter in ours_.parameters():
        nn.init.normal_(parameter, std=0.2, generator=generator(len(parameter)))
    theirs.load_state_dict(ours_.state_dict())
    return ours_, theirs


@pytest.mark.parametrize("seed", range(40))
def test_detections_equal_torchvision(seed):
    source = generator(seed)
    heads, theirs = same_heads(score_thresh=0.3)
    features = torch.randn(2, 6, 12, 12, generator=source)
    boxes = [drawn_boxes(n, source) for n in (20, 3)]
    found = heads.eval().detect(features, boxes, (96, 96))
    with torch.no_grad():
        wanted, _ = theirs.eval()(features, list(boxes), [(96, 96)] * 2)
    for one, other in zip(found, wanted, strict=True):
        assert one["labels"].equal(other["labels"] - 1)
        torch.testing.assert_close(one["boxes"], other["boxes"], rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(one["scores"], other["scores"], **CLOSE)


@pytest.mark.parametrize("seed", range(20))
def test_losses_of_heads_equal_torchvision_when_all_are_drawn(seed):
    source = generator(seed)
    heads, theirs = same_heads(score_thresh=0.3)
    heads.sample = 10**4, 1.0
    theirs.fg_bg_sampler = BalancedPositiveNegativeSampler(10**4, 1.0)
    features = torch.randn(2, 6, 12, 12, generator=source)
    boxes = [drawn_boxes(n, source) for n in (20, 5)]
    truths = [drawn_boxes(n, source) for n in (3, 0)]
    labels = [torch.tensor([0, 2, 1]), torch.zeros(0, dtype=torch.int64)]
    pairs = list(zip(truths, labels, strict=True))
    found = heads.losses(features, boxes, [{"boxes": b, "labels": k} for b, k in pairs])
    targets = [{"boxes": b, "labels": k + 1} for b, k in pairs]
    _, wanted = theirs.train()(features, list(boxes), [(96, 96)] * 2, targets)
    torch.testing.assert_close(found, wanted, **CLOSE)


def same_rpn(seed: int):
    """Our proposal network and torchvision's, with the same weights and anchors."""
    sizes, shapes = (16.0, 40.0), (0.5, 1.0, 2.0)
    anchors = AnchorGenerator((tuple(map(int, sizes)),), (shapes,))
    base = anchors.cell_anchors[0]
    ours_ = ours.RegionProposalNetwork(
        ours.RPNHead(6, 6),
        base,
        8,
        offset=0.0,
        pre_nms_top_n=(300, 200),
        post_nms_top_n=(100, 50),
    )
    head = their_rpn.RPNHead(6, 6)
    both = {"training": 300, "testing": 200}, {"training": 100, "testing": 50}
    theirs = their_rpn.RegionProposalNetwork(
        anchors, head, 0.7, 0.3, 256, 0.5, *both, 0.7
    )
    for parameter in ours_.parameters():
        nn.init.normal_(parameter, std=0.1, generator=generator(seed))
    theirs.load_state_dict(dict(ours_.state_dict()))
    return ours_, theirs


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("training_mode", [True, False])
def test_proposals_and_their_losses_equal_torchvision(seed, training_mode):
    source = generator(seed)
    ours_, theirs = same_rpn(seed)
    for module in (ours_, theirs):
        module.train(training_mode)
    ours_.options = {"batch_size_per_image": 10**5, "positive_fraction": 1.0}
    theirs.fg_bg_sampler = BalancedPositiveNegativeSampler(10**5, 1.0)
    images = ImageList(torch.zeros(2, 3, 96, 96), [(96, 96)] * 2)
    features = torch.randn(2, 6, 12, 12, generator=source)
    targets = [{"boxes": drawn_boxes(n, source)} for n in (3, 0)]
    for target in targets:
        target["labels"] = torch.zeros(len(target["boxes"]), dtype=torch.int64)
    given_ = targets if training_mode else None
    with torch.no_grad():
        found, losses = ours_(features, (96, 96), given_)
        wanted, their_losses = theirs(images, {"0": features}, given_)
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(losses, their_losses, **CLOSE)


def test_what_sampling_refuses(as_in_use):
    with pytest.raises(ValueError, match=r"positive_fraction \(1.5\)"):
        ours.balanced_sample(torch.zeros(3, dtype=torch.int64), 4, 1.5)
    with pytest.raises(ValueError, match=r"count \(0\) must be at least 1"):
        ours.balanced_sample(torch.zeros(3, dtype=torch.int64), 0, 0.5)


# singular values


@given(st.integers(1, 12), st.integers(1, 12), st.data())
@settings(max_examples=40, deadline=None)
def test_a_truncated_layer_is_the_nearest_of_its_rank(i, o, data):
    rank = data.draw(st.integers(1, min(i, o)))
    with fixed_seed(i * o):
        layer = nn.Linear(i, o)
    first, second = ours.truncated_svd(layer, rank)
    product = (second.weight @ first.weight).detach()
    values = torch.linalg.svdvals(layer.weight.detach())
    left = (layer.weight.detach() - product).square().sum()
    torch.testing.assert_close(left, values[rank:].square().sum(), **CLOSE)
    assert first.weight.numel() + second.weight.numel() == rank * (i + o)
    assert second.bias.equal(layer.bias)


def test_full_rank_changes_nothing_and_more_is_refused(as_in_use):
    with fixed_seed(0):
        layer = nn.Linear(7, 5, bias=False)
    x = torch.randn(3, 7, generator=generator(0))
    torch.testing.assert_close(ours.truncated_svd(layer, 5)(x), layer(x), **CLOSE)
    with pytest.raises(ValueError, match=r"rank \(6\) must lie from 1 to 5"):
        ours.truncated_svd(layer, 6)


def test_thin_heads_leave_layers_that_are_thin_already():
    head = ours.thin_heads(ours.TwoMLPHead(10, 4), 4)
    assert isinstance(head.fc6, nn.Linear)
    assert isinstance(ours.thin_heads(head, 2).fc6, nn.Sequential)


# Fast and Faster R-CNN at work


def detectors():
    with fixed_seed(0):
        return {
            "fast": ours.FastRCNN(Backbone(4), 5, batch_size_per_image=32),
            "faster": ours.FasterRCNN(
                Backbone(4),
                5,
                batch_size_per_image=32,
                rpn={"post_nms_top_n": (100, 50), "pre_nms_top_n": (200, 200)},
            ),
        }


def losses_of(name, model, scene, proposals, targets):
    more = (proposals,) if name == "fast" else ()
    return model(scene.images, targets, *more, generator=generator(0))


@pytest.mark.parametrize("name", ["fast", "faster"])
def test_gradient_reaches_every_parameter(name, scene, proposals):
    model = detectors()[name].train()
    losses = losses_of(name, model, scene, proposals, scene.targets)
    assert len(losses) == {"fast": 2, "faster": 4}[name]
    sum(losses.values()).backward()
    still = [
        n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()
    ]
    assert not still


@pytest.mark.parametrize("name", ["fast", "faster"])
def test_an_image_without_things_is_background(name, scene, proposals):
    model = detectors()[name].train()
    none = {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.int64)}
    losses = losses_of(name, model, scene, proposals, [none])
    sum(losses.values()).backward()
    assert losses["loss_box_reg"] == 0
    assert all(loss.isfinite() for loss in losses.values())


@pytest.mark.parametrize("name", ["fast", "faster"])
def test_one_scene_can_be_learned_by_heart(name, scene, proposals):
    model = detectors()[name]
    images = scene.images.expand(4, -1, -1, -1)
    targets = scene.targets * 4
    if name == "fast":
        training.train_fast(model, images, targets, proposals * 4, 40, generator(0))
    else:
        training.train_jointly(model, images, targets, 50, generator(0))
    more = (None, proposals) if name == "fast" else ()
    with torch.no_grad():
        found = model(scene.images, *more)
    assert mean_average_precision(found, scene.targets) >= 0.95


def test_four_steps_leave_the_map_where_step_two_put_it(scene):
    model = detectors()["faster"]
    images, targets = scene.images.expand(2, -1, -1, -1), scene.targets * 2
    before = copy.deepcopy(model.state_dict())
    history = training.train_in_turns(model, images, targets, 1, generator(0))
    assert [len(losses) for losses in history] == [1] * 4
    moved = {
        name.split(".")[0]
        for name, tensor in model.state_dict().items()
        if not tensor.equal(before[name])
    }
    assert moved == {"features", "rpn", "roi_heads"}
    assert not any(p.requires_grad for p in model.features.parameters())
    assert not model.training


def test_frozen_maps_do_not_move_in_steps_three_and_four(scene):
    from dlcourse.models.transfer import freeze

    model = detectors()["faster"]
    freeze(model.features)
    before = copy.deepcopy(model.features.state_dict())
    training.train_jointly(model, scene.images, scene.targets, 1, generator(0))
    after = model.features.state_dict()
    assert all(after[name].equal(tensor) for name, tensor in before.items())


def test_what_the_fast_ones_refuse(as_in_use, scene, proposals):
    for model in detectors().values():
        model.train()
        with pytest.raises(ValueError, match="1 images, none targets"):
            model(scene.images)
        flat = {
            "boxes": torch.tensor([[1.0, 1.0, 1.0, 5.0]]),
            "labels": torch.tensor([0]),
        }
        with pytest.raises(ValueError, match="of target 0 has no height or width"):
            model(scene.images, [flat])


# what is shipped


@pytest.mark.parametrize("name", sorted(shipped.CHECKSUMS))
def test_files_are_those_of_the_log(name):
    checksum = sha256(shipped.weights(name).read_bytes()).hexdigest()
    assert f"{name}   checksum   {checksum}" in shipped.LOG.read_text()
    assert shipped.CHECKSUMS[name] == checksum
    assert shipped.weights(name).stat().st_size < 1.5e6


def test_another_file_is_refused(as_in_use, monkeypatch):
    monkeypatch.setitem(shipped.CHECKSUMS, "fast", "0")
    with pytest.raises(ValueError, match=r"fast.safetensors is not the file"):
        shipped.fast_pretrained()


def test_the_shipped_detectors_find_things():
    data = scenes(8, split="test", seed=1)
    known = [ours.selective_search(image) for image in data.images[:4]]
    with torch.no_grad():
        found = shipped.faster_pretrained()(data.images)
    assert mean_average_precision(found, data.targets) > 0.4
    few = data.images[:4], data.targets[:4]
    for model in (shipped.rcnn_pretrained(), shipped.spp_pretrained()):
        assert mean_average_precision(model(few[0], known), few[1]) > 0.3
    with torch.no_grad():
        found = shipped.fast_pretrained()(few[0], None, known)
    assert mean_average_precision(found, few[1]) > 0.3


def test_judging_takes_proposals_image_by_image(scene, proposals):
    seen = []

    class Asked(nn.Module):
        def forward(self, images, proposals=None):
            seen.append((len(images), proposals))
            return [
                {**t, "scores": torch.ones(len(t["labels"]))} for t in scene.targets
            ]

    assert pretrain.judged(Asked(), scene, proposals) == 1
    assert pretrain.judged(Asked(), scene) == 1
    assert seen[0][1][0].equal(proposals[0])
    assert seen[1] == (1, None)
