"""Look: what is seen of a picture at named layers, in its colours, and from further away.

A network that ships is small and sees little at once. The same network sees twice as far on a
picture of half the size, so a layer may be asked for at several sizes: "relu2_1" on the picture as
it is, "relu2_1/2" on one half as wide. And filters that answer to edges say little of flat colour.
Therefore "pixels" is a layer too: the three colours and a channel of ones, whose Gram matrix holds
the mean of each colour and of each product of two.

Axes:   b c h w, images with values in [0, 1] and maps of layers
Paper:  Snelgrove 2017, "High-resolution multi-scale neural texture synthesis", for the sizes
Torch:  torchvision.models.feature_extraction.create_feature_extractor for the layers
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import avg_pool2d

from dlcourse.axes import Images

__all__ = ["PIXELS", "Features", "Maps", "look"]

PIXELS = "pixels"
"""The layer of colours."""

Maps = dict[str, Float[Tensor, "_b _c _h _w"]]
"""By layer; each has channels and a size of its own."""

Features = Callable[[Images, Sequence[str]], Maps]
"""Gives the maps of named layers."""


def look(features: Features | None, images: Images, layers: Sequence[str]) -> Maps:
    """Give the maps of each named layer, at each named size.

    Args:
        features: of a network; None if only colours are asked for.
        images: with values in [0, 1].
        layers: names, each with "/n" behind it if the images are to be shrunk n times before.

    Raises:
        ValueError: if a picture is too small to be shrunk, or what follows "/" is no number.

    >>> ones = torch.ones(1, 3, 4, 4)
    >>> {name: tuple(maps.shape) for name, maps in look(None, ones, ["pixels/2"]).items()}
    {'pixels/2': (1, 4, 2, 2)}
    """
    found: Maps = {}
    for times in dict.fromkeys(_times(name) for name in layers):
        names = [name for name in layers if _times(name) == times]
        own = {name: name.partition("/")[0] for name in names}
        shrunk = _shrink(images, times)
        maps = {PIXELS: torch.cat([shrunk, torch.ones_like(shrunk[:, :1])], dim=1)}
        inner = [name for name in own.values() if name != PIXELS]
        if inner:
            maps |= features(shrunk, inner)
        found |= {name: maps[own[name]] for name in names}
    return {name: found[name] for name in layers}


def _times(name: str) -> int:
    """Read how many times a layer's picture is shrunk."""
    times = name.partition("/")[2] or "1"
    if not times.isdigit() or int(times) < 1:
        raise ValueError(
            f'layer "{name}": what follows "/" is how many times to shrink'
        )
    return int(times)


def _shrink(images: Images, times: int) -> Float[Tensor, "b c oh ow"]:
    if times > min(images.shape[2:]):
        size = "x".join(map(str, images.shape[2:]))
        raise ValueError(f"images of {size} pixels cannot be shrunk {times} times")
    return images if times == 1 else avg_pool2d(images, times)
