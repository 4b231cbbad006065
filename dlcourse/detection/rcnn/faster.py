"""Faster: proposals and detections from one map.

With a proposal network on the detector's own map, proposals cost almost nothing, and they are
learned: they get better with the features, and the features learn from them too.

Axes:   b images, k classes, a anchors of a cell
Paper:  Ren, He, Girshick & Sun 2015, "Faster R-CNN: towards real-time object detection with region
        proposal networks"
Torch:  torchvision.models.detection.FasterRCNN
"""

from collections.abc import Sequence
from typing import Any

from jaxtyping import Float
from torch import Generator, Tensor, nn

from dlcourse.axes import Images
from dlcourse.detection.anchors import base_anchors

from .fast import roi_heads_on
from .proposing import RegionProposalNetwork, RPNHead
from .refusals import refuse_targets
from .shared import SharedMap

__all__ = ["FasterRCNN"]


class FasterRCNN(nn.Module):
    """Detect objects of ``num_classes`` classes, proposals included.

    In training, ``model(images, targets)`` gives the four losses "loss_objectness",
    "loss_rpn_box_reg", "loss_classifier" and "loss_box_reg"; in evaluation ``model(images)`` gives,
    for each image, boxes, labels and scores, the best first.

    Args:
        backbone: gives maps of strides 8, 16 and 32.
        num_classes: k, without the background.
        base: anchors of a cell, around 0; left out, three sizes in three shapes.
        representation_size: features of each fully connected layer.
        output_size: cells along each side that a region is pooled to.
        rpn: options of :class:`.RegionProposalNetwork`.
        options: of :class:`.RoIHeads`.
    """

    def __init__(
        self,
        backbone: nn.Module,
        num_classes: int,
        *,
        base: Float[Tensor, "a 4"] | None = None,
        representation_size: int = 128,
        output_size: int = 4,
        rpn: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__()
        if base is None:
            base = base_anchors((16.0, 28.0, 48.0), (0.5, 1.0, 2.0))
        self.features = SharedMap(backbone)
        head = RPNHead(self.features.out_channels, len(base))
        self.rpn = RegionProposalNetwork(head, base, self.features.stride, **rpn or {})
        self.roi_heads = roi_heads_on(
            self.features, num_classes, representation_size, output_size, **options
        )

    def forward(
        self,
        images: Images,
        targets: Sequence[dict[str, Tensor]] | None = None,
        generator: Generator | None = None,
    ) -> dict[str, Tensor] | list[dict[str, Tensor]]:
        """Give the losses in training, the detections in evaluation.

        Args:
            images: in [0, 1].
            targets: true boxes and labels, for training.
            generator: source of the anchors and proposals that a step learns from.
        """
        size = images.shape[-2], images.shape[-1]
        if self.training:
            refuse_targets(images, targets)
        features = self.features(images)
        if not self.training:
            proposals, _ = self.rpn(features, size)
            return self.roi_heads.detect(features, proposals, size)
        proposals, losses = self.rpn(features, size, targets, generator)
        return losses | self.roi_heads.losses(features, proposals, targets, generator)
