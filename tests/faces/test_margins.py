"""Margins: by hand, against arc cosines in double precision, near the ends by differences."""

import math
import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.autograd import gradcheck
from torch.nn.functional import cosine_similarity, cross_entropy, one_hot

from dlcourse.data.portraits import portraits
from dlcourse.faces.margins import (
    ArcFace,
    CosFace,
    SphereFace,
    add_angle,
    annealed,
    arcface_logits,
    chebyshev,
    cosface_logits,
    cosines,
    least_scale,
    pair_angles,
    psi,
    sines,
    sphereface_logits,
    turned,
    with_target,
)
from dlcourse.faces.margins.additive import LARGEST
from dlcourse.faces.margins.pretrain import judged, learned
from dlcourse.faces.margins.small import HEADS as HEADS_OF_SMALL
from dlcourse.faces.margins.small import HeadLoss, embedder, embedder_pretrained
from dlcourse.training import fixed_seed, generator

EXACT = {"rtol": 1e-10, "atol": 1e-10}
HEADS = {"cosface": CosFace, "arcface": ArcFace, "sphereface": SphereFace}
SEEDS = pytest.mark.parametrize("seed", range(200))


class Drawn:
    """Embeddings, weights and labels from a seed; some classes are empty, some labels repeat."""

    def __init__(self, seed: int) -> None:
        self.source = generator(seed)
        b, d, k = self.pick(1, 7), self.pick(2, 9), self.pick(2, 8)
        self.x = 3 * self.normal(b, d)
        self.weight = self.normal(k, d)
        self.labels = torch.randint(k, (b,), generator=self.source)
        self.s = 1 + 63 * torch.rand(1, generator=self.source).item()
        # Whole numbers: some angles are 0, 90, 180 degrees, and some cosines are ties.
        if seed % 4 == 0:
            self.weight = self.weight.round() + torch.eye(d).repeat(k, 1)[:k].double()
            self.weight[self.weight.abs().sum(dim=1) == 0, 0] = 1
            self.weight[-1] = self.weight[0]

    def pick(self, low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (1,), generator=self.source))

    def normal(self, *shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=self.source, dtype=torch.float64)

    def leaves(self) -> tuple[torch.Tensor, torch.Tensor]:
        return self.x.clone().requires_grad_(), self.weight.clone().requires_grad_()


def by_angles(x, weight, labels, target, lengths):
    """Logits as the papers write them: arc cosines, and the right class by a mask of one_hot."""
    theta = torch.stack([cosine_similarity(x, row[None]) for row in weight], dim=1)
    theta = theta.clamp(-1 + 1e-15, 1 - 1e-15).acos()
    own = one_hot(labels, len(weight)).to(x)
    return lengths * (own * target(theta) + (1 - own) * theta.cos())


def arc_reference(theta, m, easy):
    if easy:
        return torch.where(theta < math.pi / 2, (theta + m).cos(), theta.cos())
    beyond = theta.cos() - m * math.sin(math.pi - m)
    return torch.where(theta + m < math.pi, (theta + m).cos(), beyond)


def psi_reference(theta, m):
    arc = (m * theta / math.pi).floor().clamp(0, m - 1)
    return (-1) ** arc * (m * theta).cos() - 2 * arc


def assert_same(ours, theirs, leaves):
    """Compare values and the gradients of a loss."""
    torch.testing.assert_close(ours, theirs, **EXACT)
    slopes = [
        torch.autograd.grad((logits / 30).sin().sum(), leaves)
        for logits in (ours, theirs)
    ]
    torch.testing.assert_close(*slopes, rtol=1e-8, atol=1e-8)


# by hand

RIGHT = torch.tensor([[1.0, 0.0]])  # along the first class, at 90 degrees to the second


def test_four_logits_by_hand():
    x, weight, labels = 2 * RIGHT, 5 * torch.eye(2), torch.tensor([1])
    cos = cosface_logits(x, weight, labels, s=10.0, m=0.25)
    assert cos.tolist() == [[10.0, -2.5]]
    arc = arcface_logits(x, weight, labels, s=10.0, m=math.pi / 6)  # cos 120 degrees
    torch.testing.assert_close(arc, torch.tensor([[10.0, -5.0]]))
    # psi(90 degrees), m = 4: the end of the second of four arcs, -1 - 2
    sphere = sphereface_logits(x, weight, labels, m=4)
    torch.testing.assert_close(sphere, torch.tensor([[2.0, -6.0]]))
    mixed = sphereface_logits(x, weight, labels, m=4, lam=2.0)  # (2 * 0 - 3) / 3
    torch.testing.assert_close(mixed, torch.tensor([[2.0, -2.0]]))


