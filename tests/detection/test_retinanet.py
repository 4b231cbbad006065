"""RetinaNet: by hand, against torchvision in value and gradient, and what it refuses."""

import math
import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.autograd import gradcheck
from torchvision.models.detection import RetinaNet as TheirRetinaNet
from torchvision.models.detection import retinanet_resnet50_fpn as theirs_50
from torchvision.models.detection._utils import Matcher
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import FeaturePyramidNetwork as TheirPyramid
from torchvision.ops import box_iou
from torchvision.ops import sigmoid_focal_loss as their_focal_loss
from torchvision.ops.feature_pyramid_network import LastLevelMaxPool as TheirMaxPool
from torchvision.ops.feature_pyramid_network import LastLevelP6P7 as TheirP6P7
from torchvision.ops.poolers import LevelMapper

from dlcourse.data.scenes import CLASSES, scenes
from dlcourse.detection._backbone import Backbone
from dlcourse.detection._ship import judged
from dlcourse.detection.precision import mean_average_precision
from dlcourse.detection.retinanet import (
    FeaturePyramidNetwork,
    LastLevelMaxPool,
    LastLevelP6P7,
    PyramidBackbone,
    RetinaNet,
    RetinaNetHead,
    anchors_of_levels,
    bases_of_levels,
    classification_loss,
    classification_targets,
    levels_of_boxes,
    loss_shares,
    match_anchors,
    merge,
    prior_bias,
    regression_loss,
    retinanet_resnet50_fpn,
    sigmoid_focal_loss,
    small,
    small_pretrained,
)
from dlcourse.detection.retinanet.compare import DETECTORS, seconds
from dlcourse.models.transfer import renamed
from dlcourse.training import fixed_seed

EXACT = {"rtol": 1e-10, "atol": 1e-10}
SEEDS = pytest.mark.parametrize("seed", range(200))


class Drawn:
    """Settings and numbers from a seed."""

    def __init__(self, seed: int) -> None:
        self.source = torch.Generator().manual_seed(seed)

    def pick(self, low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (1,), generator=self.source))

    def normal(self, *shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=self.source, dtype=torch.float64)

    def boxes(self, count: int, side: float = 128.0) -> torch.Tensor:
        """Boxes of at least 4 pixels inside of an image."""
        corner = torch.rand(count, 2, generator=self.source) * (side - 8)
        room = torch.rand(count, 2, generator=self.source) * (side - 4 - corner)
        return torch.cat([corner, corner + 4 + room], dim=1)


def gradients(y: torch.Tensor, inputs: list[torch.Tensor]) -> list[torch.Tensor]:
    """Slopes of a sum in which every number has a weight of its own."""
    slope = torch.sin(torch.arange(y.numel(), dtype=y.dtype)).view_as(y)
    return torch.autograd.grad(y, inputs, slope, retain_graph=True)


# the focal loss


def test_a_bias_for_one_in_a_hundred():
    bias = torch.tensor(prior_bias(0.01), dtype=torch.float64)
    torch.testing.assert_close(bias.sigmoid().item(), 0.01)
    assert prior_bias(0.5) == 0


def test_losses_of_three_anchors_by_hand():
    logits = torch.tensor([[0.0, 2.0], [-1.0, 0.0], [5.0, 5.0]], dtype=torch.float64)
    matched, labels = torch.tensor([0, -1, -2]), torch.tensor([1])

    def part(p_t: float, weight: float) -> float:
        return -weight * (1 - p_t) ** 2 * math.log(p_t)

    def sigmoid(z: float) -> float:
        return 1 / (1 + math.exp(-z))

    by_hand = part(0.5, 0.75) + part(sigmoid(2), 0.25)  # the object, its other class
    by_hand += part(1 - sigmoid(-1), 0.75) + part(0.5, 0.75)  # the background
    loss = classification_loss(logits, matched, labels)
    torch.testing.assert_close(loss.item(), by_hand, **EXACT)


def test_the_sum_is_divided_by_objects_and_not_by_anchors():
    source = Drawn(0)
    logits, labels = source.normal(50, 3), torch.tensor([0, 2])
    matched = torch.full((50,), -1)
    alone = classification_loss(logits, matched, labels)
    matched[:4] = torch.tensor([0, 0, 1, 1])
    targets = classification_targets(matched, labels, 3).double()
    whole = their_focal_loss(logits, targets, reduction="sum")
    torch.testing.assert_close(
        classification_loss(logits, matched, labels), whole / 4, **EXACT
    )
    whole = their_focal_loss(logits, torch.zeros_like(logits), reduction="sum")
    torch.testing.assert_close(alone, whole, **EXACT)


