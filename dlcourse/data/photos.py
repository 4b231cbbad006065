"""Photos: real photographs that scikit-learn and scikit-image carry, as tensors.

A page that downloads its pictures breaks when their host does. These came with the installation, so
every figure can be made again without a network. Each entry says who took the picture and on what
terms it may be used.

Axes:   c h w, channels first; three channels for colour, one for grey; values in [0, 1]
Torch:  torchvision.io.decode_image reads files the same way, as integers up to 255
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import interpolate

from dlcourse.axes import Image

__all__ = ["PHOTOS", "Photo", "photo"]


def _from_sklearn(file: str) -> np.ndarray:
    from sklearn.datasets import load_sample_image

    return load_sample_image(file)


def _from_skimage(name: str) -> np.ndarray:
    from skimage import data

    return getattr(data, name)()


@dataclass(frozen=True)
class Photo:
    """Where a picture comes from: loader, what it shows, author or source, and licence."""

    load: Callable[[str], np.ndarray]
    file: str
    shows: str
    source: str
    licence: str


PHOTOS: dict[str, Photo] = {
    "china": Photo(
        _from_sklearn,
        "china.jpg",
        "a Chinese pavilion among trees",
        "danielbuechele, flickr.com/photos/danielbuechele/6061409035",
        "CC BY 2.0",
    ),
    "flower": Photo(
        _from_sklearn,
        "flower.jpg",
        "a dahlia",
        "vultilion, flickr.com/photos/vultilion/6056698931",
        "CC BY 2.0",
    ),
    "astronaut": Photo(
        _from_skimage,
        "astronaut",
        "Eileen Collins, a portrait",
        "NASA",
        "public domain",
    ),
    "brick": Photo(_from_skimage, "brick", "a brick wall", "CC0 Textures", "CC0"),
    "camera": Photo(
        _from_skimage, "camera", "a man with a camera", "Lav Varshney", "CC0"
    ),
    "cat": Photo(
        _from_skimage, "cat", "a cat called Chelsea", "Stéfan van der Walt", "CC0"
    ),
    "coffee": Photo(
        _from_skimage, "coffee", "a cup of coffee", "Rachel Michetti", "CC0"
    ),
    "coins": Photo(
        _from_skimage,
        "coins",
        "Greek coins from Pompeii",
        "Brooklyn Museum",
        "no known copyright restrictions",
    ),
    "grass": Photo(_from_skimage, "grass", "a lawn", "linolafett, DeviantArt", "CC0"),
    "gravel": Photo(_from_skimage, "gravel", "gravel", "CC0 Textures", "CC0"),
    "hubble": Photo(
        _from_skimage,
        "hubble_deep_field",
        "distant galaxies",
        "NASA and ESA",
        "public domain",
    ),
    "immunohistochemistry": Photo(
        _from_skimage,
        "immunohistochemistry",
        "stained tissue of a colon",
        "Center for Microscopy and Molecular Imaging (CMMI)",
        "no known copyright restrictions",
    ),
    "rocket": Photo(
        _from_skimage, "rocket", "a Falcon 9 at launch", "SpaceX", "public domain"
    ),
}
"""Every picture by its name."""


def photo(name: str, height: int | None = None, *, grey: bool = False) -> Image:
    """Load a photograph, in colour or as the mean of its channels.

    Args:
        name: one of :data:`PHOTOS`.
        height: pixels to shrink it to, the width in proportion; without one, as it is.
        grey: whether to average the channels into one.

    Returns:
        Values in [0, 1], shape (3, h, w), or (1, h, w) for a grey picture.

    Raises:
        KeyError: if no picture has that name; the message lists those there are.
        ValueError: if ``height`` is not between 1 and the picture's own.

    >>> photo("china", height=64).shape
    torch.Size([3, 64, 96])
    """
    if name not in PHOTOS:
        raise KeyError(f'no photo is called "{name}"; there are {", ".join(PHOTOS)}')
    pixels = np.atleast_3d(
        PHOTOS[name].load(PHOTOS[name].file)
    )  # h w c, one channel if grey
    image = torch.tensor(pixels).permute(2, 0, 1) / 255  # c h w
    if grey:
        image = image.mean(dim=0, keepdim=True)
    return image.contiguous() if height is None else _shrink(image, height)


def _shrink(image: Image, height: int) -> Float[Tensor, "c oh ow"]:
    """Average over areas, so that fine detail fades instead of turning into moiré."""
    full_height, full_width = image.shape[1:]
    if not 1 <= height <= full_height:
        raise ValueError(
            f"height ({height}) must be between 1 and the picture's own {full_height}"
        )
    size = height, max(1, round(full_width * height / full_height))
    return interpolate(image[None], size=size, mode="area")[0]