@pytest.mark.parametrize("m", range(7))
def test_multiples_of_an_angle(m):
    theta = torch.linspace(0, math.pi, 181, dtype=torch.float64)
    torch.testing.assert_close(chebyshev(theta.cos(), m), (m * theta).cos(), **EXACT)
    theirs = torch.special.chebyshev_polynomial_t(theta.cos(), m)
    torch.testing.assert_close(chebyshev(theta.cos(), m), theirs, **EXACT)


def test_the_polynomials_of_the_paper():
    c = torch.linspace(-1, 1, 21, dtype=torch.float64)
    for m, written in enumerate((c, 2 * c**2 - 1, 4 * c**3 - 3 * c)):
        torch.testing.assert_close(chebyshev(c, m + 1), written, **EXACT)
    torch.testing.assert_close(chebyshev(c, 4), 8 * c**4 - 8 * c**2 + 1, **EXACT)


def test_lambda_falls_to_its_least():
    values = [annealed(step) for step in range(5000)]
    assert values[0] == 1000
    assert values == sorted(values, reverse=True)
    assert values[-1] == 5
    assert annealed(3, base=8.0, gamma=1.0, power=0.5, least=0.0) == 4
    head = SphereFace(2, 3)
    x, labels = torch.randn(4, 2), torch.tensor([0, 1, 2, 2])
    for step in range(3):
        assert head.lam == annealed(step)
        head(x, labels)
    head.eval()(x, labels)
    head.train()(x)  # without labels nothing is learned
    assert int(head.step) == 3


# against arc cosines


@SEEDS
def test_cosface_equals_its_formula(seed):
    drawn = Drawn(seed)
    x, weight = leaves = drawn.leaves()
    m = seed % 5 / 10
    ours = cosface_logits(x, weight, drawn.labels, drawn.s, m)
    theirs = by_angles(x, weight, drawn.labels, lambda t: t.cos() - m, drawn.s)
    assert_same(ours, theirs, leaves)


@SEEDS
def test_arcface_equals_its_formula(seed):
    drawn = Drawn(seed)
    x, weight = leaves = drawn.leaves()
    m, easy = seed % 7 / 4, seed % 14 < 5
    ours = arcface_logits(x, weight, drawn.labels, drawn.s, m, easy)
    theirs = by_angles(
        x, weight, drawn.labels, lambda t: arc_reference(t, m, easy), drawn.s
    )
    assert_same(ours, theirs, leaves)


@SEEDS
def test_sphereface_equals_its_formula(seed):
    drawn = Drawn(seed)
    x, weight = leaves = drawn.leaves()
    m, lam = 1 + seed % 4, float(seed % 3)
    ours = sphereface_logits(x, weight, drawn.labels, m, lam)
    theirs = by_angles(
        x,
        weight,
        drawn.labels,
        lambda t: (lam * t.cos() + psi_reference(t, m)) / (1 + lam),
        x.norm(dim=1, keepdim=True),
    )
    assert_same(ours, theirs, leaves)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", ["cosface", "arcface", "easy", "sphereface"])
def test_gradients_are_slopes(name, seed):
    drawn = Drawn(4 * seed + 1)
    x, weight = drawn.leaves()
    forward = {
        "cosface": lambda a, b: cosface_logits(a, b, drawn.labels, 8.0),
        "arcface": lambda a, b: arcface_logits(a, b, drawn.labels, 8.0),
        "easy": lambda a, b: arcface_logits(a, b, drawn.labels, 8.0, 0.5, True),
        "sphereface": lambda a, b: sphereface_logits(a, b, drawn.labels, 4, 1.0),
    }[name]
    assert gradcheck(forward, (x, weight))


# near the ends, where the arc cosine has no slope


def at_angle(theta: float, dtype=torch.float64) -> tuple[torch.Tensor, torch.Tensor]:
    """Make a direction and another one at an angle to it, in three dimensions."""
    first = torch.tensor([[2.0, -1.0, 2.0]], dtype=torch.float64) / 3
    across = torch.tensor([[2.0, 2.0, -1.0]], dtype=torch.float64) / 3
    return first.to(dtype), (math.cos(theta) * first + math.sin(theta) * across).to(
        dtype
    )


SMALL = [0.0, 1e-9, 1e-6, 1e-4, 1e-2]


