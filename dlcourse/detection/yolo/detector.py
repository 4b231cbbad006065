"""Detector: what the three versions share, so that one is used like the others.

In training mode images and targets give a dict of losses, in evaluation mode images give a list of
predictions, as torchvision's detectors do. A version says what its network gives out, what that
costs, and how it is read.

Axes:   b images, n boxes, k classes
Torch:  torchvision.models.detection
"""

from collections.abc import Sequence
from typing import Any

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images

from ._refusals import refuse_targets
from .choosing import choose

__all__ = ["GridDetector"]


class GridDetector(nn.Module):
    """A network over a grid, its losses, and its boxes.

    Args:
        num_classes: classes, without a background.
        score_threshold: score that a prediction must exceed.
        nms_threshold: IoU above which the lower of two boxes of a class is suppressed.
        detections_per_img: predictions at most.
    """

    def __init__(
        self,
        num_classes: int,
        score_threshold: float = 0.05,
        nms_threshold: float = 0.5,
        detections_per_img: int = 100,
    ) -> None:
        super().__init__()
        self.num_classes = num_classes
        self.choice = (score_threshold, nms_threshold, detections_per_img)

    def raw(self, images: Images) -> Any:
        """Run the network."""
        raise NotImplementedError

    def losses(
        self, output: Any, targets: Sequence[dict[str, Any]], size: tuple[int, int]
    ) -> dict[str, Tensor]:
        """Compare what the network gave with the targets of images of that size."""
        raise NotImplementedError

    def decode(
        self, output: Any, size: tuple[int, int]
    ) -> tuple[Float[Tensor, "b n 4"], Float[Tensor, "b n k"]]:
        """Read boxes in pixels, and a score for each class, from what the network gave."""
        raise NotImplementedError

    def forward(
        self, images: Images, targets: Sequence[dict[str, Any]] | None = None
    ) -> dict[str, Tensor] | list[dict[str, Tensor]]:
        """Give losses in training mode and predictions in evaluation mode.

        Raises:
            ValueError: for images of a wrong size; in training mode also if the targets are not
                one for each image, or hold a box or a label that cannot be.
        """
        size = tuple(images.shape[-2:])
        if self.training:
            refuse_targets(targets, len(images), self.num_classes)
            return self.losses(self.raw(images), targets, size)
        boxes, scores = self.decode(self.raw(images), size)
        return [
            choose(*both, size, *self.choice)
            for both in zip(boxes, scores, strict=True)
        ]
