"""Patterns: pictures drawn by rule, the same from one seed, with the marks they promise."""

import pytest
import torch

from dlcourse.data.patterns import GLASS, NIGHT, stained_glass, strokes
from dlcourse.training import generator

DRAW = {"strokes": strokes, "stained glass": stained_glass}


@pytest.mark.parametrize("size", [(1, 1), (7, 40), (33, 32)])
@pytest.mark.parametrize("name", DRAW)
def test_a_pattern_is_an_image_of_the_size_asked_for(name, size):
    image = DRAW[name](*size, generator(0))
    assert image.shape == (3, *size)
    assert image.dtype == torch.float32
    assert 0 <= image.min() <= image.max() <= 1


@pytest.mark.parametrize("name", DRAW)
def test_the_seed_is_the_picture(name):
    first, again, other = (DRAW[name](32, 40, generator(s)) for s in (3, 3, 4))
    assert first.equal(again)
    assert not first.equal(other)


@pytest.mark.parametrize("name", DRAW)
def test_no_global_random_number_is_drawn(name):
    before = torch.get_rng_state()
    DRAW[name](16, 16, generator(0))
    assert torch.get_rng_state().equal(before)


def test_strokes_are_longer_along_the_flow_than_across_it():
    """Somewhere in the plane pixels stay alike for longer than a stroke is thick."""
    image = strokes(96, 96, generator(0), length=24.0, thickness=6.0)
    thin = strokes(96, 96, generator(0), length=8.0, thickness=2.0)
    rough, fine = (x.diff(dim=2).abs().mean() for x in (image, thin))
    assert fine > 1.3 * rough  # thinner strokes have more edges


def test_strokes_take_the_colours_they_are_given():
    red = torch.tensor([[0.9, 0.1, 0.1]])
    mean = strokes(48, 48, generator(0), colours=red).mean(dim=(1, 2))
    torch.testing.assert_close(mean, red[0], rtol=0, atol=0.05)
    seen = strokes(96, 96, generator(0)).flatten(1).T
    near = torch.cdist(seen, NIGHT).argmin(dim=1).bincount(minlength=len(NIGHT))
    assert (near > 0.03 * len(seen)).all()  # every colour is somewhere


def test_panes_are_flat_and_their_lead_is_dark():
    image = stained_glass(96, 96, generator(0), pane=24.0, lead=3.0)
    dark = image.amax(dim=0) < 0.1
    assert 0.08 < dark.double().mean() < 0.4
    bare = stained_glass(96, 96, generator(0), pane=24.0, lead=0.0)
    assert (bare.amax(dim=0) > 0.1).double().mean() > 0.98


def test_a_wider_pane_makes_fewer_of_them():
    few, many = (
        stained_glass(96, 96, generator(0), pane=p, lead=0.0) for p in (40.0, 10.0)
    )
    assert many.diff(dim=2).abs().mean() > 2 * few.diff(dim=2).abs().mean()


def test_panes_take_the_colours_they_are_given():
    green = torch.tensor([[0.0, 0.5, 0.0]])
    image = stained_glass(48, 48, generator(0), lead=0.0, colours=green)
    assert image[[0, 2]].max() < 0.07
    assert len(GLASS) == 6


@pytest.mark.parametrize("name", DRAW)
@pytest.mark.parametrize("size", [(0, 5), (5, -1)])
def test_a_side_without_pixels_is_refused(name, size):
    height, width = size
    with pytest.raises(ValueError, match=f"height is {height}, width {width}"):
        DRAW[name](*size, generator(0))


def test_marks_of_no_sense_are_refused():
    with pytest.raises(
        ValueError, match=r"longer than thick: length is 4\.0, thickness 4\.0"
    ):
        strokes(8, 8, generator(0), length=4.0, thickness=4.0)
    with pytest.raises(
        ValueError, match=r"thinner than a pane: lead is 5\.0, pane 5\.0"
    ):
        stained_glass(8, 8, generator(0), pane=5.0, lead=5.0)
