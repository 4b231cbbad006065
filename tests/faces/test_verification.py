"""Verification: pairs, curves, comparisons, the gallery, and what a siamese network learns."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.spatial.distance import cdist, pdist
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, roc_curve
from sklearn.metrics.pairwise import additive_chi2_kernel
from sklearn.neighbors import NearestNeighbors

from dlcourse.data.portraits import portraits
from dlcourse.faces import verification as ours
from dlcourse.faces.verification import Gallery, Siamese, SiameseHead
from dlcourse.faces.verification.pretrain import fit_siamese, judged
from dlcourse.faces.verification.small import EER, small, weights
from dlcourse.training import fixed_seed, generator

EXACT = {"rtol": 1e-10, "atol": 1e-10}


def each_seed(test):
    """Run a test on 200 drawn settings; a failure shows the seed among its names."""

    def run():
        for seed in range(200):
            test(seed)

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


def pairs_with_ties(seed):
    """Distances on few levels, mostly larger for two people, and at least one of each kind."""
    source = generator(seed)
    count = 2 + int(torch.randint(0, 30, (1,), generator=source))
    same = torch.rand(count, generator=source) < (0.1, 0.3, 0.5)[seed % 3]
    same[:2] = torch.tensor([True, False])
    distances = torch.randn(count, generator=source).double() + 2 * ~same
    steps = (1, 2, 8, 1000)[seed % 4]
    return (distances * steps).round() / steps, same


def embeddings(seed, d=5, dtype=torch.float64):
    """Embeddings of some people on a coarse grid, so that some are equal."""
    source = generator(seed)
    count = 2 + int(torch.randint(0, 12, (1,), generator=source))
    x = torch.randint(-3, 4, (count, d), generator=source).to(dtype) / 2
    return x, torch.randint(0, 4, (count,), generator=source)


# pairs and errors


@each_seed
def test_pair_distances_equal_scipys(seed):
    x, who = embeddings(seed)
    distances, same = ours.pair_distances(x, who)
    expected = torch.from_numpy(pdist(x.numpy(), "sqeuclidean"))
    torch.testing.assert_close(distances, expected, **EXACT)
    places = [(i, j) for i in range(len(x)) for j in range(i + 1, len(x))]
    assert same.tolist() == [bool(who[i] == who[j]) for i, j in places]


@each_seed
def test_the_gradient_of_distances_equals_that_of_differences(seed):
    x, who = embeddings(seed)
    one, other, _ = ours.pairs_of(who)
    weight = torch.rand(len(one), generator=generator(seed), dtype=x.dtype)
    slopes = []
    for form in (
        lambda x: ours.pair_distances(x, who)[0],
        lambda x: ((x[one] - x[other]) ** 2).sum(dim=1),
    ):
        leaf = x.clone().requires_grad_()
        (form(leaf) * weight).sum().backward()
        slopes.append(leaf.grad)
    torch.testing.assert_close(*slopes, **EXACT)


@each_seed
def test_error_rates_equal_the_counts_of_scikit_learn(seed):
    distances, same = pairs_with_ties(seed)
    threshold = distances[seed % len(distances)].item()
    accepted = ours.verify(distances, threshold).numpy()
    (tn, fp), (fn, tp) = confusion_matrix(same.numpy(), accepted, labels=[0, 1])
    far, frr = ours.error_rates(distances, same, threshold)
    assert far == pytest.approx(fp / (fp + tn), abs=1e-12)
    assert frr == pytest.approx(fn / (fn + tp), abs=1e-12)


# curves


@each_seed
def test_roc_equals_scikit_learns(seed):
    distances, same = pairs_with_ties(seed)
    expected = roc_curve(same.numpy(), -distances.numpy(), drop_intermediate=False)
    far, tar, thresholds = ours.roc(distances, same)
    torch.testing.assert_close(far, torch.from_numpy(expected[0]), **EXACT)
    torch.testing.assert_close(tar, torch.from_numpy(expected[1]), **EXACT)
    torch.testing.assert_close(thresholds, -torch.from_numpy(expected[2]), **EXACT)


@each_seed
def test_the_equal_error_rate_is_where_the_curve_meets_the_diagonal(seed):
    distances, same = pairs_with_ties(seed)
    fpr, tpr, _ = roc_curve(same.numpy(), -distances.numpy())  # corners only
    place = np.arange(len(fpr))

    def gap(along):
        return np.interp(along, place, fpr) + np.interp(along, place, tpr) - 1

    along = brentq(gap, 0, len(fpr) - 1, xtol=1e-14)
    rate, threshold = ours.equal_error_rate(distances, same)
    assert rate == pytest.approx(np.interp(along, place, fpr), abs=1e-10)
    far, frr = ours.error_rates(distances, same, threshold)
    assert far >= frr
    before = distances[distances < threshold]
    if len(before):
        far, frr = ours.error_rates(distances, same, before.max().item())
        assert far < frr


@each_seed
def test_tar_at_far_is_the_best_point_that_is_allowed(seed):
    distances, same = pairs_with_ties(seed)
    fpr, tpr, _ = roc_curve(same.numpy(), -distances.numpy(), drop_intermediate=False)
    for far in (0.0, 0.3):
        tar, threshold = ours.tar_at_far(distances, same, far)
        assert tar == pytest.approx(tpr[fpr <= far].max(), abs=1e-12)
        if math.isfinite(threshold):
            reached = ours.error_rates(distances, same, threshold)
            assert reached[0] <= far
            assert 1 - reached[1] == pytest.approx(tar, abs=1e-12)


def test_told_apart_without_an_error():
    distances = torch.tensor([0.1, 0.2, 0.8, 0.9])
    same = torch.tensor([True, True, False, False])
    rate, threshold = ours.equal_error_rate(distances, same)
    assert rate == 0
    assert 0.2 <= threshold < 0.8
    assert ours.tar_at_far(distances, same, 0.0)[0] == 1
    assert ours.equal_error_rate(-distances, same)[0] == 1


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_only_the_order_of_distances_counts(seed):
    distances, same = pairs_with_ties(seed)
    stretched = distances**3 + distances
    assert ours.equal_error_rate(distances, same)[0] == pytest.approx(
        ours.equal_error_rate(stretched, same)[0]
    )
    swapped = ours.equal_error_rate(-distances, ~same)[0]
    assert swapped == pytest.approx(ours.equal_error_rate(distances, same)[0])


@given(st.integers(0, 10_000), st.floats(-5, 5), st.floats(0, 5))
@settings(max_examples=60, deadline=None)
def test_a_larger_threshold_accepts_more(seed, threshold, step):
    distances, same = pairs_with_ties(seed)
    strict = ours.error_rates(distances, same, threshold)
    lax = ours.error_rates(distances, same, threshold + step)
    assert lax[0] >= strict[0]
    assert lax[1] <= strict[1]


# comparison and siamese


@each_seed
def test_chi_square_equals_scikit_learns(seed):
    source = generator(seed)
    x, y = torch.randint(0, 4, (2, 6, 7), generator=source).double() / 3
    expected = -np.diag(additive_chi2_kernel(x.numpy(), y.numpy()))
    found = ours.chi_square(x, y).sum(dim=1)
    torch.testing.assert_close(found, torch.from_numpy(expected.copy()), **EXACT)


@each_seed
def test_the_gradient_of_chi_square_is_its_derivative_and_finite_at_0(seed):
    source = generator(seed)
    x, y = torch.randint(0, 4, (2, 6, 7), generator=source).double() / 3
    x.requires_grad_()
    ours.chi_square(x, y).sum().backward()
    a, b = x.detach(), y
    expected = (a - b) * (a + 3 * b) / (a + b) ** 2
    assert x.grad.isfinite().all()
    torch.testing.assert_close(x.grad, expected.nan_to_num(0.0), **EXACT)


@each_seed
def test_the_absolute_difference_equals_torchs_loss(seed):
    source = generator(seed)
    start = torch.randint(-2, 3, (2, 6, 7), generator=source).double()
    slopes = []
    for form in (
        ours.absolute_difference,
        lambda x, y: torch.nn.functional.l1_loss(x, y, reduction="none"),
    ):
        pair = [each.clone().requires_grad_() for each in start]
        found = form(*pair)
        (found * torch.arange(7)).sum().backward()
        slopes.append((found, pair[0].grad, pair[1].grad))
    for one, other in zip(*slopes, strict=True):
        torch.testing.assert_close(one, other, **EXACT)


@pytest.mark.parametrize("compare", ours.COMPARISONS.values())
def test_gradcheck(compare):
    x, y = (torch.rand(2, 3, 4, dtype=torch.float64) + 0.1).requires_grad_()
    assert torch.autograd.gradcheck(compare, (x, y))


def test_the_loss_weighs_both_kinds_alike():
    logits, same = torch.randn(50).double(), torch.arange(50) < 6
    weight = torch.where(same, torch.tensor(1 / 12, dtype=torch.float64), 1 / 88)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, same.double(), weight, reduction="sum"
    )
    torch.testing.assert_close(ours.siamese_loss(logits, same), expected, **EXACT)
    assert torch.autograd.gradcheck(
        lambda z: ours.siamese_loss(z, same), logits.requires_grad_()
    )


@pytest.mark.parametrize("comparison", ours.COMPARISONS)
def test_a_trained_head_is_logistic_regression(comparison):
    x, y = torch.rand(2, 80, 3, dtype=torch.float64)
    same = torch.rand(80) < 0.3 + 0.4 * (x[:, 0] < y[:, 0])
    head = SiameseHead(3, comparison).double()
    optimizer = torch.optim.LBFGS(
        head.parameters(), max_iter=500, tolerance_grad=1e-12, tolerance_change=1e-15
    )

    def closure():
        optimizer.zero_grad()
        loss = ours.siamese_loss(head(x, y), same)
        loss.backward()
        return loss

    for _ in range(5):
        optimizer.step(closure)
    compared = ours.COMPARISONS[comparison](x, y).numpy()
    theirs = LogisticRegression(
        C=np.inf, class_weight="balanced", tol=1e-10, max_iter=1000
    )
    theirs.fit(compared, same.numpy())
    np.testing.assert_allclose(
        head.fc.weight.detach(), theirs.coef_, rtol=1e-4, atol=1e-4
    )


@pytest.mark.parametrize("comparison", ours.COMPARISONS)
def test_swapping_the_pictures_changes_nothing(comparison):
    model = small(comparison).eval()
    x, y = torch.rand(2, 3, 3, 32, 32)
    with torch.no_grad():
        torch.testing.assert_close(model(x, y), model(y, x))
        bias = model.head.fc.bias.expand(3)
        torch.testing.assert_close(model(x, x), bias)  # nothing apart


@pytest.mark.parametrize("size", [17, 24, 32, 33, 47])
def test_shapes_over_odd_sizes(size):
    model = small().eval()
    x, y = torch.rand(2, 2, 3, size, size)
    assert model(x, y).shape == (2,)


def test_the_parameters_are_counted_once():
    model = small()
    kernels = 3 * 16 * 25 + 16 * 32 * 9 + 32 * 64 * 9
    norms = 2 * (16 + 32 + 64)
    linear = 64 * 16 * 32 + 32
    assert sum(p.numel() for p in model.parameters()) == kernels + norms + linear + 33


@pytest.mark.parametrize("comparison", ours.COMPARISONS)
def test_a_gradient_reaches_every_parameter(comparison):
    model = small(comparison)
    x, y = torch.rand(2, 4, 3, 32, 32)
    ours.siamese_loss(model(x, y), torch.tensor([True, False, True, False])).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad.abs().sum() > 0, name


@pytest.mark.parametrize("comparison", ours.COMPARISONS)
def test_it_learns_one_batch(comparison):
    data = portraits(16, 4, difficulty=0.3)
    with fixed_seed(0):
        model = small(comparison)
    history = fit_siamese(model, data, steps=25)
    assert history[0] > 0.6
    assert history[-1] < 0.35
    state = small(comparison)
    state.load_state_dict(model.state_dict())
    assert judged(state, data) == judged(model, data)


@pytest.mark.parametrize("comparison", ours.COMPARISONS)
def test_the_shipped_weights_do_what_is_said_of_them(comparison):
    model = ours.siamese_pretrained(comparison)
    found = judged(model, portraits(100, 8, split="test"))
    assert found["EER"] == pytest.approx(EER[comparison], abs=0.002)


def test_weights_that_were_changed_are_refused(monkeypatch, tmp_path):
    from dlcourse.faces.verification import small as module

    other = tmp_path / "other.safetensors"
    other.write_bytes(weights("absolute").read_bytes() + b"x")
    monkeypatch.setattr(module, "weights", lambda comparison: other)
    with pytest.raises(ValueError, match=r"python -m dlcourse\.faces\.verification"):
        ours.siamese_pretrained()


# gallery


def filled(seed):
    """Fill a gallery with people of one to three pictures each."""
    source = generator(seed)
    gallery, entries, owners = Gallery(d=4), [], []
    for person in range(2 + seed % 6):
        count = 1 + int(torch.randint(0, 3, (1,), generator=source))
        own = torch.randint(-2, 3, (count, 4), generator=source).float()
        gallery.add(f"人{person}", own)
        entries.append(own)
        owners += [person] * count
    return gallery, torch.cat(entries), torch.tensor(owners)


@each_seed
def test_the_search_is_exact(seed):
    gallery, entries, owners = filled(seed)
    queries = torch.randn(5, 4, generator=generator(seed + 1000))
    index = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(entries.numpy())
    apart, place = index.kneighbors(queries.numpy())
    distances, names = gallery.search(queries)
    np.testing.assert_allclose(distances.numpy(), apart**2, rtol=1e-4, atol=1e-5)
    assert [row[0] for row in names] == [f"人{owners[n]}" for n in place[:, 0]]


@each_seed
def test_people_come_nearest_first_and_each_once(seed):
    gallery, entries, owners = filled(seed)
    queries = torch.randint(-2, 3, (3, 4), generator=generator(seed)).float()
    people = len(gallery)
    distances, names = gallery.search(queries, k=people)
    squared = cdist(queries.numpy(), entries.numpy(), "sqeuclidean")
    nearest = np.stack(
        [squared[:, owners.numpy() == p].min(axis=1) for p in range(people)], axis=1
    )
    order = nearest.argsort(axis=1, kind="stable")
    assert names == [[f"人{p}" for p in row] for row in order]
    np.testing.assert_allclose(
        distances.numpy(), np.take_along_axis(nearest, order, axis=1), atol=1e-4
    )


def test_who_is_enrolled_is_found_at_distance_0():
    gallery, entries, owners = filled(5)
    distances, _ = gallery.search(entries)
    assert (distances == 0).all()
    assert gallery.identify(entries[:1], threshold=0.0) == [f"人{owners[0]}"]


def test_a_person_is_as_near_as_the_nearest_picture():
    gallery = Gallery(d=1)
    gallery.add("wide", torch.tensor([[0.0], [10.0]]))
    gallery.add("middle", torch.tensor([[5.0]]))
    # The mean of "wide" lies at 5 as well, and its mean distance to 9.5 is larger than 4.5.
    assert gallery.identify(torch.tensor([[9.5], [5.5]]), 1.0) == ["wide", "middle"]


@each_seed
def test_without_a_person_the_gallery_is_as_if_there_had_been_none(seed):
    gallery, entries, owners = filled(seed)
    gone = seed % len(gallery)
    other = Gallery(d=4)
    for person in range(len(gallery)):
        if person != gone:
            other.add(f"人{person}", entries[owners == person])
    gallery.remove(f"人{gone}")
    assert gallery.names == other.names
    assert gallery.embeddings.equal(other.embeddings)
    assert gallery.people.equal(other.people)


def test_a_person_may_get_more_pictures_later():
    gallery = Gallery(d=1)
    gallery.add("Ada", torch.tensor([[0.0]]))
    gallery.add("Bo", torch.tensor([[9.0]]))
    gallery.add("Ada", torch.tensor([[20.0]]))
    assert len(gallery) == 2
    assert gallery.identify(torch.tensor([[19.0]]), 2.0) == ["Ada"]
    gallery.remove("Ada")
    assert gallery.names == ["Bo"]
    assert len(gallery.embeddings) == 1


def test_a_gallery_outlives_its_process(tmp_path):
    gallery, entries, _ = filled(5)
    gallery.remove("人1")
    path = tmp_path / "gallery.safetensors"
    gallery.save(path)
    again = Gallery.load(path)
    assert again.names == gallery.names
    assert again.search(entries, k=2)[1] == gallery.search(entries, k=2)[1]
    again.add("new", entries[:1])
    assert len(again) == len(gallery) + 1


def test_what_is_enrolled_is_copied():
    gallery, row = Gallery(d=2), torch.zeros(1, 2)
    gallery.add("Ada", row)
    row += 9
    assert gallery.identify(torch.zeros(1, 2), 0.0) == ["Ada"]


@pytest.mark.parametrize("content", [b"nothing of the kind", None])
def test_another_file_is_no_gallery(tmp_path, content):
    from safetensors.torch import save_file

    path = tmp_path / "other.safetensors"
    if content is None:
        save_file({"embeddings": torch.zeros(1, 2)}, path)
    else:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=r"other\.safetensors holds no gallery"):
        Gallery.load(path)


# identification


@each_seed
def test_identification_rates_equal_a_loop(seed):
    source = generator(seed)
    people = torch.randperm(6, generator=source)[: 1 + seed % 4]
    who = torch.randint(0, 6, (8,), generator=source)
    distances = torch.rand(8, len(people), generator=source)
    named, right, alarms, strangers = 0, 0, 0, 0
    for row, one in zip(distances.tolist(), who.tolist(), strict=True):
        best = row.index(min(row))
        if one in people.tolist():
            named += 1
            right += row[best] <= 0.3 and people[best].item() == one
        else:
            strangers += 1
            alarms += row[best] <= 0.3
    expected = (
        right / named if named else math.nan,
        alarms / strangers if strangers else math.nan,
    )
    found = ours.identification_rates(distances, who, people, 0.3)
    assert found == pytest.approx(expected, nan_ok=True)


def test_independent_comparisons_err_as_the_formula_says():
    distances = torch.rand(4000, 50, generator=generator(0))
    who = torch.full((4000,), 99)
    for people in (1, 5, 50):
        _, alarms = ours.identification_rates(
            distances[:, :people], who, torch.arange(people), threshold=0.02
        )
        expected = ours.false_alarm_rate(0.02, people)
        assert alarms == pytest.approx(expected, abs=0.02)


@given(st.floats(0, 1), st.integers(0, 500))
def test_false_alarms_grow_and_stay_below_the_sum(far, people):
    rate = ours.false_alarm_rate(far, people)
    assert 0 <= rate <= min(1, people * far) + 1e-12
    assert rate <= ours.false_alarm_rate(far, people + 1) + 1e-12


# refusals

KIND = torch.tensor([True, False])
TWO = torch.tensor([0.1, 0.2])
REFUSALS = {
    "lengths of pairs": (
        lambda: ours.roc(TWO, torch.tensor([True, False, True])),
        "distances have shape (2,) and same (3,); both need one axis, of the same length",
    ),
    "nan": (
        lambda: ours.equal_error_rate(torch.tensor([0.1, math.nan]), KIND),
        "a distance is nan; every distance must be finite",
    ),
    "one kind": (
        lambda: ours.error_rates(TWO, torch.tensor([True, True]), 0.5),
        "2 of 2 pairs are the same person; the rates need pairs of both kinds",
    ),
    "no pair": (
        lambda: ours.pairs_of(torch.tensor([3])),
        "1 pictures make no pair; there must be two",
    ),
    "identities": (
        lambda: ours.pair_distances(torch.zeros(3, 2), torch.tensor([0, 1])),
        "there are 3 embeddings and 2 identities; there must be as many of both",
    ),
    "infinite embedding": (
        lambda: ours.pair_distances(torch.full((2, 2), math.inf), torch.tensor([0, 1])),
        "an embedding has entries that are not finite",
    ),
    "far": (
        lambda: ours.tar_at_far(TWO, KIND, 1.5),
        "far (1.5) must lie between 0 and 1",
    ),
    "negative entries": (
        lambda: ours.chi_square(torch.tensor([1.0]), torch.tensor([-0.5])),
        "an entry is -0.5; chi-square is of entries that are not negative",
    ),
    "entries": (
        lambda: ours.absolute_difference(torch.zeros(2, 3), torch.zeros(2, 4)),
        "embeddings of shapes (2, 3) and (2, 4) cannot be compared entry by entry",
    ),
    "comparison": (
        lambda: SiameseHead(3, "cosine"),
        'comparison is "cosine"; there are absolute, chi_square',
    ),
    "logits": (
        lambda: ours.siamese_loss(torch.zeros(3), KIND),
        "there are 3 logits and 2 answers",
    ),
    "loss of one kind": (
        lambda: ours.siamese_loss(torch.zeros(2), torch.tensor([False, False])),
        "0 of 2 pairs are the same person; the loss needs both kinds",
    ),
    "empty gallery": (
        lambda: Gallery(2).search(torch.zeros(1, 2)),
        "the gallery is empty; add somebody before searching",
    ),
    "no embedding": (
        lambda: Gallery(2).add("Ada", torch.zeros(0, 2)),
        '"Ada" has no embedding; a person needs one',
    ),
    "shape": (
        lambda: Gallery(2).add("Ada", torch.zeros(1, 3)),
        "embeddings of shape (1, 3) do not fit a gallery of 2 entries",
    ),
    "too many": (
        lambda: filled(0)[0].search(torch.zeros(1, 4), k=3),
        "k (3) must be between 1 and the 2 people",
    ),
    "not finite": (
        lambda: filled(0)[0].search(torch.full((1, 4), math.nan)),
        "an embedding has entries that are not finite",
    ),
    "rates": (
        lambda: ours.identification_rates(
            torch.zeros(2, 3), torch.tensor([0, 1]), torch.tensor([0, 1])
        ),
        "distances have shape (2, 3) for 2 queries and 2 people",
    ),
    "nan distance": (
        lambda: ours.identification_rates(
            torch.full((1, 1), math.nan), torch.tensor([0]), torch.tensor([0])
        ),
        "a distance is nan; every distance must be a number",
    ),
    "rate": (
        lambda: ours.false_alarm_rate(-0.1, 3),
        "far (-0.1) must lie between 0 and 1, and people (3) not be negative",
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_name_the_value_and_the_rule(case):
    call, message = REFUSALS[case]
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - the message is compared
        call()
    assert message in str(refusal.value)


def test_who_is_not_there_cannot_be_removed():
    with pytest.raises(KeyError, match='nobody in the gallery is called "Bo"'):
        filled(0)[0].remove("Bo")


def test_a_siamese_network_is_its_two_parts():
    model = Siamese(torch.nn.Flatten(), SiameseHead(12))
    x, y = torch.rand(2, 2, 3, 2, 2)
    expected = model.head((x - y).flatten(1).abs(), torch.zeros(2, 12))
    torch.testing.assert_close(model(x, y), expected)


def test_the_log_lies_beside_the_weights():
    log = Path(weights("absolute")).with_name("siamese.log").read_text()
    for comparison, rate in EER.items():
        assert f"{comparison:10} seed 0" in log
        assert f"EER {rate:.4f}" in log
