"""Priors: a detector whose cells give boxes of typical sizes, on one grid or several.

Versions 2 and 3 read their maps alike. What differs, the network, the loss and how class numbers
become probabilities, each of them brings along.

Axes:   b images, n predictions, m priors of a cell, d = 5 + k numbers of a prediction, k classes
Paper:  Redmon & Farhadi 2017, "YOLO9000: better, faster, stronger"; Redmon & Farhadi 2018,
        "YOLOv3: an incremental improvement"
Torch:  torchvision.models.detection.RetinaNet, built alike
"""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from dlcourse.axes import Images

from ._refusals import refuse_image_size
from .detector import GridDetector
from .lattice import Lattice, flatten_maps, lattice
from .offsets import decode_offsets

__all__ = ["PriorDetector"]


class PriorDetector(GridDetector):
    """A list of predictions, each with a cell and a prior.

    Args:
        num_classes: classes, without a background.
        priors: widths and heights in pixels, of each grid.
        strides: pixels from one cell to the next, of each grid.
        coarsest: what the sides of an image must be multiples of.
        choice: thresholds, as :class:`~.detector.GridDetector` takes them.
    """

    def __init__(
        self,
        num_classes: int,
        priors: Sequence[Sequence[Sequence[float]]],
        strides: Sequence[int],
        coarsest: int,
        **choice: Any,
    ) -> None:
        super().__init__(num_classes, **choice)
        self.strides, self.coarsest = tuple(strides), coarsest
        self.register_buffer("priors", torch.tensor(priors), persistent=False)

    def maps(self, images: Images) -> Sequence[Float[Tensor, "b _ _ _"]]:
        """Draw the map of each grid."""
        raise NotImplementedError

    def probabilities(self, logits: Float[Tensor, "b n k"]) -> Float[Tensor, "b n k"]:
        """Turn the class numbers of a prediction into probabilities."""
        raise NotImplementedError

    def raw(self, images: Images) -> tuple[Float[Tensor, "b n d"], Lattice]:
        """List the numbers of all predictions, and where they stand."""
        refuse_image_size(tuple(images.shape[-2:]), self.coarsest)
        maps = self.maps(images)
        sizes = [tuple(map_.shape[-2:]) for map_ in maps]
        codes = flatten_maps(maps, self.priors.shape[1])
        return codes, lattice(sizes, self.strides, list(self.priors))

    def decode(
        self, output: tuple[Tensor, Lattice], size: tuple[int, int]
    ) -> tuple[Float[Tensor, "b n 4"], Float[Tensor, "b n k"]]:
        """Read boxes, and scores: the objectness times the probability of each class."""
        codes, places = output
        chances = codes[..., 4:5].sigmoid() * self.probabilities(codes[..., 5:])
        return decode_offsets(codes[..., :4], places), chances
