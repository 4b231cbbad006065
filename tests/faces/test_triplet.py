"""Triplet: by hand, against torch, SciPy and plain loops, gradients, refusals, the weights."""

import math
from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from torch.autograd import gradcheck
from torch.nn import TripletMarginLoss, TripletMarginWithDistanceLoss

from dlcourse.data.portraits import portraits
from dlcourse.faces._embedding import Embedding
from dlcourse.faces._fit import embedded, fit, verification_accuracy
from dlcourse.faces.triplet import (
    active_triplets,
    all_triplets,
    embedding_pretrained,
    hard_triplets,
    mined_triplet_loss,
    random_triplets,
    semi_hard_triplets,
    squared_distances,
    squared_distances_by_product,
    triplet_loss,
)
from dlcourse.faces.triplet.small import ACCURACY, CHECKSUM, WEIGHTS, held_out_people
from dlcourse.training import fixed_seed, generator

MINERS = (
    active_triplets,
    hard_triplets,
    semi_hard_triplets,
    partial(random_triplets, generator=generator(0)),
)
IDENTITIES = torch.tensor([0, 0, 0, 1, 1])
LINE = torch.tensor([[0.0], [1.0], [3.0], [4.0], [9.0]])


def drawn(seed, count=3):
    """Draw that many lists of embeddings; every other seed has whole entries, so that many tie."""
    source = generator(seed)
    shape = [int(torch.randint(1, 8, (1,), generator=source)) for _ in range(2)]
    lists = [
        torch.randn(shape, generator=source, dtype=torch.float64) for _ in range(count)
    ]
    return [x.round() if seed % 2 else x for x in lists]


def a_batch(seed):
    """Draw a batch: people with one to four pictures, ties in every other one."""
    source = generator(seed)
    counts = torch.randint(1, 5, (int(torch.randint(1, 6, (1,), generator=source)),))
    identities = torch.arange(len(counts)).repeat_interleave(counts)
    identities = identities[torch.randperm(len(identities), generator=source)]
    x = torch.randn(len(identities), 3, generator=source, dtype=torch.float64)
    return (x.round() if seed % 2 else x), identities


def slopes(loss, tensors):
    leaves = [x.clone().requires_grad_() for x in tensors]
    value = loss(*leaves)
    return value, torch.autograd.grad(value, leaves)


# by hand


def test_three_triplets_on_a_line():
    """One is right by far, one within the margin, one the wrong way round."""
    a, p, n = (
        torch.tensor(x)[:, None] for x in ([0.0] * 3, [1.0, 1, 2], [3.0, 1.5, 1])
    )
    # 1 - 9 + 2 < 0; 1 - 2.25 + 2 = 0.75; 4 - 1 + 2 = 5
    assert triplet_loss(a, p, n, margin=2).item() == pytest.approx(5.75 / 3)
    # 1 - 3 + 2 = 0; 1 - 1.5 + 2 = 1.5; 2 - 1 + 2 = 3
    assert triplet_loss(a, p, n, margin=2, squared=False).item() == pytest.approx(1.5)


def test_easy_triplets_are_left_out_of_the_mean():
    x, who = torch.tensor([[0.0], [2.0], [3.0], [90.0]]), torch.tensor([0, 0, 1, 1])
    # From 0: 4 - 9 < 0. From 2: 4 - 1 = 3. From 3: 7569 - 9 and 7569 - 1. From 90: easy.
    losses = [3 + 0.5, 7569 - 9 + 0.5, 7569 - 1 + 0.5]
    # From 90: 7569 - 8100 and 7569 - 7744, both easy.
    found = mined_triplet_loss(x, who, 0.5, active_triplets)
    assert found.item() == pytest.approx(sum(losses) / 3)


def test_a_batch_of_p_people_with_k_pictures():
    found = all_triplets(torch.arange(5).repeat_interleave(3))
    assert len(found.anchor) == 15 * 2 * 12


def test_the_hardest_and_the_nearest_beyond_the_positive():
    distances = squared_distances(LINE, LINE)
    hard = hard_triplets(distances, IDENTITIES, 1.0)
    assert [t.tolist() for t in hard] == [[2, 3], [0, 4], [3, 2]]
    # Only from 3 to 1 is there a negative further off, 36 against 4, and within 40.
    semi = semi_hard_triplets(distances, IDENTITIES, 40.0)
    assert (2, 1, 4) in zip(*(t.tolist() for t in semi), strict=True)
    assert (2, 1, 3) not in zip(*(t.tolist() for t in semi), strict=True)


