"""Cells: the way of the paper on a photograph of stained tissue, with border weights and without.

Valid convolutions, mirrored edges, tiles, and a weight for each pixel. The left half of the
picture is for learning, the right half for judging, and what counts is whether two cells that
touch come out as two. The labels are those of a rule: pseudo-labels.

Four ways to weigh a pixel are tried: all the same, the border added, the classes balanced, and both
as in the paper. Run it by ``python -m dlcourse.segmentation.unet.cells``; it trains eight small
networks, prints its log, and writes the first seed's two that the page shows.

Axes:   h w rows and columns, n pairs of cells
Torch:  none; scipy.ndimage.label numbers the cells
"""

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from statistics import mean

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dlcourse.axes import Image
from dlcourse.data.masks import cells
from dlcourse.segmentation._fit import fit
from dlcourse.training import fixed_seed, generator, load_shipped, save_shipped

from .network import UNet
from .tiles import mirrored, overlap_tile
from .weights import border_weights, class_weights, pixel_cross_entropy

__all__ = ["FILES", "cell_network", "cells_pretrained", "found", "halves", "merged"]

SIDE, ANSWER, STEP = 116, 76, 36
"""Pixels of a window's side, of what is answered for, and from window to window."""

BORDER, SIGMA = 10.0, 2.0
"""The most that a border adds, as in the paper; the nuclei are small, and so is sigma."""

EPOCHS = 12

FILES = {
    kind: Path(__file__).with_name(f"cells_{kind}.safetensors")
    for kind in ("plain", "both")
}
"""The files that are shipped: learned without weights, and with those of the paper."""

CHECKSUMS = {
    "plain": "33677bddd924af252cd7eaa60040e2a65a6936bdca1fc0025ed9d1b3880ded20",
    "both": "6fbaef60e0df5e8ea8e3dd014e4016f5c36e222980cef227fea02649036bdafb",
}
"""SHA-256 of the files, as the script printed them."""


def cell_network() -> UNet:
    """Build a network of valid convolutions with two levels: a nucleus is ten pixels wide."""
    return UNet(3, 2, width=8, depth=2, normalize=True)


def cells_pretrained(kind: str) -> UNet:
    """Build the network with shipped weights: "plain", or "both".

    Raises:
        ValueError: if the file is not the one that was shipped.
    """
    script = "dlcourse.segmentation.unet.cells"
    return load_shipped(cell_network(), FILES[kind], CHECKSUMS[kind], script)


def numbered(inside: Bool[Tensor, "h w"]) -> Int[Tensor, "h w"]:
    """Give each connected component a number; a corner does not connect."""
    from scipy.ndimage import label

    return torch.from_numpy(label(inside.numpy())[0]).long()


def halves() -> list[tuple[Image, Int[Tensor, "h w"]]]:
    """Cut the picture down the middle; each half comes with its cells, numbered from 1."""
    image, labels = cells()
    middle = image.shape[2] // 2
    sides = slice(None, middle), slice(middle, None)
    return [(image[..., side], numbered(labels[:, side] > 0)) for side in sides]


def windows(
    image: Image, labels: Int[Tensor, "h w"], kind: str
) -> tuple[Float[Tensor, "b c oh ow"], Float[Tensor, "b 2 ah aw"]]:
    """Cut the mirrored picture into windows, each with its classes and weights, b 2 h w."""
    margin = (SIDE - ANSWER) // 2
    wide = mirrored(image[None], *[margin] * 4)[0]
    height, width = labels.shape
    seen, wanted = [], []
    for top, left in product(
        range(0, height - ANSWER + 1, STEP), range(0, width - ANSWER + 1, STEP)
    ):
        seen.append(wide[:, top : top + SIDE, left : left + SIDE])
        part = labels[top : top + ANSWER, left : left + ANSWER]
        wanted.append(torch.stack([(part > 0).float(), _weights(part, kind)]))
    return torch.stack(seen), torch.stack(wanted)


