"""Proposing: a small network on the shared map says where to look.

With selective search, a fast detector waits for its proposals. But the map it computes anyway knows
where things are. A convolution slides over the map; at every cell it answers, for each of some
anchors, whether an object is there and how the anchor should move to fit it.

Axes:   b images, h w cells, n anchors of an image, a anchors of a cell
Paper:  Ren, He, Girshick & Sun 2015, "Faster R-CNN: towards real-time object detection with region
        proposal networks"
Torch:  RPNHead and RegionProposalNetwork of torchvision.models.detection.rpn
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.nn.functional import (
    binary_cross_entropy_with_logits,
    relu,
    smooth_l1_loss,
)

from dlcourse.axes import Images
from dlcourse.detection.anchors import decode_boxes, encode_boxes, grid_anchors
from dlcourse.detection.boxes import clip_boxes_to_image, remove_small_boxes
from dlcourse.detection.suppression import nms

from .sampling import assign, balanced_sample

__all__ = ["RPNHead", "RegionProposalNetwork", "rpn_loss"]


class RPNHead(nn.Module):
    """One convolution of 3 x 3, and two of 1 x 1 that answer for every anchor of a cell.

    Args:
        in_channels: of the map.
        num_anchors: of a cell.

    >>> [tuple(y.shape) for y in RPNHead(8, 3)(torch.zeros(1, 8, 2, 5))]
    [(1, 30), (1, 30, 4)]
    """

    def __init__(self, in_channels: int, num_anchors: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, in_channels, 3, padding=1)
        self.cls_logits = nn.Conv2d(in_channels, num_anchors, 1)
        self.bbox_pred = nn.Conv2d(in_channels, num_anchors * 4, 1)
        for layer in (self.conv, self.cls_logits, self.bbox_pred):
            nn.init.normal_(layer.weight, std=0.01)
            nn.init.zeros_(layer.bias)

    def forward(
        self, features: Images
    ) -> tuple[Float[Tensor, "b n"], Float[Tensor, "b n 4"]]:
        """Answer in the order of the anchors: row, column, anchor of the cell."""
        x = relu(self.conv(features))
        objectness = self.cls_logits(x).permute(0, 2, 3, 1).flatten(1)
        codes = self.bbox_pred(x).permute(0, 2, 3, 1)  # b h w 4a
        return objectness, codes.reshape(len(x), -1, 4)


def rpn_loss(
    objectness: Float[Tensor, "b n"],
    codes: Float[Tensor, "b n 4"],
    anchors: Float[Tensor, "n 4"],
    targets: Sequence[dict[str, Tensor]],
    *,
    fg_iou_thresh: float = 0.7,
    bg_iou_thresh: float = 0.3,
    batch_size_per_image: int = 256,
    positive_fraction: float = 0.5,
    generator: Generator | None = None,
) -> dict[str, Tensor]:
    """Draw anchors of each image, and take two losses on those drawn, each a mean over them.

    Cross-entropy of object against background, and smooth L1 of the moves of objects. An anchor is
    an object if its IoU with one reaches 0.7, or is the best that this object has; background below
    0.3; and left out in between.

    Args:
        objectness: logits.
        codes: moves.
        anchors: the same for all images.
        targets: true boxes.
        fg_iou_thresh: IoU from which on an anchor is an object.
        bg_iou_thresh: IoU below which it is background.
        batch_size_per_image: anchors of an image that a step learns from.
        positive_fraction: largest share of objects among them.
        generator: source of the draw.
    """
    drawn, objects, labels, wanted = [], [], [], []
    for place, target in enumerate(targets):
        ones = torch.ones_like(target["labels"])
        known, own = assign(
            anchors, target["boxes"], ones, fg_iou_thresh, bg_iou_thresh, True
        )
        some = balanced_sample(
            known, batch_size_per_image, positive_fraction, generator
        )
        start = place * len(anchors)
        drawn.append(torch.cat(some) + start)
        objects.append(some[0] + start)
        labels.append(known[torch.cat(some)])
        wanted.append(encode_boxes(own[some[0]], anchors[some[0]]))
    all_drawn, all_objects = torch.cat(drawn), torch.cat(objects)
    moves = codes.flatten(0, 1)[all_objects]
    missed = smooth_l1_loss(moves, torch.cat(wanted), beta=1 / 9, reduction="sum")
    logits = objectness.flatten()[all_drawn]
    answers = torch.cat(labels).to(logits)
    return {
        "loss_objectness": binary_cross_entropy_with_logits(logits, answers),
        "loss_rpn_box_reg": missed / len(all_drawn),
    }


class RegionProposalNetwork(nn.Module):
    """Propose boxes from a map.

    Args:
        head: answers for every anchor.
        base: anchors of a cell, around 0.
        stride: pixels from cell to cell.
        offset: where in its cell an anchor has its centre; 0.5 is the middle.
        pre_nms_top_n: proposals before suppression, in training and in testing.
        post_nms_top_n: and after it.
        nms_thresh: IoU above which the lower of two proposals goes.
        options: of :func:`rpn_loss`.
    """

    def __init__(
        self,
        head: nn.Module,
        base: Float[Tensor, "a 4"],
        stride: int,
        *,
        offset: float = 0.5,
        pre_nms_top_n: tuple[int, int] = (2000, 1000),
        post_nms_top_n: tuple[int, int] = (2000, 300),
        nms_thresh: float = 0.7,
        **options: float | int,
    ) -> None:
        super().__init__()
        self.head, self.stride, self.offset = head, stride, offset
        self.register_buffer("base", base, persistent=False)
        self.top_n = pre_nms_top_n, post_nms_top_n
        self.nms_thresh, self.options = nms_thresh, options

    def anchors(self, features: Images) -> Float[Tensor, "n 4"]:
        """Place the anchors on the cells of a map."""
        sides = features.shape[-2], features.shape[-1]
        return grid_anchors(sides, self.stride, self.base, self.offset)

    def forward(
        self,
        features: Images,
        size: tuple[int, int],
        targets: Sequence[dict[str, Tensor]] | None = None,
        generator: Generator | None = None,
    ) -> tuple[list[Float[Tensor, "_ 4"]], dict[str, Tensor]]:
        """Give each image's proposals, the likeliest first, and the losses if there are targets.

        No gradient flows into the proposals: they are taken as given, which makes the joint
        training an approximate one.
        """
        objectness, codes = self.head(features)
        anchors = self.anchors(features)
        places = anchors.expand(len(features), -1, -1)
        boxes = decode_boxes(codes.detach(), places)
        pairs = zip(boxes, objectness.detach(), strict=True)
        proposals = [self.choose(*pair, size) for pair in pairs]
        if targets is None:
            return proposals, {}
        options = {**self.options, "generator": generator}
        return proposals, rpn_loss(objectness, codes, anchors, targets, **options)

    def choose(
        self,
        boxes: Float[Tensor, "n 4"],
        objectness: Float[Tensor, " n"],
        size: tuple[int, int],
    ) -> Float[Tensor, "m 4"]:
        """Take the likeliest boxes, cut them off at the border, suppress near copies."""
        before, after = (counts[0 if self.training else 1] for counts in self.top_n)
        scores, best = objectness.topk(min(before, len(objectness)))
        inside = clip_boxes_to_image(boxes[best], size)
        good = remove_small_boxes(inside, 1e-3)
        inside = inside[good]
        kept = nms(inside, scores[good].sigmoid(), self.nms_thresh)
        return inside[kept[:after]]
