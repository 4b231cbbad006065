"""Crowd: a small detector that answers with a heap of boxes, for suppression to work on.

Every cell of a map answers for itself: which classes it sees, and how far the sides of the object
are from its centre. Nothing is suppressed, so that an object has about as many boxes as there are
cells in its middle. The backbone is the one of all detectors of this part, and stays as it is; only
two layers are learned on top of it.

Axes:   b images, o channels of the features, k classes; n cells, oh ow of them, each of 8 pixels
Paper:  Tian, Shen, Chen & He 2019, "FCOS: fully convolutional one-stage object detection"
Torch:  torchvision.models.detection.fcos_resnet50_fpn, which has a pyramid and ends in batched_nms
"""

from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import interpolate

from dlcourse.axes import Images
from dlcourse.data.scenes import CLASSES
from dlcourse.detection._backbone import backbone_pretrained
from dlcourse.detection.boxes import clip_boxes_to_image
from dlcourse.training import load_shipped

__all__ = ["CHECKSUM", "CROWDED", "WEIGHTS", "Crowd", "centres", "crowd_pretrained"]

CROWDED = {"objects": (10, 16), "scale": (0.18, 0.36)}
"""What scenes the detector has learned on."""

STRIDE = 8
LOWEST = 0.05
"""Scores below this are not answered."""

WEIGHTS = Path(__file__).with_name("crowd.safetensors")
CHECKSUM = "c4b9ba077282429c4065a77afd610afbd342adb24beede0768c90b3d7c8e0eaa"
"""SHA-256 of the file, as the script printed it."""


def centres(height: int, width: int) -> Float[Tensor, "n 2"]:
    """Find the middle of every cell, row by row, in pixels.

    >>> centres(1, 2).tolist()
    [[4.0, 4.0], [12.0, 4.0]]
    """
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return STRIDE * (torch.stack([x, y], dim=-1).view(-1, 2) + 0.5)


class Crowd(nn.Module):
    """Two convolutions on the maps of strides 8 and 16 of a backbone that is not trained further.

    >>> Crowd()(torch.zeros(1, 3, 96, 96))[0].keys()
    dict_keys(['boxes', 'labels', 'scores'])
    """

    def __init__(self) -> None:
        super().__init__()
        # In a tuple it is no part of the state: its weights are shipped already.
        self._backbone = (backbone_pretrained().eval(),)
        channels = sum(self._backbone[0].channels[:2])
        self.hidden = nn.Conv2d(channels, 64, 3, padding=1)
        self.answer = nn.Conv2d(64, len(CLASSES) + 4, 1)
        # At first every cell should say that it sees nothing, as most of them should at the end.
        nn.init.constant_(self.answer.bias[: len(CLASSES)], -3.0)

    @torch.no_grad()
    def features(self, images: Images) -> Float[Tensor, "b o oh ow"]:
        """Lay the finer map and the enlarged coarser one on top of each other."""
        fine, coarse, _ = self._backbone[0](images)
        coarse = interpolate(coarse, fine.shape[-2:], mode="bilinear")
        return torch.cat([fine, coarse], dim=1)

    def cells(
        self, features: Float[Tensor, "b o oh ow"]
    ) -> tuple[Float[Tensor, "b n k"], Float[Tensor, "b n 4"]]:
        """Give each cell's logits and its box."""
        answers = self.answer(self.hidden(features).relu()).flatten(2).mT  # b n k+4
        logits, sides = answers.split([len(CLASSES), 4], dim=-1)
        # How far left, up, right and down: always above zero, so a box is always a box.
        far = STRIDE * sides.clamp(max=4).exp()
        middle = centres(*features.shape[-2:]).to(far)
        return logits, torch.cat([middle - far[..., :2], middle + far[..., 2:]], dim=-1)

    @torch.no_grad()
    def forward(self, images: Images) -> list[dict[str, Tensor]]:
        """Give all boxes of each image whose score is not too low, the best first."""
        logits, boxes = self.cells(self.features(images))
        boxes = clip_boxes_to_image(boxes, images.shape[-2:])
        return [_listed(*each) for each in zip(logits.sigmoid(), boxes, strict=True)]


def _listed(
    scores: Float[Tensor, "n k"], boxes: Float[Tensor, "n 4"]
) -> dict[str, Tensor]:
    cell, label = (scores > LOWEST).nonzero().unbind(dim=1)
    found, order = scores[cell, label].sort(descending=True, stable=True)
    return {"boxes": boxes[cell[order]], "labels": label[order], "scores": found}


def crowd_pretrained() -> Crowd:
    """Build the detector with the shipped weights.

    Raises:
        ValueError: if the file is not the one that was shipped.
    """
    script = "dlcourse.detection.suppression.pretrain"
    return load_shipped(Crowd(), WEIGHTS, CHECKSUM, script)
