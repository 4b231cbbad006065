"""YOLO: targets, losses and decoding by hand, the published counts, and one scene learned."""

import math
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.autograd import gradcheck
from torch.nn.functional import pixel_unshuffle
from torchvision import ops

from dlcourse.data.scenes import scenes
from dlcourse.detection.precision import mean_average_precision
from dlcourse.detection.yolo import (
    PRIORS_COCO,
    SIZES,
    YOLOv1,
    YOLOv2,
    YOLOv3,
    cells_of,
    choose,
    darknet19,
    darknet19_features,
    darknet53,
    decode_cells,
    decode_offsets,
    draw_size,
    encode_cells,
    flatten_maps,
    ignored,
    lattice,
    match_batch,
    offset_targets,
    owners,
    reorg,
    resize,
    responsible,
    small,
    split_cells,
    yolo_v1,
    yolo_v1_loss,
    yolo_v2_loss,
    yolo_v3,
    yolo_v3_loss,
)
from dlcourse.models.anatomy import totals
from dlcourse.training import fixed_seed, generator

EXACT = {"rtol": 1e-10, "atol": 1e-10}
SEEDS = pytest.mark.parametrize("seed", range(50))


def drawn_boxes(count: int, side: float, draw: torch.Generator) -> Tensor:
    """Boxes with whole and half numbers, so that centres and edges meet often."""
    corners = torch.randint(0, int(2 * side) - 1, (count, 2), generator=draw) / 2
    room = 2 * (side - corners)
    sizes = 1 + (torch.rand(count, 2, generator=draw) * (room - 1)).floor()
    return torch.cat([corners, corners + sizes / 2], dim=1).double()


def target_of(seed: int, count: int, side: float = 64.0, classes: int = 3) -> dict:
    draw = generator(seed)
    labels = torch.randint(classes, (count,), generator=draw)
    return {"boxes": drawn_boxes(count, side, draw), "labels": labels}


EMPTY = {
    "boxes": torch.zeros(0, 4).double(),
    "labels": torch.zeros(0, dtype=torch.long),
}


# version 1: the target


def test_a_dog_of_the_paper_size_in_its_cell():
    box = torch.tensor([[100.0, 200.0, 228.0, 424.0]])  # centre 164, 312
    target = encode_cells(box, torch.tensor([11]), (448, 448))
    assert target.shape == (7, 7, 25)
    assert target[..., 0].nonzero().tolist() == [[4, 2]]
    wanted = [1, 164 / 64 - 2, 312 / 64 - 4, 128 / 448, 224 / 448]
    torch.testing.assert_close(target[4, 2, :5], torch.tensor(wanted))
    assert target[4, 2, 5:].nonzero().tolist() == [[11]]


def test_a_cell_takes_the_first_object_and_loses_the_second():
    boxes = torch.tensor([[0.0, 0, 20, 20], [2, 2, 22, 22], [40, 40, 60, 60]])
    target = encode_cells(boxes, torch.tensor([0, 1, 2]), (64, 64), (2, 2), 3)
    assert target[..., 0].tolist() == [[1, 0], [0, 1]]
    assert target[0, 0, 5:].tolist() == [1, 0, 0]


@SEEDS
def test_a_target_read_back_gives_the_boxes_again(seed):
    """The decoder reads what the target holds, once the sizes are replaced by their roots."""
    boxes = target_of(seed, 1 + seed % 5)["boxes"]
    labels = torch.arange(len(boxes))
    rows, columns = 2 + seed % 5, 1 + seed % 7
    target = encode_cells(boxes, labels, (64, 64), (rows, columns), len(boxes))
    output = torch.cat(
        [target[..., 1:3], target[..., 3:5].sqrt(), target[..., :1], target[..., 5:]],
        dim=-1,
    )
    found, scores = decode_cells(output[None], (64, 64), num_boxes=1)
    assert found.shape == (1, rows * columns, 4)
    for place, label in (scores[0] == 1).nonzero().tolist():
        torch.testing.assert_close(found[0, place], boxes[label], **EXACT)
    cells = cells_of(boxes, (64, 64), (rows, columns))
    taken = (cells.rows * columns + cells.columns).unique()
    assert int(scores.sum()) == len(taken)


