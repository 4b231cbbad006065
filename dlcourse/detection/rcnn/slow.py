"""Slow: R-CNN and SPP-Net, which are one detector with two ways to describe a region.

A network that was trained to name pictures, a machine for each class on what it sees, a regression
for each class that moves the box: three trainings, one after the other, of which none knows of the
others. It was the first to show that learned features beat designed ones at finding things.

Axes:   n proposals, d features, k classes
Paper:  Girshick, Donahue, Darrell & Malik 2014, "Rich feature hierarchies for accurate object
        detection and semantic segmentation"; He, Zhang, Ren & Sun 2014, "Spatial pyramid pooling in
        deep convolutional networks for visual recognition"
Torch:  none
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from dlcourse.axes import Images
from dlcourse.detection.anchors import decode_boxes, encode_boxes
from dlcourse.detection.boxes import box_iou

from .detections import detections
from .machines import Machine, mine
from .regression import ridge
from .selective import selective_search

__all__ = ["RCNN", "Judges"]

NORM = 20.0
"""Mean length to which features are scaled, as in the paper, so that its penalties fit."""


class Judges(nn.Module):
    """A machine and a regression for each class, as tensors.

    Args:
        num_classes: k.
        dim: d.
    """

    def __init__(self, num_classes: int, dim: int) -> None:
        super().__init__()
        self.register_buffer("scale", torch.ones(()))
        self.register_buffer("weight", torch.zeros(num_classes, dim))
        self.register_buffer("bias", torch.zeros(num_classes))
        self.register_buffer("move", torch.zeros(num_classes, 4, dim))
        self.register_buffer("shift", torch.zeros(num_classes, 4))

    def forward(
        self, features: Float[Tensor, "n d"]
    ) -> tuple[Float[Tensor, "n k"], Float[Tensor, "n k 4"]]:
        """Give each class's score and box code."""
        x = features * self.scale
        codes = torch.einsum("nd,kfd->nkf", x, self.move) + self.shift
        return x @ self.weight.T + self.bias, codes


class RCNN(nn.Module):
    """Detect objects of ``num_classes`` classes among proposals, by machines on fixed features.

    It has no losses; :meth:`fit` trains it. ``model(images)`` gives, for each image, boxes, labels
    and scores, the best first. A score is a machine's, and 0 is its boundary.

    Args:
        features: describes the boxes of an image; :class:`.WarpedFeatures` makes this R-CNN,
            :class:`.PyramidFeatures` SPP-Net.
        num_classes: k.
        dim: d, the features' length.
        propose: gives an image's boxes; selective search by default.
        score_thresh: what a detection must exceed.
        nms_thresh: IoU above which the lower of two boxes of a class goes.
        detections_per_img: at most so many for an image.
    """

    def __init__(
        self,
        features: nn.Module,
        num_classes: int,
        dim: int,
        *,
        propose: Callable[[Tensor], Tensor] = selective_search,
        score_thresh: float = -1.0,
        nms_thresh: float = 0.3,
        detections_per_img: int = 100,
    ) -> None:
        super().__init__()
        self.features, self.propose = features.eval(), propose
        self.limits = {
            "score_thresh": score_thresh,
            "nms_thresh": nms_thresh,
            "detections_per_img": detections_per_img,
        }
        self.judges = Judges(num_classes, dim)

    @torch.no_grad()
    def forward(
        self, images: Images, proposals: Sequence[Tensor] | None = None
    ) -> list[dict[str, Tensor]]:
        """Detect in each image.

        Args:
            images: in [0, 1].
            proposals: each image's boxes, if they are known already.
        """
        if proposals is None:
            proposals = [self.propose(image) for image in images]
        found = []
        for image, boxes in zip(images, proposals, strict=True):
            scores, codes = self.judges(self.features(image, boxes))
            moved = decode_boxes(codes, boxes[:, None].expand_as(codes))
            size = image.shape[-2], image.shape[-1]
            found.append(detections(moved, scores, size, **self.limits))
        return found

    @torch.no_grad()
    def fit(
        self,
        images: Images,
        targets: Sequence[dict[str, Tensor]],
        proposals: Sequence[Tensor],
        generator: Generator | None = None,
        rounds: int = 4,
    ) -> list[Machine]:
        """Train the machines and the regressions; the features stay as they are.

        The true boxes of a class are its positives, and proposals of an IoU below 0.3 with all of
        them its negatives. Proposals of an IoU above 0.6 teach how to move.

        Args:
            images: in [0, 1].
            targets: true boxes and labels.
            proposals: each image's boxes.
            generator: source of the first negatives.
            rounds: of mining, at most.
        """
        seen = []  # of each image: boxes with the true ones first, and their features
        for image, target, boxes in zip(images, targets, proposals, strict=True):
            both = torch.cat((target["boxes"], boxes))
            seen.append((both, self.features(image, both)))
        judges, machines = self.judges, []
        judges.scale.fill_(NORM / torch.cat([x.norm(dim=1) for _, x in seen]).mean())
        for label in range(len(judges.weight)):
            parts = [
                _examples(
                    both, judges.scale * x, target["boxes"], target["labels"] == label
                )
                for (both, x), target in zip(seen, targets, strict=True)
            ]
            positives, negatives, near, codes = map(torch.cat, zip(*parts, strict=True))
            machine = mine(positives, negatives, rounds=rounds, generator=generator)
            judges.weight[label], judges.bias[label] = machine.weight, machine.bias
            judges.move[label], judges.shift[label] = ridge(near, codes)
            machines.append(machine)
        return machines


def _examples(
    boxes: Float[Tensor, "n 4"],
    features: Float[Tensor, "n d"],
    truths: Float[Tensor, "m 4"],
    wanted: Tensor,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Give one image's positives, negatives, and boxes near a truth with their codes."""
    positives = features[: len(truths)][wanted]
    own = truths[wanted]
    if not len(own):
        return positives, features, features[:0], boxes[:0]
    overlap, which = box_iou(own, boxes).max(dim=0)
    near = overlap > 0.6
    codes = encode_boxes(own[which[near]], boxes[near])
    return positives, features[overlap < 0.3], features[near], codes
