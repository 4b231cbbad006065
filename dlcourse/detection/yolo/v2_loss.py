"""Loss of version 2: squared errors of places and confidences, a softmax over the classes.

As in version 1 the confidence learns the IoU of its own box, which makes it a judgement of the box
and not only of the object. The classes of a prediction exclude each other, so one softmax shares
their probability out.

Axes:   b images, n predictions, d = 5 + k numbers of a prediction
Paper:  Redmon & Farhadi 2017, "YOLO9000: better, faster, stronger"; the weights are those of the
        authors' program, since the paper names none
Torch:  none
"""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import cross_entropy

from dlcourse.detection.boxes import box_iou

from .lattice import Lattice
from .matching import match_batch
from .offsets import decode_offsets, offset_targets

__all__ = ["yolo_v2_loss"]


def yolo_v2_loss(
    codes: Float[Tensor, "b n d"],
    places: Lattice,
    targets: Sequence[dict[str, Any]],
    image_size: tuple[int, int],
    ignore: float = 0.6,
    object_weight: float = 5.0,
) -> dict[str, Tensor]:
    """Sum the errors over the predictions, a mean over the images.

    - box: squares of ``sigmoid(t_x)``, ``sigmoid(t_y)``, ``t_w``, ``t_h`` against what the owned
      object asks for;
    - objectness: square of the owner's ``sigmoid(t_o)`` against the IoU of its box;
    - empty: squares of the other ``sigmoid(t_o)``, the ignored ones left out;
    - classes: cross-entropy of the owner's classes.

    Args:
        codes: of the network: ``t_x, t_y, t_w, t_h, t_o`` and a number for each class.
        places: where the predictions stand.
        targets: ``boxes`` and ``labels`` of each image.
        image_size: height and width in pixels.
        ignore: IoU with an object above which a prediction need not be empty.
        object_weight: weight of ``objectness``.
    """
    pairs = match_batch(codes, places, targets, image_size, ignore)
    own, home = codes[pairs.image, pairs.place], places.at(pairs.place)
    wanted = offset_targets(pairs.boxes, home)
    given = torch.cat([own[:, :2].sigmoid(), own[:, 2:4]], dim=1)
    drawn = decode_offsets(own[:, :4].detach(), home)
    fit = box_iou(drawn[:, None], pairs.boxes[:, None])[:, 0, 0]
    parts = {
        "box": (given - wanted).square().sum(),
        "objectness": object_weight * (own[:, 4].sigmoid() - fit).square().sum(),
        "empty": codes[..., 4][pairs.empty].sigmoid().square().sum(),
        "classes": cross_entropy(own[:, 5:], pairs.labels, reduction="sum"),
    }
    return {name: part / len(codes) for name, part in parts.items()}
