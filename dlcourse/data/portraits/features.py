"""Features: eyes, brows, nose, mouth, beard and hair, painted where the surface shows them.

Axes:   b pictures, c three channels, h w pixels; s t places on the face
"""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcourse.axes import Images

from .paint import cover, ellipse, mixed, ramp
from .parameters import Numbers
from .surface import Surface

__all__ = ["bumps", "hair_colour", "paint_face", "skin_colour"]

Plane = Float[Tensor, "b h w"]
Colour = Float[Tensor, "b 3 1 1"]


def skin_colour(person: Numbers) -> Colour:
    """Give the colour of the skin."""
    base = ramp(
        person["skin"], (0.27, 0.16, 0.11), (0.68, 0.46, 0.33), (0.96, 0.82, 0.72)
    )
    rosy = person["rosy"][:, None, None, None] - 0.5
    return base * (1 + rosy * base.new_tensor([0.1, -0.12, -0.12])[:, None, None])


def hair_colour(person: Numbers) -> Colour:
    """Give the colour of hair, brows and beard: the darker the skin, the nearer to black."""
    light = person["skin"]
    base = ramp(
        light * person["hair"],
        (0.06, 0.05, 0.05),
        (0.36, 0.23, 0.13),
        (0.82, 0.68, 0.42),
    )
    red = (light * person["hair_red"])[:, None, None, None] * base.new_tensor(
        [0.22, 0.0, -0.06]
    )[:, None, None]
    return (base + red).clamp(0, 1)


def paint_face(person: Numbers, shot: Numbers, head: Surface) -> Images:
    """Paint everything on the head, as if the light came from all sides."""
    skin, hair = skin_colour(person), hair_colour(person)
    p = {name: value[:, None, None] for name, value in person.items()}
    e = {name: value[:, None, None] for name, value in shot.items()}
    picture = skin.expand(-1, -1, *head.s.shape[1:])
    picture = mixed(picture, hair, _beard(p, head))
    picture = _mouth(picture, skin, p, e, head)
    iris = ramp(
        person["iris"] * person["skin"].sqrt(),
        (0.24, 0.13, 0.07),
        (0.3, 0.42, 0.24),
        (0.3, 0.52, 0.78),
    )
    for side in (-1, 1):
        picture = _eye(picture, skin, iris, side, p, e, head)
        picture = mixed(picture, hair * 0.8, _brow(side, p, e, head))
    return mixed(picture, hair, _hair(p, head))


def bumps(person: Numbers, head: Surface) -> tuple[Plane, Plane]:
    """Give the slopes of nose and brow ridge, right and down, that catch the light."""
    p = {name: value[:, None, None] for name, value in person.items()}
    top, length = p["eye_height"], p["nose_length"]
    along = ((head.t - top) / length).clamp(0, 1.0)
    below = cover(top + length - head.t, head.pixel)
    wide = p["nose_width"] * (0.6 + 0.5 * along)
    ridge = torch.exp(-((head.s / wide) ** 2)) * along * below
    right = -1.4 * head.s / wide * ridge
    down = torch.exp(-((head.s / (1.1 * wide)) ** 2)) * torch.exp(
        -(((head.t - top - length) / 0.06) ** 2)
    )
    return -right, 0.9 * down


def _eye(
    picture: Images,
    skin: Colour,
    iris: Colour,
    side: int,
    p: dict[str, Tensor],
    e: dict[str, Tensor],
    head: Surface,
) -> Images:
    """Paint a socket, the white, iris and pupil, cut off by the lids."""
    x, y = head.s - side * p["eye_apart"], head.t - p["eye_height"]
    y = y + side * p["eye_slant"] * x
    wide = p["eye_size"]
    tall = wide * p["eye_open"] * (1 - e["eye_close"].clamp(-0.3, 0.8))
    socket = ellipse(x, y + 0.2 * tall, 1.25 * wide, tall + 0.035, head.pixel)
    white = ellipse(x, y, wide, tall, head.pixel)
    gone = head.pixel.new_zeros(())
    x = x - 0.3 * wide * e["gaze"]
    round_ = 0.55 * wide
    seen = ellipse(x, y, round_, torch.minimum(round_, tall), head.pixel) * white
    pupil = ellipse(x, y, 0.5 * round_, torch.minimum(0.5 * round_, tall), head.pixel)
    picture = mixed(picture, skin * 0.72, socket)
    picture = mixed(picture, skin.new_full((1, 3, 1, 1), 0.92), white)
    picture = mixed(picture, iris, seen)
    return mixed(picture, gone, pupil * seen)


def _brow(
    side: int, p: dict[str, Tensor], e: dict[str, Tensor], head: Surface
) -> Plane:
    x = head.s - side * p["eye_apart"]
    y = head.t - p["eye_height"] + p["brow_lift"] + 0.045 * e["brow_raise"]
    y = y + side * p["brow_slant"] * x + 1.5 * x**2
    return 0.9 * ellipse(x, y, 1.35 * p["eye_size"], p["brow_thick"], head.pixel)


def _mouth(
    picture: Images,
    skin: Colour,
    p: dict[str, Tensor],
    e: dict[str, Tensor],
    head: Surface,
) -> Images:
    """Paint lips along a curve that a smile bends, and what is between them."""
    wide = p["mouth_width"] * (1 + 0.18 * e["smile"])
    bent = (head.s / wide).clamp(-1, 1) ** 2
    y = head.t - p["mouth_height"] + 0.09 * e["smile"] * (bent - 0.4)
    gap = 0.075 * e["mouth_open"].clamp(min=0)
    lips = ellipse(head.s, y, wide, p["lips"] + gap, head.pixel)
    inner = ellipse(head.s, y, 0.85 * wide, gap + 0.008, head.pixel)
    red = p["lip_red"][:, None]
    tint = skin.new_tensor([0.78, 0.3, 0.32])[:, None, None]
    colour = skin * 0.72 + 0.5 * red * (tint - skin * 0.72)
    picture = mixed(picture, colour, lips)
    return mixed(picture, colour * 0.25, inner)


def _beard(p: dict[str, Tensor], head: Surface) -> Plane:
    """Cover cheeks and chin below a curve that rises towards the ears."""
    line = p["mouth_height"] - 0.1 - 1.2 * head.s**2
    return 0.8 * p["beard"].clamp(min=0) * cover((head.t - line) * 0.5, head.pixel)


def _hair(p: dict[str, Tensor], head: Surface) -> Plane:
    """Cover the head above the hairline, and behind the ears as far as the hair hangs."""
    line = p["hairline"] + 0.35 * (head.s - p["parting"]).abs()
    above = cover(line - head.t, head.pixel)
    behind = cover(0.25 - head.front, head.pixel) * cover(
        p["hair_length"] - head.t, head.pixel
    )
    return torch.maximum(above, behind)
