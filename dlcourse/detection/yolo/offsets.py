"""Offsets: a centre that cannot leave its cell, and a size that multiplies a prior.

Any offset of a centre lets every cell of the grid claim any object, and training begins in
disorder. A sigmoid keeps the centre in the cell. An exponential keeps the size positive, and makes
an error of the same ratio count the same for small and large objects.

Axes:   n predictions
Paper:  Redmon & Farhadi 2017, "YOLO9000: better, faster, stronger" (direct location prediction)
Torch:  none; torchvision.models.detection's BoxCoder lets the centre go anywhere
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from dlcourse.detection.boxes import box_convert

from .lattice import Lattice

__all__ = ["LARGEST", "decode_offsets", "offset_targets"]

LARGEST = math.log(1000 / 16)
"""Bound of the size's code, as in torchvision, so that no exponential overflows."""


def decode_offsets(
    codes: Float[Tensor, "*b n 4"], places: Lattice
) -> Float[Tensor, "*b n 4"]:
    """Turn codes into boxes, x1 y1 x2 y2 in pixels.

    ``b_x = (sigmoid(t_x) + column) * stride`` and ``b_w = p_w * exp(t_w)``; the same for y and the
    height.

    Args:
        codes: ``t_x, t_y, t_w, t_h``.
        places: where the predictions stand.

    >>> places = Lattice(
    ...     torch.tensor([[2.0, 1.0]]), torch.tensor([[10.0]]), torch.tensor([[8.0, 4.0]])
    ... )
    >>> decode_offsets(torch.zeros(1, 4), places)
    tensor([[21., 13., 29., 17.]])
    """
    centres = (codes[..., :2].sigmoid() + places.corners) * places.strides
    sizes = places.priors * codes[..., 2:].clamp(max=LARGEST).exp()
    return box_convert(torch.cat([centres, sizes], dim=-1), "cxcywh", "xyxy")


def offset_targets(
    boxes: Float[Tensor, "n 4"], places: Lattice
) -> Float[Tensor, "n 4"]:
    """Say what the sigmoids and the size codes should be for predictions to give these boxes.

    The first two are the centre's place in its cell, from 0 to 1: what ``sigmoid(t_x)`` is to be.
    The last two are ``log(w / p_w)`` and ``log(h / p_h)``.

    Args:
        boxes: x1 y1 x2 y2 in pixels, each with an inside.
        places: of the predictions that own them.

    >>> places = Lattice(
    ...     torch.tensor([[2.0, 1.0]]), torch.tensor([[10.0]]), torch.tensor([[8.0, 4.0]])
    ... )
    >>> offset_targets(torch.tensor([[21.0, 13, 29, 17]]), places).tolist()
    [[0.5, 0.5, 0.0, 0.0]]
    """
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    within = centres / places.strides - places.corners
    ratios = (boxes[:, 2:] - boxes[:, :2]) / places.priors
    return torch.cat([within, ratios.log()], dim=1)
