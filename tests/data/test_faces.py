"""Faces: real ones in one form, whether they are at hand or asked for."""

import numpy as np
import pytest
import torch
from sklearn.utils import Bunch

from dlcourse.data.faces import lfw_people, lfw_subset, olivetti


def test_the_bundled_faces_come_first():
    images, is_face = lfw_subset()
    assert images.shape == (200, 1, 25, 25)
    assert images.dtype == torch.float32
    assert (images.min(), images.max()) == (0, 1)
    assert is_face.tolist() == [True] * 100 + [False] * 100


def test_faces_look_more_alike_than_what_is_none():
    images, is_face = lfw_subset()
    spread = [images[kind].std(dim=0).mean() for kind in (is_face, ~is_face)]
    assert spread[0] < 0.8 * spread[1]


@pytest.mark.parametrize("load", [lfw_people, olivetti])
@pytest.mark.parametrize("download", [False, True])
def test_a_set_that_cannot_be_had_is_one_sentence(tmp_path, load, download):
    with pytest.raises(
        FileNotFoundError, match=rf"{load.__name__} are not in .*; with a network, "
    ):
        load(folder=tmp_path, download=download)


def test_lfw_is_read_in_colour(tmp_path, monkeypatch):
    asked = {}

    def fetch(**options):
        asked.update(options)
        pixels = np.linspace(0, 1, 4 * 6 * 5 * 3, dtype=np.float32)
        return Bunch(images=pixels.reshape(4, 6, 5, 3), target=np.array([1, 0, 1, 0]))

    monkeypatch.setattr("sklearn.datasets.fetch_lfw_people", fetch)
    images, identities = lfw_people(3, resize=0.2, folder=tmp_path)
    assert images.shape == (4, 3, 6, 5)
    assert identities.tolist() == [1, 0, 1, 0]
    assert images[0, :, 0, 1].tolist() == pytest.approx([3 / 359, 4 / 359, 5 / 359])
    assert asked["min_faces_per_person"] == 3
    assert asked["resize"] == 0.2
    assert not asked["download_if_missing"]
    assert asked["data_home"] == str(tmp_path)


def test_olivetti_is_read_in_grey(monkeypatch):
    found = Bunch(images=np.full((2, 64, 64), 0.5, np.float32), target=np.array([0, 1]))
    monkeypatch.setattr(
        "sklearn.datasets.fetch_olivetti_faces", lambda **options: found
    )
    images, identities = olivetti()
    assert images.shape == (2, 1, 64, 64)
    assert identities.dtype == torch.int64
