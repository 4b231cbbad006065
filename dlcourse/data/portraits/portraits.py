"""Portraits: light on a face, something behind it, noise over it; and sets of many.

Axes:   b pictures, c three channels, h w pixels with values in [0, 1]
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor

from dlcourse.axes import Images

from .features import bumps, hair_colour, paint_face, skin_colour
from .paint import cover, ellipse, mixed
from .parameters import PERSON, SHOT, Numbers, draw
from .surface import Surface, surface

__all__ = ["Portraits", "portraits", "render"]

CHUNK = 128
"""Pictures drawn at a time, so that the planes stay in the processor's cache."""


class Portraits(NamedTuple):
    """Pictures, and who and what they show."""

    images: Float[Tensor, "b 3 h w"]
    identities: Int[Tensor, "b"]
    """From 0, the pictures of a person side by side."""
    people: Numbers
    """Each parameter of :data:`PERSON`, one value a picture."""
    shots: Numbers
    """Each parameter of :data:`SHOT`, one value a picture."""


def portraits(
    identities: int,
    per_identity: int,
    size: int = 32,
    *,
    difficulty: float = 0.5,
    split: str = "train",
    seed: int = 0,
) -> Portraits:
    """Draw people who do not exist, each several times.

    More identities with the same seed begin with the fewer; the people stay when ``per_identity``,
    ``size`` or ``difficulty`` changes.

    Args:
        identities: how many people.
        per_identity: pictures of each.
        size: pixels of each side.
        difficulty: from 0, where all pictures of a person are the same, to 1, where pose,
            expression, light, background and noise take all values that their bounds allow.
        split: "train" or "test", which have no person in common.
        seed: of the random numbers; the splits have numbers of their own.

    Raises:
        ValueError: for an unknown split, counts below 1, a size below 8, or a difficulty outside
            0 to 1.

    >>> drawn = portraits(identities=3, per_identity=2)
    >>> drawn.images.shape, drawn.identities.tolist()
    (torch.Size([6, 3, 32, 32]), [0, 0, 1, 1, 2, 2])
    """
    _refuse(identities, per_identity, size, difficulty, split)
    start = 2 * (2 * seed + (split == "test"))
    who, how = (torch.Generator().manual_seed(start + n) for n in range(2))
    people = {
        name: value.repeat_interleave(per_identity)
        for name, value in draw(PERSON, identities, who).items()
    }
    shots = draw(SHOT, identities * per_identity, how, spread=difficulty)
    images = render(people, shots, size, generator=how)
    labels = torch.arange(identities).repeat_interleave(per_identity)
    return Portraits(images, labels, people, shots)


def _refuse(
    identities: int, per_identity: int, size: int, difficulty: float, split: str
) -> None:
    if split not in ("train", "test"):
        raise ValueError(f'split is "{split}"; say "train" or "test"')
    if identities < 1 or per_identity < 1:
        raise ValueError(
            f"identities ({identities}) and per_identity ({per_identity}) must be at least 1"
        )
    if size < 8:
        raise ValueError(f"size ({size}) must be at least 8")
    if not 0 <= difficulty <= 1:
        raise ValueError(f"difficulty ({difficulty}) must lie between 0 and 1")


def render(
    people: Numbers, shots: Numbers, size: int = 32, generator: Generator | None = None
) -> Float[Tensor, "b 3 h w"]:
    """Draw one picture for each value of the parameters; without a generator, free of noise.

    >>> middle = [draw(bounds, 1, torch.Generator(), spread=0.0) for bounds in (PERSON, SHOT)]
    >>> picture = render(*middle)[0]
    >>> bool(picture.allclose(picture.flip(-1), atol=0.01))  # the middle person looks ahead
    True
    """
    pictures = []
    for start in range(0, len(people["skin"]), CHUNK):
        part = slice(start, start + CHUNK)
        person, shot = (
            {name: value[part] for name, value in numbers.items()}
            for numbers in (people, shots)
        )
        picture = _exposed(_scene(person, shot, size), shot)
        if generator is not None:
            grain = torch.randn(picture.shape, generator=generator)
            picture = picture + shot["noise"].abs()[:, None, None, None] * grain
        pictures.append(picture.clamp(0, 1))
    return torch.cat(pictures)


def _scene(person: Numbers, shot: Numbers, size: int) -> Images:
    """Lay the lit head over hair, neck, clothes and background."""
    head = surface(person, shot, size)
    lit = paint_face(person, shot, head) * _light(person, shot, head)[:, None]
    picture = _behind(person, shot, head)
    return mixed(picture, lit, head.inside)


def _light(person: Numbers, shot: Numbers, head: Surface) -> Float[Tensor, "b h w"]:
    """Add what comes from all sides and what comes from one, by the cosine to the surface."""
    side, height, contrast = (
        shot[name][:, None, None] for name in ("light_side", "light_height", "contrast")
    )
    right, down, near = head.normal
    slope = bumps(person, head)
    right, down = right + slope[0], down + slope[1]
    length = (right**2 + down**2 + near**2).sqrt().clamp(min=1e-6)
    towards = right * side.sin() * height.cos() - down * height.sin()
    towards = towards + near * side.cos() * height.cos()
    return 1 - contrast + 1.25 * contrast * (towards / length).clamp(min=0)


def _behind(person: Numbers, shot: Numbers, head: Surface) -> Images:
    """Paint background, shoulders, neck, and the hair behind the head."""
    back, corner, clothes = (
        torch.stack([shot[f"{name}_{c}"] for c in "rgb"], dim=1)[:, :, None, None]
        for name in ("background", "corner", "clothes")
    )
    p = {name: value[:, None, None] for name, value in person.items()}
    picture = back + corner * ((head.x + head.y) / 2)[:, None]
    wide, tall = p["head_width"] + p["hair_volume"], p["head_height"] + p["hair_volume"]
    hangs = cover(p["hair_length"] - head.y, head.pixel)
    longer = head.y.clamp(min=0) * 0.35  # long hair falls straight
    hair = ellipse(head.x, head.y - longer, wide, tall, head.pixel) * hangs
    picture = mixed(picture, hair_colour(person) * 0.8, hair)
    neck = cover(0.5 * p["head_width"] - head.x.abs(), head.pixel)
    neck = neck * cover(head.y - 0.3, head.pixel)
    picture = mixed(picture, skin_colour(person) * 0.7, neck)
    top = p["head_height"] + 0.08 + 0.3 * head.x**2
    return mixed(picture, clothes, cover(head.y - top, head.pixel))


def _exposed(picture: Images, shot: Numbers) -> Images:
    """Take the picture with its exposure and the colour of its light."""
    warm = shot["warmth"][:, None] * torch.tensor([1.0, 0.0, -1.0])
    gain = 2 ** shot["exposure"][:, None] * (1 + warm)
    return picture * gain[:, :, None, None]