def test_a_centre_next_to_the_far_edge_stays_in_the_last_cell():
    edge = torch.tensor([[0.0, 0, 448, 448]])
    edge[0, :2] = 448 - 1e-4
    cells = cells_of(edge, (448, 448), (7, 7))
    assert (cells.rows.item(), cells.columns.item()) == (6, 6)


# version 1: the loss


def loss_by_loops(output, target, num_boxes, coord=5.0, noobj=0.5) -> dict[str, float]:
    """The paper's formula, term by term."""
    parts = dict.fromkeys(("box", "objectness", "empty", "classes"), 0.0)
    images, rows, columns, _ = output.shape
    for b in range(images):
        for r in range(rows):
            for c in range(columns):
                cell, truth = output[b, r, c].tolist(), target[b, r, c].tolist()
                boxes = [cell[5 * j : 5 * j + 5] for j in range(num_boxes)]
                if not truth[0]:
                    parts["empty"] += noobj * sum(box[4] ** 2 for box in boxes)
                    continue

                def corners(x, y, w, h):
                    x, y = x / columns, y / rows
                    return torch.tensor([[x - w / 2, y - h / 2, x + w / 2, y + h / 2]])

                real = corners(*truth[1:5])
                seen = [corners(x, y, w * w, h * h) for x, y, w, h, _ in boxes]
                overlaps = [ops.box_iou(box, real).item() for box in seen]
                away = [(box - real).square().sum().item() for box in seen]
                best = max(range(num_boxes), key=lambda j: (overlaps[j], -away[j]))
                x, y, w, h, confidence = boxes[best]
                parts["box"] += coord * ((x - truth[1]) ** 2 + (y - truth[2]) ** 2)
                parts["box"] += coord * (w - math.sqrt(truth[3])) ** 2
                parts["box"] += coord * (h - math.sqrt(truth[4])) ** 2
                parts["objectness"] += (confidence - overlaps[best]) ** 2
                others = [box[4] for j, box in enumerate(boxes) if j != best]
                parts["empty"] += noobj * sum(other**2 for other in others)
                told = zip(cell[5 * num_boxes :], truth[5:], strict=True)
                parts["classes"] += sum((p - q) ** 2 for p, q in told)
    return {name: part / images for name, part in parts.items()}


@SEEDS
def test_the_loss_is_the_papers_formula(seed):
    num_boxes, side = 1 + seed % 3, 1 + seed % 4
    targets = [target_of(seed + n, (seed + n) % 4) for n in range(2)]
    target = torch.stack(
        [
            encode_cells(t["boxes"], t["labels"], (64, 64), (side, side), 3)
            for t in targets
        ]
    )
    draw = generator(seed)
    shape = (2, side, side, 5 * num_boxes + 3)
    output = torch.rand(shape, generator=draw).double()
    found = yolo_v1_loss(output, target, num_boxes)
    wanted = loss_by_loops(output, target, num_boxes)
    for name, part in found.items():
        assert part.item() == pytest.approx(wanted[name], rel=1e-5, abs=1e-6)


def test_one_cell_by_hand():
    """Two boxes; the second overlaps the object by a half and is responsible."""
    target = torch.tensor([[[[1, 0.5, 0.5, 0.5, 1.0, 1.0, 0.0]]]])
    boxes = [0.1, 0.1, 0.1, 0.1, 0.4, 0.5, 0.5, 0.5, 1.0, 0.9]  # roots: 0.25 wide
    output = torch.tensor([[[[*boxes, 0.8, 0.1]]]])
    parts = {name: part.item() for name, part in yolo_v1_loss(output, target).items()}
    assert parts["box"] == pytest.approx(5 * (0.5 - math.sqrt(0.5)) ** 2)
    assert parts["objectness"] == pytest.approx((0.9 - 0.5) ** 2)
    assert parts["empty"] == pytest.approx(0.5 * 0.4**2)
    assert parts["classes"] == pytest.approx(0.2**2 + 0.1**2)


