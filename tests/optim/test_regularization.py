"""Regularization: by hand, against torch, torchvision and scikit-learn, and what is refused."""

import re
from math import inf, log, nan

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils import class_weight as sklearn_weights
from torch import nn
from torch.distributions import Categorical, MixtureSameFamily

from dlcourse.optim.regularization import (
    Dropout,
    EarlyStopping,
    Ensemble,
    average_predictions,
    compute_class_weight,
    compute_sample_weight,
    cross_entropy,
    decay_groups,
    dropout,
    focal_loss,
    l1_penalty,
    l2_penalty,
    oversample,
    shift_priors,
    sigmoid_focal_loss,
    smooth_labels,
    undersample,
    weights_of,
)

EXACT = {"rtol": 1e-10, "atol": 1e-10}


def each_setting(test):
    """Run a test under 200 seeds, and name the one that failed."""

    def under_all() -> None:
        for seed in range(200):
            try:
                test(seed)
            except Exception as error:
                error.add_note(f"seed {seed}")
                raise

    under_all.__name__ = test.__name__
    return under_all


class Draw:
    """Random settings, repeated by a seed."""

    def __init__(self, seed: int) -> None:
        self.source = torch.Generator().manual_seed(seed)

    def integer(self, low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (), generator=self.source))

    def share(self) -> float:
        return torch.rand((), generator=self.source, dtype=torch.float64).item()

    def one_of(self, *options):
        return options[self.integer(0, len(options) - 1)]

    def tensor(self, *shape: int) -> torch.Tensor:
        """After a ReLU half the time, so that ties and zeros are among the values."""
        drawn = 3 * torch.randn(shape, generator=self.source, dtype=torch.float64)
        return self.one_of(drawn, drawn.relu())

    def labels(self, classes: int, *shape: int) -> torch.Tensor:
        return torch.randint(0, classes, shape, generator=self.source)


def assert_same(ours, theirs, *inputs: torch.Tensor) -> None:
    """Compare two functions in value, and in the gradient of a weighed sum of it."""
    found = []
    for function in (ours, theirs):
        leaves = [x.clone().requires_grad_() for x in inputs]
        value = function(*leaves)
        pull = torch.linspace(1, 2, value.numel(), dtype=value.dtype)
        slopes = torch.autograd.grad((value.flatten() * pull).sum(), leaves)
        found.append((value.detach(), *slopes))
    torch.testing.assert_close(*found, **EXACT)


# by hand


def test_the_slope_of_l2_is_the_weight_and_that_of_l1_its_sign():
    w = torch.tensor([3.0, -0.5], requires_grad=True)
    (square,) = torch.autograd.grad(l2_penalty([w], 0.1), w)
    (size,) = torch.autograd.grad(l1_penalty([w], 0.1), w)
    torch.testing.assert_close(square, torch.tensor([0.3, -0.05]))
    torch.testing.assert_close(size, torch.tensor([0.1, -0.1]))


def test_a_quarter_dropped_leaves_the_rest_a_third_larger():
    x = torch.full((4000,), 3.0)
    y = dropout(x, p=0.25, generator=torch.Generator().manual_seed(0))
    assert set(y.tolist()) == {0.0, 4.0}
    assert (y == 0).float().mean() == pytest.approx(0.25, abs=0.02)


def test_a_smoothed_label_by_hand():
    # p is 1/2 for both: H(q, p) and H(u, p) are log 2 each, and so is any mixture
    loss = cross_entropy(torch.zeros(1, 2), torch.tensor([0]), label_smoothing=0.3)
    assert loss.item() == pytest.approx(log(2))
    labels = smooth_labels(torch.tensor([2]), 4, 0.2)
    torch.testing.assert_close(labels, torch.tensor([[0.05, 0.05, 0.85, 0.05]]))


def test_a_focal_loss_by_hand():
    # p = 3/4 for a yes: 1/4 * (1/4)^2 * log 4/3; for a no: 3/4 * (3/4)^2 * log 4
    score = torch.tensor([3.0, 3.0]).log()
    losses = sigmoid_focal_loss(score, torch.tensor([1.0, 0.0]))
    wanted = [log(4 / 3) / 64, 27 / 64 * log(4)]
    torch.testing.assert_close(losses, torch.tensor(wanted))