# against other programs


@pytest.mark.parametrize("start", range(0, 200, 50))
@pytest.mark.parametrize("squared", [True, False])
def test_equals_torch_in_value_and_gradient(start, squared):
    for seed in range(start, start + 50):
        tensors = drawn(seed)
        margin = (0.2, 1.0, 0.5, 3.0)[seed % 4]  # torch's has to be above 0
        theirs = (
            TripletMarginWithDistanceLoss(
                distance_function=lambda x, y: ((x - y) ** 2).sum(1), margin=margin
            )
            if squared
            else TripletMarginLoss(margin=margin, eps=0.0)
        )
        mine = partial(triplet_loss, margin=margin, squared=squared)
        torch.testing.assert_close(
            slopes(mine, tensors), slopes(theirs, tensors), atol=1e-10, rtol=1e-10
        )


def test_torch_adds_a_millionth_to_every_difference():
    for seed in range(50):
        tensors = drawn(2 * seed)
        theirs = TripletMarginLoss(margin=1.0)(*tensors)
        mine = triplet_loss(*tensors, margin=1.0, squared=False)
        torch.testing.assert_close(mine, theirs, atol=1e-5, rtol=0)


def test_distances_equal_scipy():
    for seed in range(200):
        x, y = drawn(seed, 2)
        y = torch.cat([y, x[:1]])  # one that is in both
        wanted = torch.from_numpy(cdist(x, y, "sqeuclidean"))
        for distances in (squared_distances, squared_distances_by_product):
            torch.testing.assert_close(distances(x, y), wanted)


def test_both_distances_have_the_same_slopes():
    for seed in range(0, 100, 2):
        pair = drawn(seed, 2)
        one, other = (
            slopes(lambda x, y, f=f: f(x, y).sin().sum(), pair)
            for f in (squared_distances, squared_distances_by_product)
        )
        torch.testing.assert_close(one, other)


def looped(distances, identities, margin):
    """List the triplets that cost something, for each pair of anchor and positive."""
    who, by = identities.tolist(), distances.tolist()
    found = {}
    for a in range(len(who)):
        for p in range(len(who)):
            if a != p and who[a] == who[p]:
                found[a, p] = [n for n in range(len(who)) if who[n] != who[a]]
    return by, found


def looped_active(distances, identities, margin):
    by, found = looped(distances, identities, margin)
    return [
        (a, p, n)
        for (a, p), others in found.items()
        for n in others
        if by[a][p] - by[a][n] + margin > 0
    ]


def looped_hard(distances, identities, margin):
    by, found = looped(distances, identities, margin)
    chosen = []
    for a in range(len(by)):
        own = [p for (b, p), others in found.items() if b == a and others]
        if own:
            p = max(own, key=lambda place: by[a][place])
            n = min(found[a, p], key=lambda place: by[a][place])
            if by[a][p] - by[a][n] + margin > 0:
                chosen.append((a, p, n))
    return chosen


def looped_semi_hard(distances, identities, margin):
    by, found = looped(distances, identities, margin)
    chosen = []
    for (a, p), others in found.items():
        between = [n for n in others if by[a][p] < by[a][n] < by[a][p] + margin]
        if between:
            chosen.append((a, p, min(between, key=lambda place: by[a][place])))
    return chosen


@pytest.mark.parametrize(
    ("mine", "loop"),
    [
        (active_triplets, looped_active),
        (hard_triplets, looped_hard),
        (semi_hard_triplets, looped_semi_hard),
    ],
)
def test_mining_equals_its_loop(mine, loop):
    for seed in range(200):
        x, identities = a_batch(seed)
        distances, margin = squared_distances(x, x), (0.2, 1.0, 5.0, 0.0)[seed % 4]
        found = mine(distances, identities, margin)
        wanted = loop(distances, identities, margin)
        assert list(zip(*(t.tolist() for t in found), strict=True)) == wanted, seed


def test_a_random_negative_for_every_pair():
    seen = set()
    for seed in range(40):
        distances = squared_distances(LINE, LINE)
        found = random_triplets(distances, IDENTITIES, 1e6, generator(seed))
        assert (IDENTITIES[found.anchor] == IDENTITIES[found.positive]).all()
        assert (IDENTITIES[found.anchor] != IDENTITIES[found.negative]).all()
        assert len(found.anchor) == 3 * 2 + 2  # every pair, since none is easy
        seen |= set(zip(*(t.tolist() for t in found), strict=True))
    assert len(seen) == len(all_triplets(IDENTITIES).anchor)


