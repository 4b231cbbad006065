"""Pretrain: teach the network to say from which photograph a patch was cut.

Colours are jittered, so that texture has to tell. A quarter of each photograph, the third from the
left, is kept for the test and never shown. Run it by ``python -m dlcourse.style._pretrain``; it
needs two or three minutes on one core, prints its log, and ends with the accuracy and the checksum
that :mod:`._network` keeps. Another processor may round differently and end at other weights of the
same worth.

Axes:   b patches of 32 pixels a side, three channels; labels are places in the list of photographs
Torch:  none
"""

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import SGD
from torch.optim.lr_scheduler import OneCycleLR

from dlcourse.axes import Image, Images
from dlcourse.data.photos import PHOTOS, photo
from dlcourse.optim.augmentation import (
    random_color_jitter,
    random_crop,
    random_horizontal_flip,
)
from dlcourse.training import Batches, fixed_seed, generator, save_shipped, train

from ._network import WEIGHTS, Network

__all__ = ["HEIGHTS", "SIDE", "accuracy", "main", "patches"]

SEED = 0
EPOCHS = 4
SIDE = 32
"""Pixels along each side of a patch."""

HEIGHTS = (128, 256)
"""Pixels to which a photograph is shrunk before it is cut: near and far."""


def patches(
    count: int, split: str, generator: Generator
) -> tuple[Images, Int[Tensor, "b"]]:
    """Cut patches at random places of every photograph.

    Args:
        count: patches of each photograph; even, half from each height.
        split: "test" for the third quarter from the left, "train" for the other three.
        generator: source of the places and, for training, of the colours.

    Raises:
        ValueError: for an unknown split.

    >>> patches(2, "test", torch.Generator())[1].tolist()[:6]
    [0, 0, 1, 1, 2, 2]
    """
    if split not in ("train", "test"):
        raise ValueError(f'split is "{split}"; say "train" or "test"')
    found = []
    for name in PHOTOS:
        for height in HEIGHTS:
            parts = _parts(photo(name, height=height), split)
            for part, share in parts:
                found.append(_cut(part, round(count / len(HEIGHTS) * share), generator))
    images = torch.cat(found)
    if split == "train":
        images = random_horizontal_flip(images, generator=generator)
        images = random_color_jitter(images, 0.4, 0.4, 1.0, 0.1, generator=generator)
    return images, torch.arange(len(PHOTOS)).repeat_interleave(count)


def _parts(
    picture: Float[Tensor, "any h w"], split: str
) -> list[tuple[Float[Tensor, "_c _h _w"], float]]:
    """Name the columns a patch may come from, and the share of patches; grey in three channels."""
    colour = picture.expand(3, -1, -1)
    quarter = colour.shape[2] // 4
    if split == "test":
        return [(colour[:, :, 2 * quarter : 3 * quarter], 1.0)]
    return [(colour[:, :, : 2 * quarter], 0.5), (colour[:, :, 3 * quarter :], 0.5)]


def _cut(part: Image, count: int, generator: Generator) -> Float[Tensor, "b c oh ow"]:
    copies = part.expand(count, *part.shape)
    return random_crop(copies, SIDE, generator=generator)


@torch.no_grad()
def accuracy(model: nn.Module, images: Images, labels: Int[Tensor, "b"]) -> float:
    """Count the share of right answers.

    >>> accuracy(nn.Flatten(), torch.eye(2)[:, :, None, None], torch.tensor([0, 0]))
    0.5
    """
    answers = torch.cat([model(part).argmax(dim=1) for part in images.split(100)])
    return (answers == labels).double().mean().item()


def main() -> None:
    """Train, print the log, write the file."""
    torch.set_num_threads(1)  # so that sums are taken in one order
    images, labels = patches(480, "train", generator(SEED))
    held_out = patches(60, "test", generator(SEED + 1))
    with fixed_seed(SEED):
        model = Network()
    # Before a normalization the size of a kernel is free: begin small, and the noise of the start
    # is soon outgrown by what was learned. The first layer is one to be looked at.
    with torch.no_grad():
        model.layers["conv1_1"].weight.mul_(0.1)
    batches = Batches(images, labels, 32, generator(SEED))
    optimizer = SGD(
        model.parameters(), lr=0.05, momentum=0.9, nesterov=True, weight_decay=2e-3
    )
    rise_and_fall = OneCycleLR(
        optimizer, 0.05, total_steps=EPOCHS * len(batches), cycle_momentum=False
    )
    history = train(
        model,
        batches,
        cross_entropy,
        optimizer,
        EPOCHS,
        schedule=rise_and_fall,
        evaluate=lambda m: {"accuracy": accuracy(m, *held_out)},
    )
    for entry in history:
        print(
            "epoch {epoch}   loss {loss:.3f}   accuracy {accuracy:.4f}".format(**entry)
        )
    print(f"accuracy   {history[-1]['accuracy']:.4f}")
    print(f"checksum   {save_shipped(model, WEIGHTS)}")


if __name__ == "__main__":
    main()
