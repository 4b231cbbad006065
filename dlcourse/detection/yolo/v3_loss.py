"""Loss of version 3: a yes or no for the object and for each class.

A person is also a woman. Where labels overlap a softmax is wrong, and one logistic question for
each class is right. The objectness is asked the same way: 1 for the owner of an object, whatever
its box is like at the moment, and 0 for the rest.

Axes:   b images, n predictions, d = 5 + k numbers of a prediction
Paper:  Redmon & Farhadi 2018, "YOLOv3: an incremental improvement"
Torch:  none
"""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, one_hot

from .lattice import Lattice
from .matching import match_batch
from .offsets import offset_targets

__all__ = ["yolo_v3_loss"]


def yolo_v3_loss(
    codes: Float[Tensor, "b n d"],
    places: Lattice,
    targets: Sequence[dict[str, Any]],
    image_size: tuple[int, int],
    ignore: float = 0.5,
) -> dict[str, Tensor]:
    """Sum the errors over the predictions, a mean over the images.

    - box: cross-entropy of ``sigmoid(t_x)`` and ``sigmoid(t_y)``, whose slope is the plain
      difference that the authors' program takes, and half the squares of ``t_w`` and ``t_h``,
      which have the same;
    - objectness: cross-entropy of the owners, which should be 1;
    - empty: cross-entropy of the others, which should be 0, the ignored ones left out;
    - classes: cross-entropy of each of the owner's classes by itself.

    Args:
        codes: of the network: ``t_x, t_y, t_w, t_h, t_o`` and a number for each class.
        places: where the predictions stand.
        targets: ``boxes`` and ``labels`` of each image.
        image_size: height and width in pixels.
        ignore: IoU with an object above which a prediction need not be empty.
    """
    pairs = match_batch(codes, places, targets, image_size, ignore)
    own = codes[pairs.image, pairs.place]
    wanted = offset_targets(pairs.boxes, places.at(pairs.place))
    sizes = (own[:, 2:4] - wanted[:, 2:]).square().sum() / 2
    empty = codes[..., 4][pairs.empty]
    classes = one_hot(pairs.labels, codes.shape[-1] - 5).to(codes)
    parts = {
        "box": _asked(own[:, :2], wanted[:, :2]) + sizes,
        "objectness": _asked(own[:, 4], torch.ones_like(own[:, 4])),
        "empty": _asked(empty, torch.zeros_like(empty)),
        "classes": _asked(own[:, 5:], classes),
    }
    return {name: part / len(codes) for name, part in parts.items()}


def _asked(logits: Tensor, answers: Tensor) -> Tensor:
    """Sum the cross-entropies of logistic questions."""
    return binary_cross_entropy_with_logits(logits, answers, reduction="sum")