def test_the_mined_loss_is_the_loss_of_what_was_mined():
    for seed in range(100):
        x, identities = a_batch(seed)
        for mine in (active_triplets, hard_triplets, semi_hard_triplets):
            found = mine(squared_distances(x, x), identities, 0.7)
            if not len(found.anchor):
                continue
            torch.testing.assert_close(
                slopes(
                    lambda e, i=identities, m=mine: mined_triplet_loss(e, i, 0.7, m),
                    [x],
                ),
                slopes(lambda e, f=found: triplet_loss(*(e[t] for t in f), 0.7), [x]),
            )


# gradients


@pytest.mark.parametrize("squared", [True, False])
def test_the_slopes_are_those_of_small_steps(squared):
    leaves = [x.requires_grad_() for x in drawn(4)]
    assert gradcheck(partial(triplet_loss, margin=0.3, squared=squared), leaves)


def test_the_slopes_of_distances_and_of_a_mined_loss():
    x = drawn(6, 1)[0].requires_grad_()
    assert gradcheck(squared_distances, (x, x.detach() + 1))
    assert gradcheck(squared_distances_by_product, (x, x.detach() + 1))
    x, identities = a_batch(8)
    for mine in (active_triplets, hard_triplets, semi_hard_triplets):
        loss = partial(mined_triplet_loss, identities=identities, margin=0.7, mine=mine)
        assert gradcheck(loss, (x.requires_grad_(),))


def test_slopes_stay_finite_where_pictures_are_the_same():
    x = torch.zeros(5, 3)
    for mine in MINERS:
        _, (slope,) = slopes(
            lambda e, m=mine: mined_triplet_loss(e, IDENTITIES, 0.2, m), [x]
        )
        assert slope.eq(0).all()
    _, found = slopes(partial(triplet_loss, squared=False), [x, x, x])
    assert all(slope.eq(0).all() for slope in found)


# the weights


def test_the_shipped_weights_tell_people_apart_as_their_log_says():
    test = held_out_people()
    found = embedded(embedding_pretrained(), test.images)
    accuracy = verification_accuracy(found, test.identities)
    assert accuracy == pytest.approx(ACCURACY, abs=2e-3)
    assert (
        accuracy > verification_accuracy(test.images.flatten(1), test.identities) + 0.3
    )


def test_the_log_holds_what_the_chapter_claims():
    rows = [row.split() for row in WEIGHTS.with_suffix(".log").read_text().splitlines()]
    shipped = [float(row[5]) for row in rows if row[0] == "shipped"]
    assert len(shipped) == 5
    assert min(shipped) > 0.97
    assert shipped[0] == ACCURACY
    short = {(row[1], row[3]): float(row[5]) for row in rows if row[0] == "short"}
    for seed in "012":
        assert short["semi-hard", seed] > short["random", seed] + 0.01
    assert rows[-1] == ["checksum", CHECKSUM]


def test_one_batch_is_learned(as_in_use):
    crowd = portraits(6, 4)
    with fixed_seed(0):
        model = Embedding(width=4)
    batches = {"people": 6, "pictures": 4, "generator": generator(0)}
    history = fit(model, mined_triplet_loss, *crowd[:2], 60, lr=1e-2, **batches)
    assert history[-1] < 0.02 < 0.1 < history[0]


# what always holds


def test_equal_embeddings_cost_the_margin():
    x = torch.ones(5, 3)
    for mine in (active_triplets, hard_triplets):
        assert mined_triplet_loss(x, IDENTITIES, 0.25, mine).item() == 0.25
    # Beyond the positive lies nothing, so semi-hard mining is silent.
    assert mined_triplet_loss(x, IDENTITIES, 0.25, semi_hard_triplets).item() == 0


@pytest.mark.parametrize("mine", MINERS)
def test_a_batch_without_triplets_costs_nothing_and_moves_nothing(mine):
    for identities in (torch.zeros(4, dtype=torch.int64), torch.arange(4)):
        value, (slope,) = slopes(
            lambda e, i=identities: mined_triplet_loss(e, i, 0.2, mine),
            [torch.randn(4, 2)],
        )
        assert value.item() == 0
        assert slope.eq(0).all()