def test_without_any_overlap_the_nearest_box_is_responsible():
    boxes = torch.tensor([[[0.0, 0, 1, 1], [3, 0, 4, 1]]])
    chosen, overlap = responsible(boxes, torch.tensor([[6.0, 0, 7, 1]]))
    assert (chosen.item(), overlap.item()) == (1, 0)


def test_the_loss_of_version_1_has_the_right_slopes():
    target = encode_cells(
        **target_of(3, 3), image_size=(64, 64), grid_size=(2, 2), num_classes=3
    )
    target = target[None]
    output = torch.rand(1, 2, 2, 13, generator=generator(0)).double().requires_grad_()
    # the IoU that a confidence should be is a target and has no slope, so the rest is checked
    for name in ("box", "empty", "classes"):
        assert gradcheck(lambda x, n=name: yolo_v1_loss(x, target)[n], output)
    (slope,) = torch.autograd.grad(yolo_v1_loss(output, target)["objectness"], output)
    boxes, _ = split_cells(slope, 2)
    assert not boxes[..., :4].any()


# versions 2 and 3: places, offsets, owners


@pytest.mark.parametrize(
    "sides", [[(1, 1)], [(2, 3), (4, 6)], [(5, 1), (3, 3), (2, 2)]]
)
def test_a_lattice_lists_what_loops_list(sides):
    draw = generator(0)
    priors = [torch.rand(2, 2, generator=draw) for _ in sides]
    strides = [8 * (n + 1) for n in range(len(sides))]
    places = lattice(sides, strides, priors)
    wanted = [
        (column, row, stride, *prior.tolist())
        for (rows, columns), stride, sizes in zip(sides, strides, priors, strict=True)
        for row in range(rows)
        for column in range(columns)
        for prior in sizes
    ]
    torch.testing.assert_close(torch.cat(places, dim=1), torch.tensor(wanted))
    maps = [
        torch.arange(2.0 * 7 * r * c).view(1, 14, r, c) + 1000 * n
        for n, (r, c) in enumerate(sides)
    ]
    codes = flatten_maps(maps, num_priors=2)
    at = 0
    for map_ in maps:
        for row in range(map_.shape[2]):
            for column in range(map_.shape[3]):
                for prior in range(2):
                    numbers = map_[0, 7 * prior : 7 * prior + 7, row, column]
                    assert torch.equal(codes[0, at], numbers)
                    at += 1


def prediction(*numbers: float) -> Tensor:
    return torch.tensor([[numbers]], dtype=torch.float64)


ONE_CELL = lattice([(1, 1)], [10], [torch.tensor([[10.0, 10.0]]).double()])
ONE_OBJECT = [
    {
        "boxes": torch.tensor([[0.0, 0.0, 10.0, 5.0]]).double(),
        "labels": torch.tensor([1]),
    }
]


GRIDS = lattice(
    [(8, 8), (4, 4), (2, 2)],
    [8, 16, 32],
    [
        torch.tensor(sizes, dtype=torch.float64)
        for sizes in ([[4, 6], [9, 7]], [[12, 20], [18, 14]], [[30, 40], [60, 50]])
    ],
)


@SEEDS
def test_what_is_encoded_is_decoded(seed):
    boxes = target_of(seed, 6)["boxes"]
    home = GRIDS.at(owners(boxes, GRIDS))
    wanted = offset_targets(boxes, home)
    assert ((wanted[:, :2] >= 0) & (wanted[:, :2] < 1)).all()
    codes = torch.cat([wanted[:, :2].clamp(1e-12).logit(), wanted[:, 2:]], dim=1)
    torch.testing.assert_close(decode_offsets(codes, home), boxes, rtol=1e-8, atol=1e-8)


