"""Scenes: every target says what is in its picture, and the splits share what they may alone."""

import pytest
import torch

from dlcourse.data.scenes import CLASSES, Scenes, scenes
from dlcourse.data.scenes.cutouts import cutouts
from dlcourse.data.scenes.paste import Stamp, paste, stamp
from dlcourse.data.scenes.scenes import SEEN, boxes_of


@pytest.fixture(scope="module")
def drawn() -> Scenes:
    return scenes(60, objects=(0, 8), seed=3)


def test_pictures_are_pictures(drawn):
    assert drawn.images.shape == (60, 3, 96, 96)
    assert 0 <= drawn.images.min() < drawn.images.max() <= 1
    assert drawn.images.std() > 0.1


def test_every_box_is_the_smallest_around_its_mask(drawn):
    for _, target in drawn:
        for box, mask in zip(target["boxes"], target["masks"], strict=True):
            left, top, right, bottom = box.int().tolist()
            inside = mask[top:bottom, left:right]
            assert inside.sum() == mask.sum()
            assert inside[0].any()
            assert inside[-1].any()
            assert inside[:, 0].any()
            assert inside[:, -1].any()


def test_no_pixel_belongs_to_two_things(drawn):
    assert all((t["masks"].sum(0) <= 1).all() for _, t in drawn)


def test_enough_is_seen_of_everything(drawn):
    visible = torch.cat([t["visible"] for _, t in drawn])
    assert visible.min() >= SEEN
    assert visible.max() <= 1


def test_small_crowded_hidden_and_truncated_things_occur(drawn):
    targets = drawn.targets
    sides = torch.cat(
        [(t["boxes"][:, 2:] - t["boxes"][:, :2]).amax(1) for t in targets]
    )
    truncated = torch.cat([t["truncated"] for t in targets])
    hidden = torch.cat([t["visible"] for t in targets])[~truncated] < 1
    assert sides.min() < 16
    assert sides.max() > 50
    assert truncated.any()
    assert hidden.any()
    assert {len(t["labels"]) for t in targets} >= {0, 1, 6}


def test_a_thing_alone_is_truncated_where_it_meets_the_border():
    targets = scenes(80, objects=(1, 1)).targets
    boxes = torch.cat([t["boxes"] for t in targets])
    truncated = torch.cat([t["truncated"] for t in targets])
    meets = (boxes[:, :2] == 0).any(1) | (boxes[:, 2:] == 96).any(1)
    assert truncated.sum() > 10
    assert (meets >= truncated).all()
    assert (meets & ~truncated).sum() < 8  # some just touch it


def test_every_class_occurs_about_as_often():
    labels = torch.cat([t["labels"] for t in scenes(200).targets])
    share = torch.bincount(labels, minlength=len(CLASSES)) / len(labels)
    assert (share - 1 / len(CLASSES)).abs().max() < 0.06


def test_the_same_seed_gives_the_same_scenes_and_a_longer_series_begins_alike():
    short, long = scenes(3, 48, seed=5), scenes(5, 48, seed=5)
    assert short.images.equal(long.images[:3])
    assert short.targets[2]["boxes"].equal(long.targets[2]["boxes"])
    assert not scenes(3, 48, seed=6).images.equal(short.images)


def test_the_splits_differ():
    assert not scenes(3, 48, split="test").images.equal(scenes(3, 48).images)
    for kind in (0, 1):  # digits and coins
        train = {
            c.alpha.numpy().tobytes() + c.pixels.numpy().tobytes()
            for c in cutouts("train")[kind]
        }
        test = {
            c.alpha.numpy().tobytes() + c.pixels.numpy().tobytes()
            for c in cutouts("test")[kind]
        }
        assert len(train & test) <= 0.01 * len(test)  # two writers may draw one 1 alike


def test_all_coins_of_the_photograph_are_found():
    assert sum(len(cutouts(split)[1]) for split in ("train", "test")) == 24


@pytest.mark.parametrize("size", [16, 33, 224])
def test_any_size(size):
    image, target = scenes(1, size, objects=(2, 2))[0]
    assert image.shape == (3, size, size)
    assert target["masks"].shape[1:] == (size, size)
    assert target["boxes"].max() <= size


def test_nothing_pasted_leaves_empty_targets():
    _, target = scenes(1, objects=(0, 0))[0]
    assert {name: tuple(value.shape) for name, value in target.items()} == {
        "boxes": (0, 4),
        "labels": (0,),
        "masks": (0, 96, 96),
        "truncated": (0,),
        "visible": (0,),
    }


@pytest.mark.parametrize("side", [4, 9, 40])
def test_a_stamp_has_about_the_side_asked_for(side):
    for kind in cutouts("train"):
        piece = stamp(kind[0], side, torch.zeros(3), torch.Generator().manual_seed(0))
        rows, columns = (piece.alpha[0] > 0.5).nonzero().T
        longest = max(rows.max() - rows.min(), columns.max() - columns.min()) + 1
        assert 0.75 * side - 1 <= longest <= 1.2 * side + 2


def test_what_lies_outside_is_cut_off():
    grey = Stamp(torch.full((3, 3, 3), 0.5), torch.ones(1, 3, 3))
    picture, covered = paste(torch.zeros(3, 4, 4), grey, top=-2, left=3)
    assert covered.nonzero().tolist() == [[0, 3]]
    assert picture.sum() == 1.5


def test_boxes_of_masks_match_torchvision_but_for_the_last_pixel():
    from torchvision.ops import masks_to_boxes

    masks = torch.rand(50, 9, 7, generator=torch.Generator().manual_seed(0)) > 0.8
    theirs = masks_to_boxes(masks) + torch.tensor([0, 0, 1, 1])
    assert boxes_of(masks).equal(theirs)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"count": 0}, r"count \(0\) must be at least 1"),
        ({"count": 1, "size": 8}, r"size \(8\) at least 16"),
        ({"count": 1, "objects": (3, 2)}, r"objects is \(3, 2\); say the fewest"),
        ({"count": 1, "scale": (0.5, 1.5)}, r"scale is \(0.5, 1.5\); say the smallest"),
        ({"count": 1, "split": "dev"}, 'split is "dev"; say "train" or "test"'),
    ],
)
def test_what_cannot_be_drawn_is_refused(given, says):
    with pytest.raises(ValueError, match=says):
        scenes(**given)


def test_images_and_targets_come_in_pairs():
    with pytest.raises(ValueError, match="2 images and 1 targets"):
        Scenes(torch.zeros(2, 3, 16, 16), [{}])