# equal to torch, torchvision and scikit-learn


PENALTIES = {"l1": (l1_penalty, F.l1_loss, 1), "l2": (l2_penalty, F.mse_loss, 2)}


def assert_same_penalty(name: str, strength: float, weights: list) -> None:
    penalty, loss, parts = PENALTIES[name]

    def theirs(*weights):
        sums = (loss(w, torch.zeros_like(w), reduction="sum") for w in weights)
        return strength / parts * sum(sums)

    assert_same(lambda *w: penalty(w, strength), theirs, *weights)


@each_setting
def test_penalties_equal_torchs_losses_against_zero(seed):
    draw = Draw(seed)
    weights = [draw.tensor(draw.integer(1, 4), 2), draw.tensor(3), draw.tensor()]
    for name in PENALTIES:
        assert_same_penalty(name, draw.share(), weights)


@pytest.mark.parametrize("seed", range(20))
def test_a_step_with_the_penalty_is_a_step_with_weight_decay(seed):
    draw, found = Draw(seed), []
    x, decay = draw.tensor(5, 3), draw.share()
    for in_loss in (True, False):
        torch.manual_seed(seed)
        model = nn.Linear(3, 2).double()
        groups = decay_groups(model, 0.0 if in_loss else decay)
        optimizer = torch.optim.SGD(groups, lr=0.1, momentum=0.9)
        for _ in range(3):
            loss = model(x).square().mean()
            if in_loss:
                loss = loss + l2_penalty(weights_of(model), decay)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        found.append([p.detach() for p in model.parameters()])
    torch.testing.assert_close(*found, **EXACT)


@each_setting
def test_dropout_draws_the_mask_that_torch_draws(seed):
    draw = Draw(seed)
    x = draw.tensor(*(draw.integer(0, 4) for _ in range(draw.integer(0, 4))))
    p, training = draw.one_of(0.0, 1.0, draw.share()), draw.one_of(True, False)

    def seeded(function):
        def call(x):
            torch.manual_seed(seed)
            return function(x, p, training)

        return call

    assert_same(seeded(dropout), seeded(F.dropout), x)
    modules = [Dropout(p).train(training), nn.Dropout(p).train(training)]
    assert_same(*(seeded(lambda x, *_, m=module: m(x)) for module in modules), x)
    assert repr(modules[0]).startswith(f"Dropout(p={p}")


@each_setting
def test_cross_entropy_equals_torch(seed):
    draw = Draw(seed)
    classes, sides = draw.integer(1, 5), [draw.integer(1, 3)] * draw.integer(0, 2)
    scores = draw.tensor(draw.integer(1, 4), classes, *sides)
    target = draw.labels(classes, len(scores), *sides)
    options = {
        "weight": draw.one_of(None, draw.tensor(classes).abs() + 0.1),
        "reduction": draw.one_of("none", "sum", "mean"),
        "label_smoothing": draw.one_of(0.0, 1.0, draw.share()),
        "ignore_index": draw.one_of(-100, classes - 1 if classes > 1 else -100),
    }
    if options["ignore_index"] >= 0:
        target[0] = 0  # one is left to average
    assert_same(
        lambda x: cross_entropy(x, target, **options),
        lambda x: F.cross_entropy(x, target, **options),
        scores,
    )


@pytest.mark.parametrize("seed", range(40))
def test_smoothing_is_a_cross_entropy_with_smoothed_labels(seed):
    draw = Draw(seed)
    scores, share = draw.tensor(3, draw.integer(2, 6)), draw.share()
    classes = scores.shape[1]
    target = draw.labels(classes, 3)
    labels = (1 - share) * F.one_hot(target, classes).double() + share / classes
    torch.testing.assert_close(smooth_labels(target, classes, share), labels.float())
    assert_same(
        lambda x: cross_entropy(x, target, label_smoothing=share),
        lambda x: F.cross_entropy(x, labels),
        scores,
    )


