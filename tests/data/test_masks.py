"""Masks: every label map fits its picture, and the rules found what they were to find."""

import numpy as np
import pytest
import torch
from scipy.ndimage import label

from dlcourse.data.masks import (
    IGNORED,
    MAP_CLASSES,
    cells,
    class_maps,
    coins,
    horse,
    motorcycle,
)
from dlcourse.data.scenes import CLASSES, Scenes, scenes


@pytest.mark.parametrize(
    ("load", "classes"), [(horse, 2), (coins, 2), (cells, 2), (motorcycle, 3)]
)
def test_every_pixel_has_a_class(load, classes):
    image, labels = load()
    assert image.dtype == torch.float32
    assert 0 <= image.min() < image.max() <= 1
    assert image.is_contiguous()
    assert labels.dtype == torch.int64
    assert labels.shape == image.shape[1:]
    assert set(labels.unique().tolist()) - {IGNORED} == set(range(classes))
    again = load()
    assert again[0].equal(image)
    assert again[1].equal(labels)


def test_the_horse_is_one_black_shape():
    image, labels = horse()
    assert (image[0] == 1).equal(labels == 0)
    assert label(labels.numpy(), np.ones((3, 3)))[1] == 1


def test_all_coins_are_found_round_and_bright():
    from skimage.measure import regionprops

    image, labels = coins()
    regions = regionprops(label(labels.numpy())[0])
    assert len(regions) == 24
    assert min(region.solidity for region in regions) > 0.93
    assert image[0][labels == 1].mean() > image[0][labels == 0].mean() + 0.2


def test_cells_are_small_apart_and_bluer_than_their_surroundings():
    image, labels = cells()
    things, count = label(labels.numpy())
    areas = np.bincount(things.ravel())[1:]
    assert 300 < count < 800
    assert areas.min() >= 40
    assert areas.max() < 900
    blue = image[2] - image[0]
    assert blue[labels == 1].mean() > blue[labels == 0].mean() + 0.05


def test_the_motorcycle_is_nearer_than_the_wall():
    _, labels = motorcycle()
    assert (labels == IGNORED).float().mean() < 0.08
    assert labels[250, 380] == 2  # the engine
    assert labels[20, 170] == 0  # the wall
    assert labels[120, 60] == 1  # the bench


def test_ignored_pixels_are_those_that_cross_entropy_passes_over():
    scores, target = torch.zeros(2, 2), torch.tensor([0, IGNORED])
    loss = torch.nn.functional.cross_entropy(scores, target)
    assert loss.item() == pytest.approx(np.log(2))


def test_maps_hold_the_masks_of_their_scenes():
    drawn = scenes(20, 48, seed=2)
    maps = class_maps(drawn)
    assert maps.shape == (20, 48, 48)
    assert ("background", *CLASSES) == MAP_CLASSES
    for one, target in zip(maps, drawn.targets, strict=True):
        assert one.eq(0).equal(~target["masks"].any(dim=0))
        for thing, mask in zip(target["labels"], target["masks"], strict=True):
            assert (one[mask] == 1 + thing).all()


def test_a_scene_without_things_is_ground():
    assert class_maps(scenes(2, 16, objects=(0, 0))).sum() == 0


def test_scenes_without_masks_or_of_two_sizes_are_refused(as_in_use):
    bare = Scenes(
        [torch.zeros(3, 4, 4)], [{"labels": torch.zeros(0, dtype=torch.int64)}]
    )
    with pytest.raises(ValueError, match="scene 0 has no masks"):
        class_maps(bare)
    one, other = scenes(1, 16), scenes(1, 17)
    pictures = list(one.images) + list(other.images)
    both = Scenes(pictures, one.targets + other.targets)
    with pytest.raises(ValueError, match=r"scenes of \[\(16, 16\), \(17, 17\)\] pixel"):
        class_maps(both)
