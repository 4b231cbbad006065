"""Fit, backbone: what every detector of this part shares."""

import torch
from torch import nn

from dlcourse.data.scenes import scenes
from dlcourse.detection import _backbone
from dlcourse.detection._backbone import Backbone, backbone_pretrained
from dlcourse.detection._fit import batches, fit, mirrored
from dlcourse.detection._pretrain import Classifier, named
from dlcourse.training import generator


class Counting(nn.Module):
    """Learns how many things a picture holds."""

    def __init__(self) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(()))

    def forward(self, images, targets):
        counts = torch.tensor([float(len(t["labels"])) for t in targets])
        return {"count": ((counts - self.bias) ** 2).mean()}


def test_fit_makes_the_sum_of_the_losses_smaller():
    model = Counting()
    data = scenes(20, 32, objects=(2, 2))
    history = fit(model, data, 30, size=4, lr=0.1, generator=generator(0))
    assert len(history) == 30
    assert history[-1]["count"] < 0.1 < history[0]["count"]
    assert not model.training


def test_one_pass_shows_every_scene_once():
    data = scenes(7, 32)
    shown = [i for images, _ in batches(data, 3, generator(1)) for i in images]
    assert len(shown) == 7
    either = {
        i.numpy().tobytes() for i in torch.cat([data.images, data.images.flip(3)])
    }
    assert {i.numpy().tobytes() for i in shown} <= either


def test_boxes_of_the_mirror_image_surround_its_masks():
    data = scenes(5, objects=(3, 3))
    images, targets = mirrored(data.images, data.targets)
    assert images.flip(3).equal(data.images)
    for target in targets:
        for box, mask in zip(target["boxes"].int(), target["masks"], strict=True):
            left, top, right, bottom = box.tolist()
            assert mask[top:bottom, left:right].sum() == mask.sum()
    again = mirrored(images, targets)[1]
    assert again[0]["boxes"].equal(data.targets[0]["boxes"])


def test_the_maps_have_the_strides_and_channels_they_promise():
    body = Backbone().eval()
    for side in (64, 96, 160):
        for c, stride, channels in zip(
            body(torch.rand(1, 3, side, side)), body.strides, body.channels, strict=True
        ):
            assert c.shape == (1, channels, side // stride, side // stride)


@torch.no_grad()
def test_the_shipped_features_tell_the_classes_apart():
    kind = {"size": 48, "objects": (0, 1), "scale": (0.3, 1.0)}
    body = backbone_pretrained()

    def seen(data):
        images, labels = named(data)
        return body(images)[2].mean((2, 3)), labels

    x, y = seen(scenes(300, **kind, seed=11))
    test_x, test_y = seen(scenes(200, **kind, split="test", seed=12))
    centres = torch.stack([x[y == label].mean(0) for label in range(6)])
    right = torch.cdist(test_x, centres).argmin(1) == test_y
    assert right.double().mean() > 0.75  # one in six by chance


def test_the_log_is_that_of_the_weights():
    log = _backbone.WEIGHTS.with_suffix(".log").read_text()
    assert f"checksum   {_backbone.CHECKSUM}" in log


def test_the_classifier_answers_for_every_class_and_for_nothing():
    assert Classifier()(torch.rand(2, 3, 48, 48)).shape == (2, 6)