KINDS = ("plain", "border", "class", "both")
"""Pixels all the same, the border added, the classes balanced, both."""


def _weights(labels: Int[Tensor, "h w"], kind: str) -> Tensor:
    border = BORDER if kind in ("border", "both") else 0.0
    weights = border_weights(labels, border, SIGMA)
    return weights if kind in ("class", "both") else weights - class_weights(labels) + 1


@torch.no_grad()
def found(model: UNet, image: Image) -> Bool[Tensor, "h w"]:
    """Tell cells from ground in a picture of any size, tile by tile."""
    return overlap_tile(model, image[None], SIDE)[0].argmax(dim=0) == 1


def merged(
    inside: Bool[Tensor, "h w"], labels: Int[Tensor, "h w"], apart: int = 2
) -> Bool[Tensor, "n"]:
    """Say of each pair of neighbouring cells whether the answer makes one of them.

    Args:
        inside: the answer.
        labels: the cells, numbered from 1.
        apart: steps to the side or down from a pixel of one cell to one of its neighbour.

    >>> labels = torch.tensor([[1, 1, 0, 2, 2, 0, 3]])
    >>> merged(torch.tensor([[True, True, True, True, True, False, True]]), labels).tolist()
    [True, False]
    """
    answer = numbered(inside)
    own = [_most(answer[labels == n]) for n in range(1, int(labels.max()) + 1)]
    pairs = sorted(_neighbours(labels, apart))
    return torch.tensor([own[a - 1] == own[b - 1] > 0 for a, b in pairs])


def _most(numbers: Int[Tensor, "n"]) -> int:
    """Find the component that covers most of a cell, 0 if none does."""
    numbers = numbers[numbers > 0]
    return int(numbers.mode().values) if len(numbers) else 0


def _neighbours(labels: Int[Tensor, "h w"], apart: int) -> set[tuple[int, int]]:
    pairs = set()
    for axis in (0, 1):
        length = labels.shape[axis]
        if length <= apart:
            continue
        one = labels.narrow(axis, 0, length - apart).flatten()
        other = labels.narrow(axis, apart, length - apart).flatten()
        differ = (one != other) & (one > 0) & (other > 0)
        both = torch.stack([one[differ], other[differ]], dim=1).sort(dim=1).values
        pairs |= {(a, b) for a, b in both.tolist()}
    return pairs


def main(
    seeds: Sequence[int] = (0, 1),
    epochs: int = EPOCHS,
    files: dict[str, Path] = FILES,
) -> dict[str, list[float]]:
    """Train, print the log, write two files; give the shares of pairs that were merged."""
    torch.set_num_threads(1)  # so that sums are taken in one order
    (image, labels), (unseen, wanted) = halves()
    shares: dict[str, list[float]] = {}
    for kind in KINDS:
        data = windows(image, labels, kind)
        for seed in seeds:
            with fixed_seed(seed):
                model = cell_network()
            loss = fit(
                *(model, *data, epochs),
                size=4,
                generator=generator(seed),
                loss=lambda logits, maps: pixel_cross_entropy(
                    logits, maps[:, 0].long(), maps[:, 1]
                ),
            )[-1]
            inside = found(model, unseen)
            pairs, both = merged(inside, wanted), inside & (wanted > 0)
            shares.setdefault(kind, []).append(pairs.double().mean().item())
            iou = both.sum() / (inside | (wanted > 0)).sum()
            told = f"IoU {iou:.3f}   cells {int(numbered(inside).max())}"
            print(
                f"{kind:<6} seed {seed}   loss {loss:.3f}   {told} of {int(wanted.max())}   "
                f"merged {int(pairs.sum())} of {len(pairs)} pairs",
                flush=True,
            )
            if seed == seeds[0] and kind in files:
                print(f"{kind:<6} checksum   {save_shipped(model, files[kind])}")
    for kind, each in shares.items():
        print(f"{kind:<6} merged   mean {mean(each):.3f}")
    return shares


if __name__ == "__main__":
    main()