@each_setting
def test_sigmoid_focal_loss_equals_torchvision(seed):
    from torchvision.ops import sigmoid_focal_loss as theirs

    draw = Draw(seed)
    scores = draw.tensor(*(draw.integer(1, 4) for _ in range(draw.integer(1, 3))))
    targets = draw.one_of(draw.labels(2, *scores.shape).double(), scores.sigmoid() / 2)
    options = {
        "alpha": draw.one_of(-1.0, 0.0, 0.25, draw.share()),
        "gamma": draw.one_of(0.0, 1.0, 2.0, 5 * draw.share()),
        "reduction": draw.one_of("none", "sum", "mean"),
    }
    assert_same(
        lambda x: sigmoid_focal_loss(x, targets, **options),
        lambda x: theirs(x, targets, **options),
        scores,
    )


@each_setting
def test_focal_loss_is_the_sigmoids_for_two_classes_and_cross_entropy_at_zero(seed):
    draw = Draw(seed)
    z, target = draw.tensor(draw.integer(1, 5)), draw.labels(2, 5)
    target, alpha, gamma = target[: len(z)], draw.share(), 4 * draw.share()
    weight = torch.tensor([1 - alpha, alpha], dtype=torch.float64)
    options = {"gamma": gamma, "reduction": "sum"}
    assert_same(
        lambda z: focal_loss(
            torch.stack([torch.zeros_like(z), z], dim=1), target, weight, **options
        ),
        lambda z: sigmoid_focal_loss(z, target.double(), alpha, **options),
        z,
    )
    scores, labels = draw.tensor(4, 3), draw.labels(3, 4)
    weight, reduction = draw.tensor(3).abs() + 0.1, draw.one_of("none", "sum", "mean")
    assert_same(
        lambda x: focal_loss(x, labels, weight, gamma=0.0, reduction=reduction),
        lambda x: F.cross_entropy(x, labels, weight, reduction=reduction),
        scores,
    )


@each_setting
def test_an_ensemble_is_torchs_mixture(seed):
    draw = Draw(seed)
    scores = draw.tensor(draw.integer(1, 4), draw.integer(1, 4), draw.integer(2, 5))

    def theirs(scores):
        members, _, classes = scores.shape
        mixture = MixtureSameFamily(
            Categorical(scores.new_ones(members)),
            Categorical(logits=scores.transpose(0, 1)),
        )
        return torch.stack(
            [mixture.log_prob(torch.tensor(k)) for k in range(classes)], dim=1
        )

    assert_same(average_predictions, theirs, scores)


@each_setting
def test_weights_equal_scikit_learn(seed):
    draw = Draw(seed)
    y = draw.labels(draw.integer(1, 5), draw.integer(1, 30)) * 3 - 1
    classes = y.unique()
    some = {int(label): draw.share() for label in classes[::2]}
    for rule in ("balanced", None, some):
        wanted = sklearn_weights.compute_sample_weight(rule, y.numpy())
        found = compute_sample_weight(rule, y)
        torch.testing.assert_close(found, torch.tensor(wanted), **EXACT)
    wanted = sklearn_weights.compute_class_weight(
        "balanced", classes=classes.numpy(), y=y.numpy()
    )
    found = compute_class_weight("balanced", classes=classes, y=y)
    torch.testing.assert_close(found, torch.tensor(np.asarray(wanted)), **EXACT)


# gradcheck, and scores at the ends of their range


def test_gradients_are_right_by_finite_differences():
    scores = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    target, weight = torch.tensor([0, 2, 1, 1]), torch.tensor([0.5, 1.0, 2.0]).double()
    options = {"weight": weight, "label_smoothing": 0.1}
    losses = [
        lambda x: cross_entropy(x, target, **options),
        lambda x: focal_loss(x, target, weight, gamma=1.5),
        lambda x: sigmoid_focal_loss(x, F.one_hot(target).double(), gamma=1.5),
        lambda x: average_predictions(x[None].expand(2, -1, -1) * 2),
        lambda x: l2_penalty([x], 0.3),
    ]
    assert all(torch.autograd.gradcheck(loss, scores) for loss in losses)


