"""Digits: real images, split once and for all, and larger sets through the same function."""

import pickle

import numpy as np
import pytest
import torch

from dlcourse.data.digits import digits


def test_both_splits_are_there_and_share_no_image():
    (train, train_labels), (test, test_labels) = digits("train"), digits("test")
    assert train.shape == (1347, 1, 8, 8)
    assert test.shape == (450, 1, 8, 8)
    assert (train.min(), train.max()) == (0, 1)
    assert (
        train_labels.unique().tolist()
        == test_labels.unique().tolist()
        == list(range(10))
    )
    images = {tuple(image.flatten().tolist()) for image in train}
    assert not sum(tuple(image.flatten().tolist()) in images for image in test)


def test_the_split_keeps_the_shares_of_the_classes():
    shares = [
        digits(split)[1].bincount() / len(digits(split)[1])
        for split in ("train", "test")
    ]
    torch.testing.assert_close(shares[0], shares[1], rtol=0, atol=2e-3)


def test_the_same_call_gives_the_same_images():
    assert digits("test")[0].equal(digits("test")[0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("valid",), 'split is "valid"; say "train" or "test"'),
     (("train", "SVHN"), 'source is "SVHN"; there are digits, MNIST, CIFAR10')],
)  # fmt: skip
def test_unknown_words_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        digits(*arguments)


@pytest.mark.parametrize("source", ["MNIST", "CIFAR10"])
@pytest.mark.parametrize("download", [False, True])
def test_a_set_that_cannot_be_had_is_one_sentence(tmp_path, source, download):
    with pytest.raises(
        FileNotFoundError, match=f"{source} is not in .*; with a network, digits"
    ):
        digits("test", source, folder=tmp_path, download=download)


def write_idx(path, array: np.ndarray) -> None:
    """Write MNIST's own format: a magic number, the sizes, the bytes."""
    header = bytes([0, 0, 8, array.ndim]) + b"".join(
        n.to_bytes(4, "big") for n in array.shape
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header + array.astype(np.uint8).tobytes())


def test_mnist_is_read_from_a_folder(tmp_path):
    raw = tmp_path / "MNIST" / "raw"
    pixels = np.arange(2 * 28 * 28).reshape(2, 28, 28) % 256
    for split in ("train", "t10k"):
        write_idx(raw / f"{split}-images-idx3-ubyte", pixels)
        write_idx(raw / f"{split}-labels-idx1-ubyte", np.array([7, 3]))
    images, labels = digits("test", "MNIST", folder=tmp_path)
    assert images.shape == (2, 1, 28, 28)
    torch.testing.assert_close(images[:, 0] * 255, torch.tensor(pixels).float())
    assert labels.tolist() == [7, 3]


def test_cifar_is_read_channels_first(tmp_path, monkeypatch):
    from torchvision.datasets import CIFAR10

    monkeypatch.setattr(CIFAR10, "_check_integrity", lambda self: True)
    monkeypatch.setattr(CIFAR10, "_load_meta", lambda self: None)
    pixels = np.arange(3 * 32 * 32, dtype=np.uint8).reshape(1, -1)
    folder = tmp_path / CIFAR10.base_folder
    folder.mkdir()
    (folder / "test_batch").write_bytes(pickle.dumps({"data": pixels, "labels": [5]}))
    images, labels = digits("test", "CIFAR10", folder=tmp_path)
    assert (images * 255).round().flatten().tolist() == pixels.flatten().tolist()
    assert images.shape == (1, 3, 32, 32)
    assert labels.tolist() == [5]
