"""Fast: one pass over the image, one over its regions, one loss.

The network sees the image once, as in SPP-Net; each region is pooled to one grid of cells, and the
gradient flows back through the pooling into the whole network. Only the proposals still come from
outside.

Axes:   b images, n proposals, k classes
Paper:  Girshick 2015, "Fast R-CNN"
Torch:  none on its own; torchvision.models.detection.FasterRCNN is this with a proposal network
"""

from collections.abc import Callable, Sequence
from typing import Any

from torch import Generator, Tensor, nn

from dlcourse.axes import Images

from .heads import FastRCNNPredictor, RoIHeads, TwoMLPHead
from .refusals import refuse_targets
from .selective import selective_search
from .shared import SharedMap

__all__ = ["FastRCNN", "roi_heads_on"]


def roi_heads_on(
    features: SharedMap,
    num_classes: int,
    representation_size: int,
    output_size: int,
    **options: Any,
) -> RoIHeads:
    """Build heads for a map.

    Args:
        features: computes the map.
        num_classes: k, without the background.
        representation_size: features of each fully connected layer.
        output_size: cells along each side that a region is pooled to.
        options: of :class:`.RoIHeads`.
    """
    entering = features.out_channels * output_size**2
    return RoIHeads(
        TwoMLPHead(entering, representation_size),
        FastRCNNPredictor(representation_size, num_classes + 1),
        output_size=output_size,
        spatial_scale=1 / features.stride,
        **options,
    )


class FastRCNN(nn.Module):
    """Detect objects of ``num_classes`` classes among proposals that are handed in.

    In training, ``model(images, targets)`` gives the losses "loss_classifier" and "loss_box_reg";
    in evaluation ``model(images)`` gives, for each image, boxes, labels and scores, the best first.

    Args:
        backbone: gives maps of strides 8, 16 and 32.
        num_classes: k, without the background.
        representation_size: features of each fully connected layer; the paper has 4096.
        output_size: cells along each side that a region is pooled to; the paper has 7.
        propose: gives an image's boxes when none are handed in; selective search by default.
        options: of :class:`.RoIHeads`.
    """

    def __init__(
        self,
        backbone: nn.Module,
        num_classes: int,
        *,
        representation_size: int = 128,
        output_size: int = 4,
        propose: Callable[[Tensor], Tensor] = selective_search,
        **options: Any,
    ) -> None:
        super().__init__()
        self.features, self.propose = SharedMap(backbone), propose
        self.roi_heads = roi_heads_on(
            self.features, num_classes, representation_size, output_size, **options
        )

    def forward(
        self,
        images: Images,
        targets: Sequence[dict[str, Tensor]] | None = None,
        proposals: Sequence[Tensor] | None = None,
        generator: Generator | None = None,
    ) -> dict[str, Tensor] | list[dict[str, Tensor]]:
        """Give the losses in training, the detections in evaluation.

        Args:
            images: in [0, 1].
            targets: true boxes and labels, for training.
            proposals: each image's boxes, if they are known already.
            generator: source of the proposals that a step learns from.
        """
        if self.training:
            refuse_targets(images, targets)
        if proposals is None:
            proposals = [self.propose(image).to(images) for image in images]
        features = self.features(images)
        if self.training:
            return self.roi_heads.losses(features, proposals, targets, generator)
        size = images.shape[-2], images.shape[-1]
        return self.roi_heads.detect(features, proposals, size)
