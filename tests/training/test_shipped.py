"""Shipped: weights in half precision, and their checksum."""

import pytest
import torch
from torch import nn

from dlcourse.training import load_shipped, save_shipped


def network() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU())


def test_half_precision_changes_an_answer_by_rounding_alone(tmp_path):
    model = network()
    path = tmp_path / "some.safetensors"
    checksum = save_shipped(model, path)
    again = load_shipped(network(), path, checksum, "some.script")
    images = torch.rand(2, 3, 8, 8)
    torch.testing.assert_close(again(images), model.eval()(images), rtol=0, atol=0.02)
    assert not again.training
    assert again[0].weight.dtype == torch.float32


def test_other_weights_than_those_shipped_are_refused(tmp_path):
    path = tmp_path / "some.safetensors"
    save_shipped(network(), path)
    with pytest.raises(
        ValueError, match=r"some\.safetensors is not the file .* -m a\.b"
    ):
        load_shipped(network(), path, "0" * 64, "a.b")