def test_far_from_zero_the_product_loses_digits_and_never_turns_negative():
    x = torch.rand(50, 8) / 1000 + torch.tensor([1.0, -1.0]).repeat(25)[:, None]
    exact = squared_distances(x.double(), x.double())
    assert squared_distances(x, x).diagonal().eq(0).all()
    near = exact < 1
    error = [
        (f(x, x) - exact)[near].abs().max().item()
        for f in (squared_distances, squared_distances_by_product)
    ]
    assert error[0] < 1e-9
    assert error[1] > 1e-7
    assert (squared_distances_by_product(x, x) >= 0).all()


seeds = st.integers(0, 10**6)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_a_choice_is_part_of_all_that_cost_something(seed):
    x, identities = a_batch(seed)
    distances = squared_distances(x, x)
    costly = set(looped_active(distances, identities, 0.8))
    for mine in MINERS:
        found = mine(distances, identities, 0.8)
        chosen = list(zip(*(t.tolist() for t in found), strict=True))
        assert len(chosen) == len(set(chosen))
        assert set(chosen) <= costly


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_turning_and_moving_the_embeddings_changes_nothing(seed):
    x, identities = a_batch(2 * seed)  # without ties, which rounding would break
    turn = torch.linalg.qr(torch.randn(3, 3, dtype=torch.float64)).Q
    for mine in (active_triplets, hard_triplets, semi_hard_triplets):
        values = [
            mined_triplet_loss(e, identities, 0.7, mine) for e in (x, x @ turn + 5)
        ]
        torch.testing.assert_close(*values)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_names_and_order_of_people_do_not_matter(seed):
    x, identities = a_batch(2 * seed)
    order = torch.randperm(len(x))
    for mine in (active_triplets, hard_triplets, semi_hard_triplets):
        one = mined_triplet_loss(x, identities, 0.7, mine)
        other = mined_triplet_loss(x[order], 90 - identities[order], 0.7, mine)
        torch.testing.assert_close(one, other)


# refusals


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"negative": torch.zeros(2, 4)}, r"\(2, 3\), \(2, 3\) and \(2, 4\); all need"),
        (
            {"positive": torch.zeros(2, 3).fill_(math.nan)},
            "positive has entries that are",
        ),
        ({"anchor": torch.full((2, 3), math.inf)}, "anchor has entries that are not"),
        ({"margin": -0.2}, r"margin \(-0.2\) must be a finite number of at least 0"),
        ({"margin": math.nan}, r"margin \(nan\) must be a finite number"),
    ],
)
def test_the_loss_refuses_what_it_cannot_judge(change, message, as_in_use):
    good = dict.fromkeys(("anchor", "positive", "negative"), torch.zeros(2, 3))
    with pytest.raises(ValueError, match=message):
        triplet_loss(**{**good, **change})


def test_no_triplet_at_all_is_refused(as_in_use):
    with pytest.raises(ValueError, match="at least one triplet and one entry"):
        triplet_loss(*[torch.zeros(0, 3)] * 3)


@pytest.mark.parametrize("distances", [squared_distances, squared_distances_by_product])
def test_distances_refuse_what_cannot_be_compared(distances, as_in_use):
    with pytest.raises(ValueError, match=r"shapes \(2, 3\) and \(2, 4\) cannot"):
        distances(torch.zeros(2, 3), torch.zeros(2, 4))
    with pytest.raises(ValueError, match="both need two axes"):
        distances(torch.zeros(3), torch.zeros(3))
    with pytest.raises(ValueError, match="entries that are not finite"):
        distances(torch.zeros(2, 3), torch.full((2, 3), math.nan))
    assert distances(torch.zeros(0, 3), torch.zeros(2, 3)).shape == (0, 2)
    assert distances(torch.zeros(2, 3), torch.zeros(0, 3)).shape == (2, 0)


@pytest.mark.parametrize("mine", MINERS)
def test_mining_refuses_what_does_not_fit(mine, as_in_use):
    distances = torch.zeros(5, 5)
    with pytest.raises(
        ValueError, match=r"shape \(5, 5\) do not fit \(4,\) identities"
    ):
        mine(distances, IDENTITIES[:4], 0.2)
    with pytest.raises(ValueError, match="a distance is not a number"):
        mine(distances * math.nan, IDENTITIES, 0.2)
    with pytest.raises(ValueError, match=r"margin \(-1\) must be"):
        mine(distances, IDENTITIES, -1)
