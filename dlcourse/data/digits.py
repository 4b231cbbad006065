"""Digits: small images with labels, for a network that trains in seconds.

scikit-learn carries 1,797 real handwritten digits of 8x8 pixels, so every page can train on real
data without a network. The larger sets of the field come through the same function when they are at
hand.

Axes:   b images, c h w channels first, values in [0, 1]; labels are whole numbers
Paper:  Alpaydin & Kaynak 1998, "Optical recognition of handwritten digits" (UCI repository);
        LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document
        recognition" (MNIST); Krizhevsky 2009, "Learning multiple layers of features from tiny
        images" (CIFAR-10)
Torch:  torchvision.datasets.MNIST, CIFAR10
"""

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from dlcourse.axes import Images

__all__ = ["SOURCES", "digits"]

SOURCES = ("digits", "MNIST", "CIFAR10")

HELD_OUT = 0.25
"""Share of scikit-learn's digits that is kept for testing: 450 of 1,797."""


def digits(
    split: str = "train",
    source: str = "digits",
    *,
    folder: str | Path = "data",
    download: bool = False,
) -> tuple[Images, Int[Tensor, "b"]]:
    """Load images and labels of one split.

    Args:
        split: "train" or "test".
        source: one of :data:`SOURCES`; the first is always there.
        folder: where torchvision keeps MNIST and CIFAR-10.
        download: whether torchvision may fetch them, with its checksums.

    Raises:
        ValueError: for an unknown split or source.
        FileNotFoundError: if MNIST or CIFAR-10 is not in the folder.

    >>> images, labels = digits("test")
    >>> images.shape, labels[:5].shape
    (torch.Size([450, 1, 8, 8]), torch.Size([5]))
    """
    if split not in ("train", "test"):
        raise ValueError(f'split is "{split}"; say "train" or "test"')
    if source not in SOURCES:
        raise ValueError(f'source is "{source}"; there are {", ".join(SOURCES)}')
    if source == "digits":
        return _bundled(split)
    return _from_torchvision(split, source, Path(folder), download)


def _bundled(split: str) -> tuple[Images, Int[Tensor, "b"]]:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, labels = load_digits(return_X_y=True)
    parts = train_test_split(
        images, labels, test_size=HELD_OUT, random_state=0, stratify=labels
    )
    chosen = parts[0::2] if split == "train" else parts[1::2]
    # The pixels count 0 to 16.
    x = torch.tensor(chosen[0], dtype=torch.float32).reshape(-1, 1, 8, 8) / 16
    return x, torch.tensor(chosen[1])


def _from_torchvision(
    split: str, source: str, folder: Path, download: bool
) -> tuple[Images, Int[Tensor, "b"]]:
    from torchvision import datasets

    try:
        found = getattr(datasets, source)(
            folder, train=split == "train", download=download
        )
    except (RuntimeError, OSError) as error:
        raise FileNotFoundError(
            f"{source} is not in {folder.resolve()}; with a network, "
            f'digits("{split}", "{source}", download=True) fetches it'
        ) from error
    pixels = np.asarray(found.data)
    images = torch.tensor(pixels).reshape(
        len(pixels), *pixels.shape[1:3], -1
    )  # b h w c
    return images.permute(0, 3, 1, 2) / 255, torch.tensor(np.asarray(found.targets))