@SEEDS
def test_an_owner_is_the_best_shape_in_the_right_cell(seed):
    boxes = target_of(seed, 6)["boxes"]
    for box, owner in zip(boxes, owners(boxes, GRIDS).tolist(), strict=True):
        x, y = ((box[:2] + box[2:]) / 2).tolist()
        fits = []
        for n, (corner, stride, prior) in enumerate(zip(*GRIDS, strict=True)):
            cell = (int(x // stride.item()), int(y // stride.item()))
            if cell == tuple(corner.int().tolist()):
                shape = torch.cat([torch.zeros(2), prior])[None]
                real = torch.cat([torch.zeros(2), box[2:] - box[:2]])[None]
                fits.append((ops.box_iou(shape, real).item(), -n))
        assert len(fits) == 6  # two priors on each of three grids
        assert -max(fits)[1] == owner


def test_gradcheck_of_the_decoder():
    places = GRIDS.at(torch.arange(5))
    codes = torch.randn(5, 4, dtype=torch.float64, requires_grad=True)
    assert gradcheck(lambda x: decode_offsets(x, places), codes)


def test_a_huge_size_does_not_overflow():
    found = decode_offsets(prediction(*[1e4] * 4)[0], ONE_CELL)
    assert found.isfinite().all()


def test_who_fits_well_is_ignored_but_for_the_owner():
    places = lattice([(1, 2)], [10], [torch.tensor([[10.0, 10.0]])])
    box = torch.tensor([[0.0, 0.0, 10.0, 10.0]])
    codes = torch.zeros(1, 2, 6)
    codes[0, 1, 0] = -6.0  # the neighbour reaches almost to its left edge: IoU 1/3
    targets = [{"boxes": box, "labels": torch.tensor([0])}]
    for threshold, empty in ((0.3, [False, False]), (0.4, [False, True])):
        pairs = match_batch(codes, places, targets, (10, 20), threshold)
        assert pairs.place.tolist() == [0]
        assert pairs.empty.tolist() == [empty]
    assert ignored(box, box, 0.99).tolist() == [True]


def test_two_objects_with_one_owner_are_one():
    places = lattice([(1, 1)], [16], [torch.tensor([[8.0, 8.0]])])
    boxes = torch.tensor([[0.0, 0, 8, 8], [4, 4, 12, 12]])
    targets = [{"boxes": boxes, "labels": torch.tensor([2, 1])}]
    pairs = match_batch(torch.zeros(1, 1, 8), places, targets, (16, 16), 0.5)
    assert pairs.boxes.tolist() == boxes[:1].tolist()
    assert pairs.labels.tolist() == [2]


# versions 2 and 3: the losses


def test_the_losses_of_one_prediction_by_hand():
    codes = prediction(0, 0, 0, 0, 0, 1.0, 2.0)  # the whole cell, confidence 1/2
    parts = yolo_v2_loss(codes, ONE_CELL, ONE_OBJECT, (10, 10))
    wanted = {
        "box": 0.25**2 + math.log(2) ** 2,
        "objectness": 5 * (0.5 - 0.5) ** 2,  # the IoU is 1/2
        "empty": 0.0,
        "classes": math.log(1 + math.exp(1 - 2)),
    }
    assert {name: part.item() for name, part in parts.items()} == pytest.approx(wanted)
    parts = yolo_v3_loss(codes, ONE_CELL, ONE_OBJECT, (10, 10))
    wanted = {
        "box": 2 * math.log(2) + math.log(2) ** 2 / 2,
        "objectness": math.log(2),
        "empty": 0.0,
        "classes": math.log(1 + math.exp(1)) + math.log(1 + math.exp(-2)),
    }
    assert {name: part.item() for name, part in parts.items()} == pytest.approx(wanted)


def test_the_slope_of_version_3_is_the_difference():
    codes = prediction(0.3, -0.2, 0.1, 0.4, 0, 1.0, 2.0).requires_grad_()
    box = yolo_v3_loss(codes, ONE_CELL, ONE_OBJECT, (10, 10))["box"]
    (slope,) = torch.autograd.grad(box, codes)
    wanted = offset_targets(ONE_OBJECT[0]["boxes"], ONE_CELL)
    given = torch.cat([codes[0, :, :2].sigmoid(), codes[0, :, 2:4]], dim=1)
    torch.testing.assert_close(slope[0, :, :4], (given - wanted).detach(), **EXACT)


@pytest.mark.parametrize("loss", [yolo_v2_loss, yolo_v3_loss])
def test_nothing_there_asks_for_empty_predictions_alone(loss):
    codes = torch.randn(2, len(GRIDS.corners), 8).double().requires_grad_()
    parts = loss(codes, GRIDS, [EMPTY, EMPTY], (64, 64))
    assert [name for name, part in parts.items() if part.item()] == ["empty"]
    (slope,) = torch.autograd.grad(sum(parts.values()), codes)
    assert slope[..., 4].all()
    assert not slope[..., :4].any()


@pytest.mark.parametrize("loss", [yolo_v2_loss, yolo_v3_loss])
@pytest.mark.parametrize("seed", range(4))
def test_losses_by_gradcheck_on_random_targets(loss, seed):
    targets = [target_of(seed, 3), EMPTY]
    codes = torch.randn(2, len(GRIDS.corners), 8, generator=generator(seed)).double()
    some = torch.randint(codes.numel(), (8,), generator=generator(seed))
    # the IoU that a confidence should be is held fixed, so places and sizes are checked in box
    names = ["box", "classes"] + ["objectness"] * (loss is yolo_v3_loss)

    def some_of(x: Tensor) -> Tensor:
        full = codes.flatten().index_put((some,), x).view_as(codes)
        parts = loss(full, GRIDS, targets, (64, 64))
        return sum(parts[name] for name in names)

    assert gradcheck(some_of, codes.flatten()[some].requires_grad_())


# passthrough and sizes


@pytest.mark.parametrize(("side", "block"), [(4, 2), (6, 3), (26, 2), (5, 1)])
def test_reorg_holds_the_numbers_of_pixel_unshuffle(side, block):
    x = torch.randn(2, 3, side, 2 * side, dtype=torch.float64)
    ours, theirs = reorg(x, block), pixel_unshuffle(x, block)
    theirs = theirs.unflatten(1, (3, block * block)).transpose(1, 2).flatten(1, 2)
    assert torch.equal(ours, theirs)


def test_gradcheck_of_reorg():
    x = torch.randn(1, 2, 4, 2, dtype=torch.float64, requires_grad=True)
    assert gradcheck(reorg, x)


def test_resizing_moves_boxes_and_leaves_the_rest():
    data = scenes(2, objects=(2, 2))
    images, moved = resize(data.images, data.targets, 64)
    assert images.shape == (2, 3, 64, 64)
    for before, after in zip(data.targets, moved, strict=True):
        torch.testing.assert_close(after["boxes"], before["boxes"] * 64 / 96)
        assert torch.equal(after["labels"], before["labels"])
        assert "masks" not in after
    same, _ = resize(data.images, data.targets, 96)
    assert same is data.images


def test_sizes_are_those_of_the_paper():
    assert (SIZES[0], SIZES[-1], len(SIZES)) == (320, 608, 10)
    assert {draw_size(generator(seed)) for seed in range(200)} == set(SIZES)


# the published networks

COUNTS = {
    "darknet19": (darknet19, 224, 20_842_376, 5.58),
    "darknet19, 256": (darknet19, 256, 20_842_376, 7.29),
    "darknet53": (darknet53, 256, 41_609_928, 18.57),
}


@pytest.mark.parametrize("name", COUNTS)
def test_the_backbones_have_their_published_counts(name):
    build, side, parameters, billions = COUNTS[name]
    with torch.device("meta"):
        whole = totals(build(), torch.empty(1, 3, side, side))
    assert whole.parameters == parameters
    assert 2 * whole.multiply_adds / 1e9 == pytest.approx(billions, abs=0.01)
    assert whole.depth == int(build.__name__[-2:])


class Raw(nn.Module):
    """What a detector's network gives, without reading it."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> list[Tensor]:
        return self.model.maps(x)


DETECTORS = {
    # numbers in the published files of weights: 203,934,260 and 248,007,048 bytes, 16 and 20 of
    # them a header; and the billions of operations that the authors' page lists
    "v2": (lambda: YOLOv2(darknet19_features(), 80), 608, 50_983_561, 62.94),
    "v3": (yolo_v3, 416, 62_001_757, 65.86),
    "v3, 320": (yolo_v3, 320, 62_001_757, 38.97),
}


@pytest.mark.parametrize("name", DETECTORS)
def test_the_detectors_have_their_published_counts(name):
    build, side, numbers, billions = DETECTORS[name]
    with torch.device("meta"):
        model = Raw(build())
        whole = totals(model, torch.empty(1, 3, side, side))
    running = sum(b.numel() for n, b in model.named_buffers() if "running" in n)
    assert whole.parameters + running == numbers
    assert 2 * whole.multiply_adds / 1e9 == pytest.approx(billions, abs=0.01)


def test_version_1_has_24_convolutions_two_layers_and_1470_numbers():
    with torch.device("meta"):
        model = yolo_v1()
        assert model.raw(torch.empty(2, 3, 448, 448)).shape == (2, 7, 7, 30)
        features = model.backbone(torch.empty(1, 3, 448, 448))
    kinds = [type(layer).__name__ for layer in model.modules()]
    assert (kinds.count("Conv2d"), kinds.count("Linear")) == (24, 2)
    assert [f.shape[1] for f in features] == list(model.backbone.channels)


def test_98_and_845_and_10647():
    boxes, _ = decode_cells(torch.zeros(1, 7, 7, 30), (448, 448))
    with torch.device("meta"):
        second, _ = YOLOv2(darknet19_features()).raw(torch.empty(1, 3, 416, 416))
        third, _ = yolo_v3().raw(torch.empty(1, 3, 416, 416))
    assert (boxes.shape[1], second.shape[1], third.shape[1]) == (98, 845, 10647)


# the detectors


class Tiny(nn.Module):
    """Maps of strides 8, 16 and 32 by three convolutions, with nothing that a batch changes."""

    channels, strides = (16, 24, 32), (8, 16, 32)

    def __init__(self) -> None:
        super().__init__()
        sides = ((3, 16, 8), (16, 24, 2), (24, 32, 2))
        self.layers = nn.ModuleList(
            nn.Conv2d(i, o, stride + 1, stride, padding=stride // 2)
            for i, o, stride in sides
        )

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        maps = []
        for layer in self.layers:
            x = torch.tanh(layer(x))
            maps.append(x)
        return tuple(maps)


THREE_GRIDS = (((8, 12), (14, 14)), ((20, 24), (30, 24)), ((36, 36), (50, 50)))
BUILDS: dict[str, Callable[..., nn.Module]] = {
    "v1": lambda **o: YOLOv1(
        Tiny(), 5, (96, 96), (6, 6), hidden=48, stride=1, dropout=0.0, **o
    ),
    "v2": lambda **o: YOLOv2(Tiny(), 5, ((0.5, 0.5), (1.2, 1.2)), passed=8, **o),
    "v3": lambda **o: YOLOv3(Tiny(), 5, THREE_GRIDS, pairs=1, **o),
}


def scene_with_free_cells() -> tuple[Tensor, dict]:
    """Find a scene in which each of three things has a cell of its own on every grid."""
    data = scenes(20, objects=(3, 3), scale=(0.2, 0.5), seed=5)
    for image, target in data:
        centres = (target["boxes"][:, :2] + target["boxes"][:, 2:]) / 2
        if len((centres // 32).unique(dim=0)) == 3:
            return image, target
    raise LookupError("no such scene")


@pytest.mark.parametrize("name", BUILDS)
def test_one_scene_is_learned(name):
    image, target = scene_with_free_cells()
    with fixed_seed(0):
        model = BUILDS[name]()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(90):
        losses = model(image[None], [target])
        assert set(losses) == {"box", "objectness", "empty", "classes"}
        optimizer.zero_grad()
        sum(losses.values()).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        found = model(image[None])
    assert mean_average_precision(found, [target]) >= 0.95
    scores = found[0]["scores"]
    assert torch.equal(scores, scores.sort(descending=True).values)


@pytest.mark.parametrize("name", BUILDS)
def test_every_parameter_hears_of_the_loss(name):
    data = scenes(2, objects=(2, 3), seed=1)
    model = BUILDS[name]()
    sum(model(data.images, data.targets).values()).backward()
    for parameter in model.parameters():
        assert parameter.grad is not None
        assert parameter.grad.isfinite().all()
    assert all(p.grad.any() for p in model.backbone.parameters())


@pytest.mark.parametrize("name", BUILDS)
def test_scenes_without_a_thing(name):
    data = scenes(2, objects=(0, 0))
    model = BUILDS[name]()
    losses = model(data.images, data.targets)
    sum(losses.values()).backward()
    assert losses["empty"] > 0
    assert losses["box"] == losses["objectness"] == losses["classes"] == 0
    model.eval()
    assert len(model(data.images)) == 2


@pytest.mark.parametrize("name", ["v2", "v3"])
def test_convolutional_versions_take_other_sizes(name):
    model = BUILDS[name](score_threshold=-1.0, detections_per_img=7).eval()
    with torch.no_grad():
        (found,) = model(torch.rand(1, 3, 64, 128))
    assert found["boxes"].shape == (7, 4)
    assert (found["boxes"][:, 2] <= 128).all()
    assert (found["boxes"][:, 3] <= 64).all()


def test_a_state_dict_holds_weights_and_no_priors():
    model, other = BUILDS["v3"](), BUILDS["v3"]()
    other.load_state_dict(model.state_dict())
    assert not any("priors" in name for name in model.state_dict())
    x = torch.rand(1, 3, 96, 96)
    assert torch.equal(model.eval().raw(x)[0], other.eval().raw(x)[0])


def test_choosing_keeps_the_best_of_each_class():
    boxes = torch.tensor(
        [[0.0, 0, 10, 10], [0, 0, 10, 9], [0, 0, 40, 10], [2, 2, 2, 2]]
    )
    scores = torch.tensor([[0.9, 0.3], [0.8, 0.6], [0.1, 0.0], [0.0, 0.0]])
    found = choose(boxes, scores, (30, 30))
    assert found["labels"].tolist() == [0, 1, 0]
    torch.testing.assert_close(found["scores"], torch.tensor([0.9, 0.6, 0.1]))
    assert found["boxes"][2].tolist() == [0, 0, 30, 10]
    assert choose(boxes, scores * 0, (30, 30))["boxes"].shape == (0, 4)


# invariants

FEW = settings(deadline=None, max_examples=30)


@FEW
@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(1, 9))
def test_a_target_is_never_more_than_its_cells_and_objects(seed, rows, columns):
    target = target_of(seed, seed % 12)
    sizes = {"image_size": (64, 64), "grid_size": (rows, columns)}
    encoded = encode_cells(**target, **sizes, num_classes=3)
    held = int(encoded[..., 0].sum())
    assert held <= min(rows * columns, len(target["boxes"]))
    assert (held > 0) == (len(target["boxes"]) > 0)
    assert encoded[..., 5:].sum() == held
    assert ((encoded >= 0) & (encoded <= 1)).all()


@FEW
@given(st.integers(0, 10_000))
def test_a_decoded_centre_stays_in_its_cell(seed):
    codes = 20 * torch.randn(len(GRIDS.corners), 4, generator=generator(seed)).double()
    boxes = decode_offsets(codes, GRIDS)
    cells = (boxes[:, :2] + boxes[:, 2:]) / 2 / GRIDS.strides - GRIDS.corners
    assert ((cells >= -1e-6) & (cells <= 1 + 1e-6)).all()


# refusals

BOX, LABEL = torch.tensor([[0.0, 0.0, 8.0, 8.0]]), torch.tensor([0])
IMAGES = torch.zeros(1, 3, 96, 96)

REFUSALS = {
    "no width": (
        lambda: encode_cells(BOX * torch.tensor([0.0, 1, 0, 1]), LABEL, (9, 9)),
        "box 0 is [0.0, 0.0, 0.0, 8.0]; it needs x1 < x2 and y1 < y2",
    ),
    "nan": (
        lambda: encode_cells(BOX * math.nan, LABEL, (9, 9)),
        "box 0 is [nan, nan, nan, nan]; it needs x1 < x2 and y1 < y2",
    ),
    "infinite": (
        lambda: encode_cells(BOX / 0.0, LABEL, (9, 9)),
        "it needs x1 < x2 and y1 < y2",
    ),
    "five numbers": (
        lambda: encode_cells(torch.zeros(1, 5), LABEL, (9, 9)),
        "boxes have shape (1, 5); it must be (n, 4)",
    ),
    "label": (
        lambda: encode_cells(BOX, LABEL + 20, (9, 9)),
        "label 20 is none of the 20 classes: they are 0 to 19",
    ),
    "fewer labels": (
        lambda: encode_cells(BOX, LABEL[:0], (9, 9)),
        "there are 1 boxes and 0 labels; each box needs one",
    ),
    "centre": (
        lambda: cells_of(BOX + 9, (9, 9), (3, 3)),
        "box 0 has its centre at [13.0, 13.0], outside the image of 9x9 pixels",
    ),
    "no targets": (
        lambda: BUILDS["v3"]()(IMAGES),
        "targets is None; in training mode each image needs one",
    ),
    "fewer targets": (
        lambda: BUILDS["v1"]()(IMAGES, []),
        "there are 1 images and 0 targets; each image needs one",
    ),
    "size": (
        lambda: BUILDS["v2"]().eval()(torch.zeros(1, 3, 96, 100)),
        "the images have 96x100 pixels; both sides must be multiples of 32",
    ),
    "another size": (
        lambda: BUILDS["v1"]().eval()(torch.zeros(1, 3, 64, 96)),
        "the images have 64x96 pixels; the fully connected layers take 96x96 and nothing else",
    ),
    "odd map": (
        lambda: reorg(torch.zeros(1, 1, 3, 4)),
        "the map has 3x4 cells; both sides must be multiples of 2",
    ),
}  # fmt: skip


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_name_the_value_and_the_rule(case):
    call, message = REFUSALS[case]
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - the message is looked at
        call()
    assert message in str(refusal.value)


# the shipped weights


def test_the_shipped_weights_find_things():
    model = small.small_pretrained()
    assert not model.training
    data = scenes(40, split="test", seed=1)
    with torch.no_grad():
        found = model(data.images)
    # 40 of the 200 scenes by which the script judged it
    assert abs(mean_average_precision(found, data.targets) - small.PRECISION) < 0.1


def test_the_log_says_what_the_code_keeps():
    log = small.WEIGHTS.with_suffix(".log").read_text()
    runs = [float(v) for v in re.findall(r"v3   seed \d   mAP (\S+)", log)]
    assert len(runs) == 3
    assert sum(runs) / 3 == pytest.approx(small.PRECISION, abs=2e-4)
    assert log.rstrip().endswith(small.CHECKSUM)


def test_other_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    other = tmp_path / "small.safetensors"
    other.write_bytes(b"something else")
    monkeypatch.setattr(small, "WEIGHTS", other)
    with pytest.raises(ValueError, match=r"small\.safetensors is not the file"):
        small.small_pretrained()


def test_priors_are_sorted_by_area_and_fit_their_grids():
    for grids in (PRIORS_COCO, small.PRIORS):
        areas = [w * h for grid in grids for w, h in grid]
        assert areas == sorted(areas)
