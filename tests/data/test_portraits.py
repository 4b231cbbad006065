"""Portraits: people who do not exist, drawn alike by the same numbers and unlike by others."""

import pytest
import torch

from dlcourse.data.portraits import PERSON, SHOT, draw, portraits, render
from dlcourse.data.portraits.paint import cover, ellipse, ramp
from dlcourse.data.portraits.surface import surface


@pytest.fixture(scope="module")
def drawn():
    return portraits(identities=40, per_identity=5, difficulty=0.5, seed=3)


@pytest.fixture(scope="module")
def middle():
    return [draw(bounds, 1, torch.Generator(), spread=0.0) for bounds in (PERSON, SHOT)]


def changed(numbers, **others):
    return numbers | {name: torch.tensor([value]) for name, value in others.items()}


def test_pictures_are_pictures(drawn):
    assert drawn.images.shape == (200, 3, 32, 32)
    assert drawn.images.dtype == torch.float32
    assert drawn.images.isfinite().all()
    assert drawn.images.min() >= 0
    assert drawn.images.max() <= 1
    assert 0.1 < drawn.images.std() < 0.35


def test_the_pictures_of_a_person_lie_side_by_side(drawn):
    assert drawn.identities.tolist() == [n // 5 for n in range(200)]
    for value in drawn.people.values():
        assert (value.view(40, 5) == value.view(40, 5)[:, :1]).all()


def test_the_same_seed_gives_the_same_pictures(drawn):
    again = portraits(40, 5, difficulty=0.5, seed=3)
    assert again.images.equal(drawn.images)
    assert not portraits(40, 5, difficulty=0.5, seed=4).images.equal(drawn.images)


def test_more_people_begin_with_the_fewer(drawn):
    fewer = portraits(8, 5, difficulty=0.5, seed=3)
    for name in PERSON:
        assert fewer.people[name].equal(drawn.people[name][:40])
    for name in SHOT:
        assert fewer.shots[name].equal(drawn.shots[name][:40])


@pytest.mark.parametrize(
    "other", [{"per_identity": 2}, {"size": 16}, {"difficulty": 1.0}]
)
def test_people_stay_when_anything_else_changes(other):
    one = portraits(**({"identities": 4, "per_identity": 1} | other))
    two = portraits(identities=4, per_identity=1)
    each = one.people["skin"][:: other.get("per_identity", 1)]
    assert each.equal(two.people["skin"])


def test_no_person_is_in_both_splits():
    people = [
        torch.stack(list(portraits(300, 1, split=split).people.values()), dim=1)
        for split in ("train", "test")
    ]
    assert (people[0][:, None] - people[1]).norm(dim=-1).min() > 0.1


def test_without_difficulty_all_pictures_of_a_person_are_the_same():
    images = portraits(5, 3, difficulty=0.0).images.view(5, 3, -1)
    assert images.equal(images[:, :1].expand_as(images))
    assert torch.pdist(images[:, 0]).min() > 1


def test_the_pictures_of_a_person_part_as_difficulty_grows():
    far = []
    for difficulty in (0.1, 0.3, 0.6, 1.0):
        images = portraits(30, 2, difficulty=difficulty).images.view(30, 2, -1)
        far.append((images[:, 0] - images[:, 1]).norm(dim=1).mean().item())
    assert far == sorted(far)
    assert far[-1] > 3 * far[0]


def test_pixels_alone_do_not_tell_who_it_is(drawn):
    flat = drawn.images.flatten(1)
    distances = torch.cdist(flat, flat).fill_diagonal_(torch.inf)
    nearest = drawn.identities[distances.argmin(dim=1)]
    share = (nearest == drawn.identities).float().mean()
    assert 1 / 40 < share < 0.5


@pytest.mark.parametrize("bounds", [PERSON, SHOT])
def test_every_parameter_changes_the_picture(bounds, middle):
    noise = torch.Generator().manual_seed(0)
    start = dict(zip(("person", "shot"), middle, strict=True))
    # Lips open and a beard shows only above zero; a light with no direction has none to turn.
    start["shot"] = changed(start["shot"], contrast=0.5, noise=0.0)
    kind = "person" if bounds is PERSON else "shot"
    for name, (low, high) in bounds.items():
        pair = [
            render(
                *(start | {kind: changed(start[kind], **{name: value})}).values(),
                48,
                noise.manual_seed(0),
            )
            for value in (low, high)
        ]
        if name == "noise":  # its sign says nothing
            pair[0] = render(*start.values(), 48)
        assert (pair[0] - pair[1]).abs().max() > 0.03, name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("turn", 0.5),
        ("tilt", 0.3),
        ("shift_x", 0.2),
        ("light_side", 1.0),
        ("gaze", 0.8),
    ],
)
def test_turning_the_other_way_mirrors_the_picture(middle, name, value):
    person, shot = middle
    person = changed(person, parting=0.0)
    one, other = (
        render(person, changed(shot, **{name: sign * value}))[0] for sign in (-1, 1)
    )
    torch.testing.assert_close(one.flip(-1), other, rtol=0, atol=1e-4)