@pytest.mark.parametrize("theta", SMALL[2:] + [math.pi - t for t in SMALL[2:]])
def test_near_the_ends_the_gradient_equals_differences(theta):
    weight, x = at_angle(theta)
    x.requires_grad_()
    labels = torch.tensor([0])

    def target(step):
        moved = at_angle(theta + step)[1]
        return arcface_logits(moved, weight, labels, s=1.0)[0, 0].item()

    h = min(theta, math.pi - theta) / 100
    (slope,) = torch.autograd.grad(
        arcface_logits(x, weight, labels, s=1.0).sum(), x
    )  # along the circle
    along = at_angle(theta + math.pi / 2)[1]
    measured = (target(h) - target(-h)) / (2 * h)
    assert (slope * along).sum().item() == pytest.approx(measured, rel=1e-4, abs=1e-7)
    expected = -math.sin(theta + 0.5 if theta < 1 else theta)
    assert measured == pytest.approx(expected, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("theta", SMALL + [math.pi - t for t in SMALL])
@pytest.mark.parametrize("name", ["cosface", "arcface", "easy", "sphereface"])
def test_no_slope_is_steeper_than_its_bound(name, theta, dtype):
    weight, x = at_angle(theta, dtype)
    x, weight = x.requires_grad_(), weight.requires_grad_()
    labels = torch.tensor([0])
    logits, bound = {
        "cosface": (lambda: cosface_logits(x, weight, labels, 1.0), 1),
        "arcface": (lambda: arcface_logits(x, weight, labels, 1.0), 1),
        "easy": (lambda: arcface_logits(x, weight, labels, 1.0, 0.5, True), 1),
        # per radian at most m; along the length it is psi itself, down to 1 - 2 m
        "sphereface": (lambda: sphereface_logits(x, weight, labels, 4), 7),
    }[name]
    for slope in torch.autograd.grad(logits().sum(), (x, weight)):
        assert slope.isfinite().all()
        assert slope.norm() <= 1.001 * bound


def test_the_definition_is_endless_where_ours_is_not():
    cosine = torch.tensor([1 - 2**-24, 1.0], requires_grad=True)
    (slope,) = torch.autograd.grad(turned(cosine, 0.5).sum(), cosine)
    assert slope[0] > 1000  # the last number before 1
    assert cosine.acos().sum().backward() is None
    assert cosine.grad[1].isinf()
    weight, x = at_angle(0.0)
    x.requires_grad_()
    (slope,) = torch.autograd.grad(
        arcface_logits(x, weight, torch.tensor([0]), 1.0).sum(), x
    )
    assert slope.norm() < 1e-6


def test_small_angles_keep_their_digits():
    theta = 1e-5
    weight, x = (v.float() for v in at_angle(theta))
    assert sines(x, weight).item() == pytest.approx(theta, rel=0.02)
    by_root = (1 - cosines(x, weight)[0, 0] ** 2).clamp(min=0).sqrt().item()
    assert abs(by_root - theta) > 0.5 * theta


# invariants


@settings(deadline=None, max_examples=60)
@given(st.floats(0, 2.33), st.booleans())
def test_arcface_never_rewards_a_larger_angle(m, easy):
    m = min(m, 1.5) if easy else m
    theta = torch.linspace(0, math.pi, 2001, dtype=torch.float64)
    target = add_angle(theta.cos(), theta.sin(), m, easy)
    steps = target.diff()
    if easy:  # it jumps up where the margin ends, and falls on both sides
        steps = torch.cat([target[:1001].diff(), target[1001:].diff()])
    assert (steps <= 1e-9).all()
    assert (target <= theta.cos() + 1e-12).all()


def test_the_largest_margin_is_where_the_drop_turns():
    drop = [m * math.sin(m) - 1 + math.cos(m) for m in (LARGEST, LARGEST + 1e-4)]
    assert drop[0] > 0 > drop[1]


@pytest.mark.parametrize("m", range(1, 7))
def test_psi_falls_all_the_way_without_a_jump(m):
    theta = torch.linspace(0, math.pi, 20001, dtype=torch.float64)
    value = psi(theta.cos(), m)
    steps = value.diff()
    assert (steps <= 1e-12).all()
    assert steps.abs().max() <= m * math.pi / 20000 + 1e-9
    assert (value <= theta.cos() + 1e-12).all()
    torch.testing.assert_close(value[-1].item(), 1.0 - 2 * m)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.floats(0.01, 100), st.floats(0.01, 100))
def test_lengths_say_nothing(seed, longer, wider):
    drawn = Drawn(seed)
    x, weight, labels = drawn.x, drawn.weight, drawn.labels
    for logits in (cosface_logits, arcface_logits):
        same = logits(longer * x, wider * weight, labels)
        torch.testing.assert_close(same, logits(x, weight, labels))
    own = sphereface_logits(longer * x, wider * weight, labels)
    torch.testing.assert_close(own, longer * sphereface_logits(x, weight, labels))


