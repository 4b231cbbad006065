"""Refusals: what no detector of this page learns from.

Torch:  torchvision's detectors refuse the same, by an assertion or an error
"""

from collections.abc import Sequence

from torch import Tensor

__all__ = ["refuse_targets"]


def refuse_targets(images: Tensor, targets: Sequence[dict[str, Tensor]] | None) -> None:
    """Refuse to train without a target for each image, or on a box without an inside."""
    if targets is None or len(targets) != len(images):
        told = "none" if targets is None else len(targets)
        raise ValueError(
            f"training needs one target an image: {len(images)} images, {told} targets"
        )
    for place, target in enumerate(targets):
        boxes = target["boxes"]
        flat = ~(boxes[:, 2:] > boxes[:, :2]).all(dim=1)
        if flat.any():
            raise ValueError(
                f"box {boxes[flat][0].tolist()} of target {place} has no height or width"
            )