def test_light_from_the_left_brightens_the_left(middle):
    person, shot = middle
    lit = render(person, changed(shot, light_side=-1.4, contrast=0.8))[0].mean(dim=0)
    assert lit[14:20, 9:15].mean() > 1.3 * lit[14:20, 17:23].mean()


def test_a_larger_picture_shows_the_same(middle):
    small, large = (render(*middle, size) for size in (32, 128))
    shrunk = torch.nn.functional.avg_pool2d(large, 4)
    assert (small - shrunk).abs().mean() < 0.01


def test_the_head_covers_the_area_of_its_ellipse(middle):
    person, shot = middle
    person = changed(person, jaw=0.0)
    head = surface(person, shot, 64)
    area = torch.pi * person["head_width"] * person["head_height"]
    assert head.inside.mean() * 4 == pytest.approx(area.item(), rel=0.01)


def test_an_ellipse_covers_its_area_and_a_thin_one_fades():
    middles = ((torch.arange(64) + 0.5) / 32 - 1).view(1, 1, 64)
    pixel = torch.full((1, 1, 1), 1 / 32)
    place = torch.broadcast_tensors(middles, middles.mT)
    wide = torch.full((1, 1, 1), 0.4)
    whole, thin, thinner = (
        ellipse(*place, wide, wide * share, pixel) for share in (0.8, 0.02, 0.01)
    )
    assert whole.sum().item() / 32**2 == pytest.approx(torch.pi * 0.4 * 0.32, rel=0.02)
    torch.testing.assert_close(thinner, thin / 2)
    assert 0 < thin.max() < 0.6


def test_cover_and_ramp_at_their_ends():
    distance = torch.tensor([[[-9.0, 9.0]]])
    assert cover(distance, torch.ones(1, 1, 1)).tolist() == [[[0, 1]]]
    ends = ramp(torch.tensor([-1.0, 0.0, 1.0, 2.0]), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0))[
        :, :, 0, 0
    ]
    assert ends.tolist() == [[0, 0, 1], [0, 0, 1], [1, 0, 0], [1, 0, 0]]


def test_the_global_random_numbers_stay_untouched():
    before = torch.random.get_rng_state()
    portraits(2, 2)
    assert torch.random.get_rng_state().equal(before)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"split": "valid"}, 'split is "valid"; say "train" or "test"'),
        ({"identities": 0}, r"identities \(0\) and per_identity \(2\) must be at"),
        ({"per_identity": 0}, r"identities \(2\) and per_identity \(0\) must be at"),
        ({"size": 4}, r"size \(4\) must be at least 8"),
        ({"difficulty": 1.5}, r"difficulty \(1.5\) must lie between 0 and 1"),
        ({"difficulty": float("nan")}, r"difficulty \(nan\) must lie between 0 and 1"),
    ],
)
def test_what_cannot_be_drawn_is_refused(given, says):
    with pytest.raises(ValueError, match=says):
        portraits(**({"identities": 2, "per_identity": 2} | given))