@pytest.mark.parametrize("seed", range(30))
def test_only_the_right_class_pays(seed):
    drawn = Drawn(seed)
    x, weight, labels = drawn.x, drawn.weight, drawn.labels
    plain = drawn.s * cosines(x, weight)
    length = x.norm(dim=1, keepdim=True)
    own = one_hot(labels, len(weight)).bool()
    for logits, without in (
        (cosface_logits(x, weight, labels, drawn.s), plain),
        (arcface_logits(x, weight, labels, drawn.s), plain),
        (sphereface_logits(x, weight, labels), plain / drawn.s * length),
    ):
        torch.testing.assert_close(logits[~own], without[~own], **EXACT)
        assert (logits[own] <= without[own] + 1e-9).all()


@pytest.mark.parametrize("seed", range(20))
def test_without_a_margin_all_are_one(seed):
    drawn = Drawn(seed)
    x, weight, labels = drawn.x, drawn.weight, drawn.labels
    plain = 8 * cosines(x, weight)
    torch.testing.assert_close(cosface_logits(x, weight, labels, 8.0, 0.0), plain)
    torch.testing.assert_close(arcface_logits(x, weight, labels, 8.0, 0.0), plain)
    linear = x @ nn.functional.normalize(weight).T
    torch.testing.assert_close(sphereface_logits(x, weight, labels, 1), linear)


@pytest.mark.parametrize("k", [2, 3, 10, 1000])
@pytest.mark.parametrize("p", [0.5, 0.9, 0.999])
def test_the_least_scale_reaches_its_probability(k, p):
    centred = torch.eye(k, dtype=torch.float64) - 1 / k  # a simplex: cosines -1/(k-1)
    logits = least_scale(k, p) * cosines(centred, centred)
    assert logits[0].softmax(dim=0)[0].item() == pytest.approx(p)


def test_angles_of_pairs():
    x = torch.tensor([[1.0, 0.0], [0.0, 2.0], [-3.0, 0.0], [1.0, 1e-7]]).double()
    within, between = pair_angles(x, torch.tensor([0, 1, 1, 0]))
    torch.testing.assert_close(within.tolist(), [math.degrees(1e-7), 90.0])
    torch.testing.assert_close(
        between.tolist(), [90.0, 180.0, 90.0, 180.0], atol=1e-4, rtol=0
    )
    within, between = pair_angles(x[:1], torch.tensor([3]))
    assert len(within) == len(between) == 0


# the heads


@pytest.mark.parametrize("name", HEADS)
def test_heads_hold_what_a_linear_layer_holds(name):
    head, linear = HEADS[name](5, 7), nn.Linear(5, 7, bias=False)
    assert sum(p.numel() for p in head.parameters()) == 35
    head.load_state_dict(linear.state_dict(), strict=name != "sphereface")
    assert head.weight.equal(linear.weight)
    linear.load_state_dict({"weight": head.state_dict()["weight"]})
    again = HEADS[name](5, 7)
    again.load_state_dict(head.state_dict())
    x = torch.randn(3, 5)
    assert again(x).equal(head(x))
    torch.testing.assert_close(
        nn.functional.normalize(linear(x)), nn.functional.normalize(x @ head.weight.T)
    )