@SEEDS
def test_sigmoid_focal_loss_equals_torchvision(seed):
    source = Drawn(seed)
    shape = (source.pick(0, 7), source.pick(1, 5))
    # every third time scores far out, every other time whole ones that tie
    inputs = source.normal(*shape) * (100 if seed % 3 == 0 else 2)
    inputs = (inputs.round() if seed % 2 else inputs).requires_grad_()
    targets = (source.normal(*shape) > 0).double()
    options = {
        "alpha": (-1.0, 0.25, source.pick(0, 8) / 8)[seed % 3],
        "gamma": float(source.pick(1, 5)) if source.pick(0, 4) else 0.0,
        "reduction": ("none", "mean", "sum")[source.pick(0, 2)],
    }
    ours = sigmoid_focal_loss(inputs, targets, **options)
    theirs = their_focal_loss(inputs, targets, **options)
    torch.testing.assert_close(ours, theirs, equal_nan=True, **EXACT)
    torch.testing.assert_close(
        gradients(ours, [inputs]), gradients(theirs, [inputs]), equal_nan=True, **EXACT
    )


@pytest.mark.parametrize("gamma", [0.0, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("score", [-1e4, -100.0, 100.0, 1e4])
def test_the_loss_is_finite_far_out(score, gamma):
    inputs = torch.tensor([score, score], requires_grad=True)
    losses = sigmoid_focal_loss(inputs, torch.tensor([0.0, 1.0]), gamma=gamma)
    (slope,) = torch.autograd.grad(losses.sum(), inputs)
    assert losses.isfinite().all()
    assert slope.isfinite().all()
    wrong = int(
        score < 0
    )  # the answer that is wrong: its loss is |score|, times alpha_t
    alpha_t = (0.75, 0.25)[wrong]
    torch.testing.assert_close(losses[wrong].item(), alpha_t * abs(score))
    torch.testing.assert_close(losses[1 - wrong].item(), 0.0)


def test_the_logarithm_of_the_sigmoid_is_not():
    inputs = torch.tensor([100.0])
    assert -(1 - inputs.sigmoid()).log() == math.inf
    assert sigmoid_focal_loss(inputs, torch.zeros(1), alpha=-1.0).item() == 100


@settings(deadline=None, max_examples=60)
@given(
    st.floats(-8, 8), st.booleans(), st.floats(0, 5), st.floats(0, 5), st.floats(0, 1)
)
def test_a_larger_gamma_never_costs_more(score, yes, gamma, more, alpha):
    score = torch.tensor([score], dtype=torch.float64)
    target = torch.tensor([float(yes)], dtype=torch.float64)
    less = sigmoid_focal_loss(score, target, alpha, gamma + more)
    assert 0 <= less <= sigmoid_focal_loss(score, target, alpha, gamma) + 1e-12


def test_gradients_of_the_focal_loss_are_its_slopes():
    source = Drawn(3)
    inputs = source.normal(4, 3).requires_grad_()
    targets = (source.normal(4, 3) > 0).double()
    for gamma in (0.0, 0.5, 2.0):
        assert gradcheck(
            lambda x, g=gamma: sigmoid_focal_loss(x, targets, 0.25, g), inputs
        )


def test_shares_of_the_loss():
    inputs = torch.cat([torch.full((1000,), -3.0), torch.tensor([1.0, 0.0])]).double()
    targets = torch.zeros(1002, dtype=torch.float64)
    targets[-1] = 1
    cross = loss_shares(inputs, targets, alpha=-1.0, gamma=0.0)
    focal = loss_shares(inputs, targets, alpha=0.25, gamma=2.0)
    for shares in (cross, focal):
        torch.testing.assert_close(shares.sum().item(), 1.0)
    easy = 1000 * math.log1p(math.exp(-3))
    hard, one = math.log1p(math.exp(1)), math.log(2)
    by_hand = [part / (easy + hard + one) for part in (one, hard, easy)]
    torch.testing.assert_close(cross.tolist(), by_hand)
    assert focal[2] < cross[2]


# the pyramid


def test_the_top_down_path_by_hand():
    fpn = FeaturePyramidNetwork([1, 1, 1], 1)
    with torch.no_grad():
        for inner, layer in zip(fpn.inner_blocks, fpn.layer_blocks, strict=True):
            inner.weight.fill_(1)
            layer.weight.zero_()[..., 1, 1] = 1  # the cell itself
    maps = {f"c{i}": torch.full((1, 1, 8 >> i, 8 >> i), 10.0**i) for i in range(3)}
    levels = fpn(maps)
    assert [level.unique().tolist() for level in levels.values()] == [
        [111.0],
        [110.0],
        [100.0],
    ]
    assert merge(maps["c0"], maps["c2"]).unique().tolist() == [101.0]


def their_pyramid(channels: list[int], out: int, extra: int) -> nn.Module:
    blocks = (None, TheirMaxPool, lambda: TheirP6P7(channels[-1], out))[extra]
    return TheirPyramid(channels, out, blocks and blocks()).double()


def our_pyramid(channels: list[int], out: int, extra: int) -> nn.Module:
    blocks = (None, LastLevelMaxPool, lambda: LastLevelP6P7(channels[-1], out))[extra]
    return FeaturePyramidNetwork(channels, out, blocks and blocks()).double()


@SEEDS
def test_the_pyramid_equals_torchvision(seed):
    source = Drawn(seed)
    channels = [source.pick(1, 4) for _ in range(source.pick(1, 4))]
    out, extra = source.pick(1, 4), source.pick(0, 2)
    theirs, ours = (
        their_pyramid(channels, out, extra),
        our_pyramid(channels, out, extra),
    )
    theirs.load_state_dict(
        ours.state_dict()
    )  # their older names, which they still read
    ours.load_state_dict(renamed(theirs.state_dict(), ours))
    h, w = source.pick(1, 12), source.pick(1, 12)
    maps = {}
    for i, c in enumerate(channels):
        maps[str(i)] = source.normal(2, c, h, w).relu().requires_grad_()
        h, w = -(-h // 2), max(1, w // 2)  # odd sides, rounded up and down
    a, b = ours(maps), theirs(maps)
    assert list(a) == list(b)
    torch.testing.assert_close(list(a.values()), list(b.values()), **EXACT)
    sums = [sum((m.sin()).sum() for m in levels.values()) for levels in (a, b)]
    for own, other in (
        [torch.autograd.grad(s, [*maps.values()]) for s in sums],
        [
            torch.autograd.grad(s, [*net.parameters()])
            for s, net in zip(
                [
                    sum(m.sin().sum() for m in net(maps).values())
                    for net in (ours, theirs)
                ],
                (ours, theirs),
                strict=True,
            )
        ],
    ):
        torch.testing.assert_close(own, other, **EXACT)


# anchors and matching


@pytest.mark.parametrize("side", [128, 256])
def test_whole_anchors_equal_torchvision(side):
    sizes = tuple(
        (x, int(x * 2 ** (1 / 3)), int(x * 2 ** (2 / 3)))
        for x in (32, 64, 128, 256, 512)
    )
    generator = AnchorGenerator(sizes, ((0.5, 1.0, 2.0),) * 5)
    images = torch.zeros(1, 3, side, side)
    cells = [side // stride for stride in (8, 16, 32, 64, 128)]
    maps = [torch.zeros(1, 1, n, n) for n in cells]
    theirs = generator(ImageList(images, [(side, side)]), maps)[0]
    ours = anchors_of_levels(
        [(n, n) for n in cells],
        (8, 16, 32, 64, 128),
        bases_of_levels(whole=True),
        offset=0.0,
    )
    torch.testing.assert_close(torch.cat(ours), theirs)


def test_anchors_of_the_paper():
    bases = bases_of_levels()
    area = [(b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1]) for b in bases]
    for side, level in zip((32, 64, 128, 256, 512), area, strict=True):
        sizes = torch.tensor([side * 2 ** (i / 3) for i in range(3)]).repeat(3)
        torch.testing.assert_close(level, sizes**2)
    assert (
        round(area[-1].max().sqrt().item()) == 813
    )  # the largest that the paper names


@SEEDS
def test_levels_of_boxes_equal_torchvision(seed):
    boxes = Drawn(seed).boxes(40, side=900.0)
    if seed % 2:  # sides on which two levels meet
        boxes[:20, :2] = 0
        boxes[:20, 2:] = 7 * 2.0 ** torch.arange(20)[:, None].remainder(9)
    theirs = LevelMapper(2, 5)([boxes]) + 2
    assert levels_of_boxes(boxes).equal(theirs)


@pytest.mark.parametrize("seed", range(50))
def test_matching_equals_torchvision(seed):
    source = Drawn(seed)
    boxes, anchors = source.boxes(source.pick(1, 4)), source.boxes(60)
    for low_quality in (True, False):
        theirs = Matcher(0.5, 0.4, low_quality)(box_iou(boxes, anchors))
        assert match_anchors(boxes, anchors, 0.5, 0.4, low_quality).equal(theirs)


def test_between_the_thresholds_an_anchor_costs_nothing():
    anchors = torch.tensor([[0.0, 0, 8, 8], [0, 0, 8, 3.5]])
    matched = match_anchors(torch.tensor([[0.0, 0, 8, 8]]), anchors)
    assert matched.tolist() == [0, -2]
    labels = torch.tensor([0])
    quiet, loud = torch.zeros(2, 1), torch.tensor([[0.0], [9.0]])
    assert classification_loss(quiet, matched, labels) == classification_loss(
        loud, matched, labels
    )


# the head


def test_heads_equal_torchvision():
    theirs = TheirRetinaNet(_NoBackbone(), num_classes=4, anchor_generator=_nine()).head
    ours = RetinaNetHead(8, 9, 4)
    ours.load_state_dict(renamed(theirs.state_dict(), ours))
    maps = [torch.randn(2, 8, side, side + 1) for side in (5, 3)]
    answers = theirs(maps)
    logits, codes = zip(*map(ours, maps), strict=True)
    torch.testing.assert_close(torch.cat(logits, 1), answers["cls_logits"])
    torch.testing.assert_close(torch.cat(codes, 1), answers["bbox_regression"])


class _NoBackbone(nn.Module):
    out_channels = 8


def _nine() -> AnchorGenerator:
    return AnchorGenerator(((8, 10, 12),) * 5, ((0.5, 1.0, 2.0),) * 5)


def test_the_head_starts_at_the_prior_and_at_the_anchors():
    head = RetinaNetHead(16, 9, 5, prior_probability=0.01)
    logits, codes = head(torch.randn(2, 16, 6, 6))
    torch.testing.assert_close(
        logits.sigmoid(), torch.full_like(logits, 0.01), rtol=0, atol=1e-3
    )
    assert codes.abs().max() < 0.05


# the whole detector


def drawn_targets(source: Drawn, images: int, classes: int) -> list[dict]:
    counts = [source.pick(1, 3) for _ in range(images - 1)] + [0]
    return [
        {
            "boxes": source.boxes(n).double(),
            "labels": torch.randint(classes, (n,), generator=source.source),
        }
        for n in counts
    ]


class Body(nn.Module):
    """Five maps by striding: enough of a network for heads to be compared on."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(3, 8, 3, padding=1) for _ in range(5))
        self.out_channels = 8

    def forward(self, x):
        return {
            str(i): conv(x[..., :: 8 << i, :: 8 << i])
            for i, conv in enumerate(self.convs)
        }


@pytest.fixture(scope="module")
def both():
    """The same detector by torchvision and by us, on 128 pixels, with scores that spread."""
    sizes = tuple(
        (x, int(x * 2 ** (1 / 3)), int(x * 2 ** (2 / 3)))
        for x in (16, 32, 64, 128, 256)
    )
    options = {"image_mean": [0.0] * 3, "image_std": [1.0] * 3, "topk_candidates": 40}
    with fixed_seed(0):
        theirs = TheirRetinaNet(
            Body(),
            num_classes=4,
            min_size=128,
            max_size=128,
            anchor_generator=AnchorGenerator(sizes, ((0.5, 1.0, 2.0),) * 5),
            **options,
        ).double()
        with torch.no_grad():  # small weights would give all anchors the same score
            for parameter in theirs.head.parameters():
                parameter.mul_(12)
            theirs.head.classification_head.cls_logits.bias.fill_(-2)
    ours = RetinaNet(
        Body(),
        4,
        bases=bases_of_levels((16, 32, 64, 128, 256), whole=True),
        offset=0.0,
        topk_candidates=40,
    ).double()
    ours.load_state_dict(renamed(theirs.state_dict(), ours))
    return ours, theirs


@pytest.mark.parametrize("seed", range(10))
def test_losses_and_gradients_equal_torchvision(both, seed):
    ours, theirs = (model.train() for model in both)
    source = Drawn(seed)
    images = torch.rand(3, 3, 128, 128, generator=source.source, dtype=torch.float64)
    targets = drawn_targets(source, 3, 4)
    a, b = ours(images, targets), theirs(list(images), targets)
    assert list(a) == list(b)
    torch.testing.assert_close(a, b, **EXACT)
    torch.testing.assert_close(
        torch.autograd.grad(sum(a.values()), list(ours.parameters())),
        torch.autograd.grad(sum(b.values()), list(theirs.parameters())),
        **EXACT,
    )


@pytest.mark.parametrize("seed", range(10))
def test_detections_equal_torchvision(both, seed):
    ours, theirs = (model.eval() for model in both)
    source = Drawn(seed)
    images = torch.rand(2, 3, 128, 128, generator=source.source, dtype=torch.float64)
    with torch.no_grad():
        for a, b in zip(ours(images), theirs(list(images)), strict=True):
            assert len(a["boxes"]) > 20
            torch.testing.assert_close(
                a, {name: b[name] for name in a}, rtol=1e-6, atol=1e-6
            )


def test_as_many_parameters_as_torchvision():
    with torch.device("meta"):
        ours = retinanet_resnet50_fpn(num_classes=21)
        theirs = theirs_50(weights=None, weights_backbone=None, num_classes=21)
    shapes = [
        sorted(tuple(p.shape) for p in model.parameters()) for model in (ours, theirs)
    ]
    assert shapes[0] == shapes[1]


def test_the_levels_of_an_image_of_the_paper():
    with torch.device("meta"):
        model = retinanet_resnet50_fpn()
        levels = model.backbone(torch.empty(1, 3, 256, 320))
        shapes = [tuple(level.shape[1:]) for level in levels.values()]
    cells = [(32, 40), (16, 20), (8, 10), (4, 5), (2, 3)]
    assert shapes == [(256, *size) for size in cells]


def test_the_gradient_reaches_every_parameter_and_empty_images_do_not_hurt():
    data = scenes(2, objects=(1, 2))
    with fixed_seed(0):
        model = small().train()
    sum(model(data.images, data.targets).values()).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name
    nothing = {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.long)}
    losses = model(data.images, [nothing, nothing])
    assert losses["bbox_regression"] == 0
    assert losses["classification"].isfinite()


def test_one_image_is_learned_by_heart():
    data = scenes(1, objects=(3, 3), seed=4)
    with fixed_seed(0):
        model = small(Backbone(8)).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(120):
        loss = sum(model(data.images, data.targets).values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    # statistics of one image say little about it by itself, so they are taken from it
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = 1.0
    with torch.no_grad():
        model(data.images, data.targets)
        found = model.eval()(data.images)
    assert mean_average_precision(found, data.targets) >= 0.95
    scores = found[0]["scores"]
    assert (scores[:-1] >= scores[1:]).all()


def test_levels_have_their_names_and_labels_their_range():
    body = PyramidBackbone(
        lambda x: (x, x[..., ::2, ::2]), FeaturePyramidNetwork([3, 3], 4), 4
    )
    assert list(body(torch.zeros(1, 3, 8, 8))) == ["0", "1"]
    model = small(score_thresh=0.0).eval()
    with torch.no_grad():
        (found,) = model(torch.rand(1, 3, 64, 96))
    assert set(found["labels"].tolist()) <= set(range(len(CLASSES)))
    assert (found["boxes"].amax(dim=0) <= torch.tensor([96, 64, 96, 64])).all()


def test_the_shipped_weights_detect():
    assert judged(small_pretrained(), scenes(30, split="test", seed=1)) > 0.7


def test_time_is_told_for_each_detector():
    assert list(DETECTORS)[-1] == "RetinaNet"
    assert seconds(nn.Identity(), torch.zeros(3, 3, 8, 8)) < 0.1


# what is refused

IMAGES = torch.zeros(1, 3, 64, 64)
FLAT = {"boxes": torch.tensor([[4.0, 4, 4, 9]]), "labels": torch.tensor([0])}

REFUSED = {
    "prior (0) must lie between 0 and 1, without the ends": lambda: prior_bias(0),
    "prior (1) must lie between 0 and 1, without the ends": lambda: prior_bias(1),
    "gamma (-1) must be at least 0": lambda: sigmoid_focal_loss(
        torch.zeros(1), torch.zeros(1), gamma=-1
    ),
    "the pyramid is built for 2 maps and got 1": lambda: FeaturePyramidNetwork(
        [1, 1], 1
    )({"c3": torch.zeros(1, 1, 2, 2)}),
    "training needs one target an image: 1 images, none targets": lambda: small()(
        IMAGES
    ),
    "training needs one target an image: 1 images, 0 targets": lambda: small()(
        IMAGES, []
    ),
    "box [4.0, 4.0, 4.0, 9.0] of target 0 has no height or width": lambda: small()(
        IMAGES, [FLAT]
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("message", REFUSED)
def test_refusals(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        REFUSED[message]()


def test_boxes_without_an_object_cost_nothing():
    codes, anchors = torch.ones(3, 4), Drawn(0).boxes(3)
    loss = regression_loss(
        codes, anchors, torch.tensor([-1, -2, -1]), torch.zeros(0, 4)
    )
    assert loss == 0
