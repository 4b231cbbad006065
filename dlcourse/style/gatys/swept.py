"""Swept: small paintings that come with the package, each with what it cost.

To see what a layer or a weight does, one paints the same picture many times. That takes minutes, so
the paintings are kept, in eight bits a value, with the figures that the script measured.

Axes:   c h w, images with values in [0, 1]
Torch:  none
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from dlcourse.axes import Image

__all__ = ["CHECKSUM", "FILE", "Swept", "swept"]

FILE = Path(__file__).with_name("sweep.safetensors")
"""The file that is shipped."""

CHECKSUM = "e3eb5c02a54cc09bb0965e9ffe64e670226a6fe00902dd7b5ed592de5dc7e996"
"""SHA-256 of the file, as the script printed it."""


@dataclass(frozen=True)
class Swept:
    """A painting, and its figures: losses of "content" and "style", edge "similarity"."""

    image: Image
    figures: dict[str, float]


def swept() -> dict[str, Swept]:
    """Read the shipped paintings, by name.

    Raises:
        ValueError: if the file is not the one that was shipped.

    >>> tuple(swept()["weight 0.1"].image.shape)
    (3, 96, 144)
    """
    from safetensors import safe_open

    if sha256(FILE.read_bytes()).hexdigest() != CHECKSUM:
        raise ValueError(
            f"{FILE.name} is not the file that was shipped: install the package again, or run "
            "python -m dlcourse.style.gatys.sweep and note the checksum it prints"
        )
    with safe_open(FILE, framework="pt") as file:
        figures = json.loads(file.metadata()["figures"])
        return {
            name: Swept(file.get_tensor(name) / 255, figures[name]) for name in figures
        }
