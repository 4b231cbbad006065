"""Sweep: paint one photograph many times, with one thing changed at a time.

Run it by ``python -m dlcourse.style.gatys.sweep``; it needs some minutes on one core, prints the
figures of each painting, and ends with the checksum that :mod:`.swept` keeps. Another processor may
round differently and end at other pictures of the same kind.

Torch:  none
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch

from dlcourse.axes import Image
from dlcourse.data.patterns import stained_glass, strokes
from dlcourse.data.photos import photo
from dlcourse.training import generator

from .filters import random_filters
from .likeness import edge_similarity
from .look import Features
from .painting import Painting, stylize
from .swept import FILE
from .trained import network_features
from .vgg import random_vgg

__all__ = ["HEIGHT", "STYLE_LAYERS", "content", "main", "style"]

HEIGHT, STEPS, SEED = 96, 40, 0

STYLE_LAYERS = (
    "pixels",
    "relu1_1",
    "relu2_1",
    "relu2_2",
    "relu2_1/2",
    "relu2_2/2",
    "relu3_1/2",
)
"""Of the shipped network, for the full style."""

VGG_LAYERS = ("pixels", "relu1_1", "relu2_1", "relu3_1", "relu2_1/2", "relu3_1/2")
FILTER_LAYERS = ("pixels", *(f"random{side}" for side in (3, 5, 7, 11, 15, 23)))
USUAL: dict[str, Any] = {
    "content_layer": "relu2_2",
    "style_layers": STYLE_LAYERS,
    "content_weight": 0.03,
    "variation_weight": 0.07,
    "steps": STEPS,
}
"""What stays the same while one thing changes."""


def content() -> Image:
    """Give the photograph."""
    return photo("china", height=HEIGHT)


def style(name: str = "strokes") -> Image:
    """Draw or load the style, a little larger than the photograph.

    >>> tuple(style("glass").shape)
    (3, 120, 144)
    """
    if name == "glass":
        return stained_glass(120, 144, generator(1), pane=14.0, lead=2.0)
    if name == "tissue":
        return photo("immunohistochemistry", height=144)[:, :120]
    return strokes(120, 144, generator(SEED), length=18.0, thickness=4.5)


def _by_layers(eye: Features) -> dict[str, Painting]:
    """Take one layer of style after the other, from colours alone on."""
    sets = {
        "layers 1": STYLE_LAYERS[:1],
        "layers 2": STYLE_LAYERS[:2],
        "layers 4": STYLE_LAYERS[:4],
    }
    return {
        name: stylize(content(), style(), eye, **USUAL | {"style_layers": layers})
        for name, layers in sets.items()
    }


def _by_weights(eye: Features) -> dict[str, Painting]:
    """Vary the weight of the style, and the layer at which content is compared."""
    found = {
        f"weight {w:g}": stylize(content(), style(), eye, **USUAL | {"style_weight": w})
        for w in (0.02, 0.1, 1.0, 10.0)
    }
    for layer in ("relu1_1", "relu3_2"):
        options = USUAL | {"content_layer": layer}
        found[f"content {layer}"] = stylize(content(), style(), eye, **options)
    return found


def _by_features() -> dict[str, Painting]:
    """Look with filters that no training has touched."""
    vgg = {"depths": (2, 2, 2), "widths": (32, 64, 128)}
    pictures = [content()[None], style()[None]]
    plain = random_vgg(pictures, generator(SEED), unit_variance=False, **vgg)
    unit = random_vgg(pictures, generator(SEED), **vgg)
    filters = random_filters(generator(SEED))
    deep = USUAL | {"style_layers": VGG_LAYERS, "content_layer": "relu2_2"}
    wide = USUAL | {"style_layers": FILTER_LAYERS, "content_layer": "random7"}
    return {
        "plain": stylize(content(), style(), plain, **deep),
        "unit": stylize(content(), style(), unit, **deep),
        "filters": stylize(content(), style(), filters, **wide),
    }


def _by_styles(eye: Features) -> dict[str, Painting]:
    """Change the style, the start and the weight of the variation."""
    noise = torch.rand(content().shape, generator=generator(SEED))
    rough = USUAL | {"variation_weight": 0.0}
    anew = USUAL | {"start": noise, "content_weight": 0.5, "steps": 2 * STEPS}
    return {
        "glass": stylize(content(), style("glass"), eye, **USUAL),
        "tissue": stylize(content(), style("tissue"), eye, **USUAL),
        "noise": stylize(content(), style(), eye, **anew),
        "rough": stylize(content(), style(), eye, **rough),
    }


def main(path: Path = FILE) -> None:
    """Paint, print the figures, write the file."""
    from safetensors.torch import save_file

    torch.set_num_threads(1)  # so that sums are taken in one order
    eye = network_features()
    paintings = _by_features() | _by_layers(eye) | _by_weights(eye) | _by_styles(eye)
    figures = {}
    for name, painting in paintings.items():
        first, last = painting.history[0], painting.history[-1]
        figures[name] = {
            "content": last["content"],
            "style": last["style"],
            "fall": first["style"] / last["style"],
            "similarity": edge_similarity(painting.image, content()),
        }
        row = "   ".join(f"{key} {value:8.4f}" for key, value in figures[name].items())
        print(f"{name:16}{row}")
    pixels = {name: (255 * p.image).round().byte() for name, p in paintings.items()}
    save_file(pixels, path, metadata={"figures": json.dumps(figures)})
    print(f"checksum   {sha256(path.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