def test_huge_scores_overflow_nowhere():
    scores = torch.tensor([[1e4, -1e4], [-1e4, 1e4]])
    target = torch.tensor([0, 0])
    torch.testing.assert_close(
        cross_entropy(scores, target, reduction="none"), torch.tensor([0.0, 2e4])
    )
    assert focal_loss(scores, target).item() == 1e4
    yes = torch.tensor([1.0, 0.0])
    losses = sigmoid_focal_loss(scores[0], yes, alpha=-1.0)
    assert losses.tolist() == [0.0, 0.0]


def test_a_score_of_minus_infinity_does_not_spoil_the_others():
    scores = torch.tensor([[0.0, -inf, 0.0]], requires_grad=True)
    loss = cross_entropy(scores, torch.tensor([0]))
    loss.backward()
    assert loss.item() == pytest.approx(log(2))
    assert scores.grad.tolist() == [[-0.5, 0.0, 0.5]]


# what each remedy promises


@settings(deadline=None, max_examples=30)
@given(p=st.floats(0.05, 0.9), seed=st.integers(0, 2**31))
def test_the_mean_over_masks_is_the_input(p, seed):
    x = torch.full((20_000,), 2.0)
    y = dropout(x, p, generator=torch.Generator().manual_seed(seed))
    error = 2 * (p / (1 - p) / len(x)) ** 0.5  # of the mean
    assert abs(y.mean().item() - 2) < 6 * error


def test_dropout_repeats_by_its_generator_and_spares_the_global_source():
    x, before = torch.ones(50), torch.get_rng_state()
    first, again = (
        Dropout(generator=torch.Generator().manual_seed(4))(x) for _ in range(2)
    )
    assert torch.equal(first, again)
    assert torch.equal(torch.get_rng_state(), before)


def test_decay_spares_biases_and_the_scales_of_normalizations():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Linear(2, 3))
    decayed, spared = decay_groups(model, 0.1)
    assert [p.ndim for p in decayed["params"]] == [4, 2]
    assert [p.ndim for p in spared["params"]] == [1] * 4
    assert decayed["params"] == weights_of(model)
    torch.optim.SGD(decay_groups(model, 0.1), lr=0.1)


@settings(deadline=None, max_examples=60)
@given(
    losses=st.lists(st.integers(0, 6), min_size=1, max_size=30),
    patience=st.integers(1, 4),
)
def test_stopping_by_its_definition(losses, patience):
    stopping = EarlyStopping(patience)
    stops = [stopping.update(float(loss)) for loss in losses]
    for end, stop in enumerate(stops, start=1):
        lowest = losses.index(min(losses[:end]))
        assert stop == (end - 1 - lowest >= patience)
    assert stopping.best_at == losses.index(min(losses))
    assert stopping.best == min(losses)


def test_the_best_weights_come_back():
    model, stopping = nn.Linear(2, 1), EarlyStopping(patience=1)
    kept = model.weight.detach().clone()
    assert not stopping.update(0.5, model)
    with torch.no_grad():
        model.weight.add_(1)
    assert stopping.update(0.5, model)
    stopping.restore(model)
    assert torch.equal(model.weight, kept)


def test_a_gain_below_min_delta_is_none_and_nan_is_never_the_lowest():
    stopping = EarlyStopping(patience=2, min_delta=0.1)
    assert [stopping.update(loss) for loss in (1.0, 0.95, nan)] == [False, False, True]
    assert stopping.best_at == 0


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(-2, 3), min_size=1, max_size=30), st.integers(0, 99))
def test_resampled_classes_are_alike(labels, seed):
    y, source = torch.tensor(labels), torch.Generator().manual_seed(seed)
    counts = y.unique(return_counts=True)[1]
    more, fewer = oversample(y, generator=source), undersample(y, generator=source)
    assert set(range(len(y))) <= set(more.tolist())
    assert len(set(fewer.tolist())) == len(fewer)
    for chosen, size in ((more, counts.max()), (fewer, counts.min())):
        assert (y[chosen].unique(return_counts=True)[1] == size).all()


