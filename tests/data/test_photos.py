"""Photos: every picture loads without a network, as it was promised."""

import pytest
import torch

from dlcourse.data.photos import PHOTOS, photo

GREY = {"brick", "camera", "coins", "grass", "gravel"}


@pytest.mark.parametrize("name", PHOTOS)
def test_every_photo_is_an_image(name):
    image = photo(name)
    assert image.shape[0] == (1 if name in GREY else 3)
    assert image.dtype == torch.float32
    assert image.is_contiguous()
    assert 0 <= image.min() < image.max() <= 1
    assert image.std() > 0.05  # a picture, not a plain surface


@pytest.mark.parametrize("name", PHOTOS)
def test_every_photo_says_whose_it_is(name):
    entry = PHOTOS[name]
    assert entry.shows
    assert entry.source
    assert entry.licence


def test_the_pixels_are_those_of_the_file():
    from sklearn.datasets import load_sample_image

    pixels = torch.tensor(load_sample_image("china.jpg"))
    assert (photo("china") * 255).round().byte().permute(1, 2, 0).equal(pixels)


def test_shrinking_keeps_the_mean_and_the_proportion():
    small, full = photo("china", height=61), photo("china")
    assert small.shape == (3, 61, 91)
    torch.testing.assert_close(small.mean(), full.mean(), rtol=0, atol=1e-3)


def test_grey_is_the_mean_of_the_channels():
    torch.testing.assert_close(photo("cat", grey=True)[0], photo("cat").mean(dim=0))


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(
        KeyError, match='no photo is called "dog"; there are china, flower'
    ):
        photo("dog")


@pytest.mark.parametrize("height", [0, 428])
def test_a_height_the_picture_has_not_is_refused(height):
    with pytest.raises(ValueError, match="must be between 1 and the picture's own 427"):
        photo("china", height=height)