@pytest.mark.parametrize("name", HEADS)
def test_heads_learn_a_batch_and_reach_every_parameter(name):
    with fixed_seed(0):
        options = {"gamma": 1.0, "least": 0.5} if name == "sphereface" else {"s": 16.0}
        head, x = HEADS[name](4, 6, **options), nn.Parameter(torch.randn(12, 4))
    labels = torch.arange(12) % 5  # one class has no picture
    optimizer = torch.optim.Adam([x, *head.parameters()], lr=0.05)
    first = head(x).argmax(dim=1).eq(labels).double().mean()
    for _ in range(150):
        loss = cross_entropy(head(x, labels), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert head.weight.grad.abs().sum(dim=1).min() > 0
    assert x.grad.abs().sum(dim=1).min() > 0
    assert head(x).argmax(dim=1).equal(labels)
    assert first < 1
    within, between = pair_angles(x.detach(), labels)
    assert within.max() < between.min()


# five losses on generated people


def test_the_network_is_small_and_its_gradient_reaches_every_parameter():
    with fixed_seed(0):
        model, loss = embedder(), HeadLoss(HEADS_OF_SMALL["ArcFace"](32, 3))
    count = sum(p.numel() for p in model.parameters())
    convolutions = 25 * 3 * 8 + 9 * (8 * 16 + 16 * 32) + 2 * (8 + 16 + 32)
    assert count == convolutions + (512 + 1) * 32 + 2 * 32
    for side in (31, 32, 45):
        assert model(torch.rand(3, 3, side, side)).shape == (3, 32)
    loss(model(torch.rand(6, 3, 32, 32)), torch.arange(6) % 3).backward()
    before = {"0.fc.bias"}  # the mean is taken away after it
    for name, parameter in [*model.named_parameters(), *loss.named_parameters()]:
        assert parameter.grad.isfinite().all()
        assert (parameter.grad.abs().sum() > 1e-4) == (name not in before), name


def test_each_loss_learns_and_a_seed_repeats():
    data = portraits(16, 4)
    for name in HEADS_OF_SMALL:
        model = learned(data, name, 4, seed=0)
        assert not model.training
        accuracy, within, between = judged(model, data.images, data.identities)
        assert 0.4 < accuracy <= 1
        assert 0 < within < between < 180
    again = learned(data, name, 4, seed=0)
    assert judged(again, data.images, data.identities) == (accuracy, within, between)


@pytest.mark.parametrize("name", HEADS_OF_SMALL)
def test_the_shipped_weights_tell_new_people_apart(name):
    data = portraits(30, 6, split="test")
    model = embedder_pretrained(name)
    accuracy, within, between = judged(model, data.images, data.identities)
    assert accuracy > 0.85
    assert within + 25 < between


# what is refused

X, WEIGHT, LABELS = torch.ones(2, 3), torch.ones(4, 3), torch.tensor([0, 3])
HOLE = torch.tensor([[1.0, 2, 3], [0, 0, 0]])
REFUSED = {
    "row 1 of x has no direction": lambda: cosines(HOLE, WEIGHT),
    "row 0 of weight has no direction": lambda: cosines(X, HOLE.flip(0)),
    "row 1 of x has no direction: its numbers must be finite": lambda: sines(
        torch.tensor([[1.0], [math.nan]]), torch.ones(2, 1)
    ),
    "row 0 of x has no direction: its": lambda: pair_angles(X / 0, LABELS),
    "x has shape (3,) and holds torch.float32": lambda: cosines(X[0], WEIGHT),
    "weight has shape (4, 3) and holds torch.int64": lambda: cosines(X, WEIGHT.long()),
    "x has vectors of 2 entries and weight of 3": lambda: cosines(X[:, :2], WEIGHT),
    "labels run from 0 to 3; there are the classes 0 to 2": lambda: cosface_logits(
        X, WEIGHT[:3], LABELS
    ),
    "labels run from -1 to 2; there are the classes 0 to 3": lambda: arcface_logits(
        X, WEIGHT, LABELS - 1
    ),
    "labels have shape (1,); 2 samples need (2,)": lambda: sphereface_logits(
        X, WEIGHT, LABELS[:1]
    ),
    "s (0.0) must be above 0": lambda: cosface_logits(X, WEIGHT, LABELS, s=0.0),
    "s (nan) must be above 0": lambda: arcface_logits(X, WEIGHT, LABELS, s=math.nan),
    "m (-0.1) must be at least 0": lambda: cosface_logits(X, WEIGHT, LABELS, m=-0.1),
    "m (2.4) must be at least 0 and less than 2.3311": lambda: arcface_logits(
        X, WEIGHT, LABELS, m=2.4
    ),
    "m (1.6) must be at least 0 and less than 1.5708": lambda: arcface_logits(
        X, WEIGHT, LABELS, m=1.6, easy_margin=True
    ),
    "m (0) must be a whole number, at least 1": lambda: psi(X, 0),
    "m (1.5) must be a whole number, at least 0": lambda: chebyshev(X, 1.5),
    "lam (-1.0) must be at least 0 and finite": lambda: sphereface_logits(
        X, WEIGHT, LABELS, lam=-1.0
    ),
    "step (-1) must be at least 0": lambda: annealed(-1),
    "k (1) must be at least 2 classes": lambda: least_scale(1, 0.5),
    "p (1.0) must lie between 0 and 1": lambda: least_scale(2, 1.0),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("message", REFUSED)
def test_refusals(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        REFUSED[message]()


def test_arguments_stay_as_they_are():
    x, weight, labels = X.clone(), WEIGHT.clone(), LABELS.clone()
    with_target(x @ weight.T, labels, torch.zeros(2))
    for logits in (cosface_logits, arcface_logits, sphereface_logits):
        logits(x, weight, labels)
    assert x.equal(X)
    assert weight.equal(WEIGHT)
    assert labels.equal(LABELS)