def test_balanced_weights_draw_all_classes_alike():
    y = torch.tensor([0] * 90 + [1] * 10)
    sampler = torch.utils.data.WeightedRandomSampler(
        compute_sample_weight("balanced", y),
        10_000,
        generator=torch.Generator().manual_seed(0),
    )
    drawn = y[list(sampler)]
    assert drawn.double().mean() == pytest.approx(0.5, abs=0.02)


def test_an_ensemble_of_one_says_what_its_member_says():
    member, x = nn.Linear(3, 4), torch.randn(5, 3)
    torch.testing.assert_close(Ensemble([member])(x), member(x).log_softmax(dim=1))
    assert len(list(Ensemble([member, nn.Linear(3, 4)]).parameters())) == 4


def test_shifted_priors_follow_bayes():
    scores, learned = torch.randn(6, 3), torch.tensor([0.7, 0.2, 0.1])
    wanted = torch.tensor([0.2, 0.2, 0.6])
    odds = scores.softmax(dim=1) * wanted / learned
    found = shift_priors(scores, learned, wanted).softmax(dim=1)
    torch.testing.assert_close(found, odds / odds.sum(dim=1, keepdim=True))
    counts = shift_priors(scores, 10 * learned).softmax(dim=1)
    torch.testing.assert_close(shift_priors(scores, learned).softmax(dim=1), counts)


def test_with_two_classes_the_threshold_moves_to_the_learned_share():
    p = torch.linspace(0.01, 0.99, 50)
    scores = torch.stack([1 - p, p], dim=1).log()
    answers = shift_priors(scores, torch.tensor([0.875, 0.125])).argmax(dim=1)
    assert torch.equal(answers, (p > 0.125).long())


# refusals

SCORES, LABELS = torch.zeros(2, 3), torch.tensor([0, 2])
REFUSED = {
    "strength (-1) must be at least 0": lambda: l1_penalty([SCORES], -1),
    "strength (nan) must be at least 0": lambda: l2_penalty([SCORES], nan),
    "weight_decay (-1) must": lambda: decay_groups(nn.Linear(1, 1), -1),
    "p (1.5) must lie from 0 to 1": lambda: dropout(SCORES, 1.5),
    "p (-0.1) must lie from 0 to 1": lambda: Dropout(-0.1),
    "patience (0) must be at least 1": lambda: EarlyStopping(0),
    "min_delta (-1) must be at least 0": lambda: EarlyStopping(1, -1),
    "label_smoothing (2) must lie from 0 to 1": lambda: cross_entropy(
        SCORES, LABELS, label_smoothing=2
    ),
    'reduction is "max"; say one of "none", "mean", "sum"': lambda: cross_entropy(
        SCORES, LABELS, reduction="max"
    ),
    "target 3 is none of the 3 classes, 0 to 2": lambda: cross_entropy(
        SCORES, LABELS + 1
    ),
    "target -1 is none of": lambda: smooth_labels(LABELS - 1, 3, 0.1),
    "gamma (-1) must be at least 0": lambda: focal_loss(SCORES, LABELS, gamma=-1),
    "alpha (-0.5) must lie from 0 to 1": lambda: sigmoid_focal_loss(
        SCORES, SCORES, alpha=-0.5
    ),
    "an ensemble needs at least 1 member, got 0": lambda: Ensemble([]),
    'class_weight is "even"; say "balanced", None': lambda: compute_sample_weight(
        "even", LABELS
    ),
    "class 1 has no sample": lambda: compute_class_weight(
        "balanced", classes=torch.arange(3), y=LABELS
    ),
    "learned holds 0; every share must be above 0": lambda: shift_priors(
        SCORES, torch.tensor([0.5, 0.5, 0.0])
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("message", REFUSED)
def test_it_says_what_it_refuses(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        REFUSED[message]()


def test_no_weights_are_restored_where_none_were_kept():
    with pytest.raises(RuntimeError, match="no weights were kept"):
        EarlyStopping(1).restore(nn.Linear(1, 1))
