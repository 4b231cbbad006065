"""Whole: detectors from pixels to boxes, and U-Net, against torchvision's nearest.

The detectors are the same networks with the same weights on both sides, and must give the same
scores. torchvision has no U-Net: there, time per multiplication is compared with fcn_resnet50's.

Run it with ``python -m benchmarks whole``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision import ops
from torchvision.models import detection
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.segmentation import fcn_resnet50

from benchmarks.family import Case, Pair, compared, run
from benchmarks.place import Place
from benchmarks.result import Result
from dlcourse.detection.rcnn.shipped import faster_pretrained
from dlcourse.detection.retinanet import retinanet_resnet50_fpn
from dlcourse.detection.ssd import ssd300_vgg16
from dlcourse.models.transfer import renamed
from dlcourse.segmentation.unet import UNet

BAR, COMPARED = 1.1, 20
"""The most of torchvision's time; scores that are seen to agree."""

AS_THEY_ARE = {"image_mean": [0.0] * 3, "image_std": [1.0] * 3}
"""Images are not shifted and scaled."""


class _OneMap(nn.Module):
    """Give a map as torchvision wants it, under a name."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body, self.out_channels = body, body.out_channels

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        return {"0": self.body(x)}


class _Pool(nn.Module):
    """Pool regions as our detector does, by torchvision's operator."""

    output_size = (4, 4)

    def forward(
        self, maps: dict[str, Tensor], boxes: list[Tensor], sizes: Sequence
    ) -> Tensor:
        return ops.roi_pool(maps["0"], boxes, self.output_size, 1 / 8)


def _faster(place: Place) -> Pair:
    """Make both Faster R-CNN for scenes, with the shipped weights."""
    ours = faster_pretrained()
    anchors = AnchorGenerator(((16, 28, 48),), ((0.5, 1.0, 2.0),))
    side = 96
    theirs = detection.FasterRCNN(
        _OneMap(ours.features),
        min_size=side,
        max_size=side,
        rpn_anchor_generator=anchors,
        rpn_head=ours.rpn.head,
        rpn_pre_nms_top_n_test=300,
        rpn_post_nms_top_n_test=50,
        box_head=ours.roi_heads.box_head,
        box_predictor=ours.roi_heads.box_predictor,
        **AS_THEY_ARE,
    )
    # torchvision rounds its anchors, and lays them around the corner of a cell.
    ours.rpn.base, ours.rpn.offset = anchors.cell_anchors[0], 0.0
    theirs.rpn.head = _AsLists(ours.rpn.head)
    theirs.roi_heads.box_roi_pool = _Pool()
    return _pair(ours, theirs, side, place)


class _AsLists(nn.Module):
    """Answer for a list of maps, channels before cells, as torchvision wants it."""

    def __init__(self, head: nn.Module) -> None:
        super().__init__()
        self.head = head

    def forward(self, maps: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        rows = [self.head.conv(x).relu() for x in maps]
        return (
            [self.head.cls_logits(x) for x in rows],
            [self.head.bbox_pred(x) for x in rows],
        )


def _retinanet(place: Place) -> Pair:
    """Make both RetinaNet-50, with scores that pass the threshold."""
    side = 256
    theirs = detection.retinanet_resnet50_fpn(
        weights=None, weights_backbone=None, min_size=side, max_size=side
    )
    _louder(theirs.head.classification_head)
    nn.init.constant_(theirs.head.classification_head.cls_logits.bias, -2.5)
    ours = retinanet_resnet50_fpn(topk_candidates=1000)
    ours.load_state_dict(renamed(theirs.state_dict(), ours))
    return _pair(ours, theirs, side, place)


def _ssd(place: Place) -> Pair:
    """Make both SSD300."""
    theirs = detection.ssd300_vgg16(weights=None, weights_backbone=None, num_classes=91)
    ours = ssd300_vgg16(90)
    ours.load_state_dict(renamed(theirs.state_dict(), ours))
    return _pair(ours, theirs, 300, place)


def _louder(head: nn.Module) -> None:
    """Spread the scores: with small weights all anchors have one."""
    with torch.no_grad():
        for parameter in head.parameters():
            parameter.mul_(3)


def _pair(ours: nn.Module, theirs: nn.Module, side: int, place: Place) -> Pair:
    """Compare the best scores, then give both calls."""
    ours, theirs = (place.settle(model.eval()) for model in (ours, theirs))
    images = place.draw(1, 3, side, side).sigmoid()
    mine, other = (model(images)[0]["scores"] for model in (ours, theirs))
    if len(mine) < COMPARED // 4:
        raise AssertionError(f"only {len(mine)} detections; nothing is compared")
    best = (scores.sort(descending=True)[0][:COMPARED] for scores in (mine, other))
    place.agree(*best, tolerance=1e-3)
    return lambda: ours(images), lambda: theirs(images)


def _multiplications(model: nn.Module, x: Tensor) -> int:
    """Count one picture's."""
    with FlopCounterMode(display=False) as counter:
        model(x)
    return counter.get_total_flops() // 2


def _unet(place: Place) -> Iterator[Result]:
    """Compare the time of a multiplication."""
    ours = UNet(3, 21, width=32, padding="same", normalize=True)
    theirs = fcn_resnet50(weights=None, weights_backbone=None)
    ours, theirs = (place.settle(model.eval()) for model in (ours, theirs))
    x = place.draw(1, 3, 192, 192)
    share = _multiplications(ours, x) / _multiplications(theirs, x)
    case = Case("192 px", None, lambda _: (lambda: ours(x), lambda: theirs(x)))
    against = "torchvision's fcn_resnet50"
    for row in compared("U-Net, time per multiplication", against, [case], place):
        yield replace(
            row,
            value=row.value / share,
            low=row.low / share,
            high=row.high / share,
            bar=BAR,
        )


DETECTORS: dict[str, Callable[[Place], Pair]] = {
    "Faster R-CNN, 96 px": _faster,
    "RetinaNet-50, 256 px": _retinanet,
    "SSD300 on VGG-16": _ssd,
}


@torch.no_grad()
def measure(place: Place) -> Iterator[Result]:
    """Compare every detector, then U-Net."""
    torch.manual_seed(0)
    cases = [Case(name, BAR, pair) for name, pair in DETECTORS.items()]
    title = "detector, pixels to boxes"
    yield from compared(title, "torchvision.models.detection", cases, place)
    yield from _unet(place)


if __name__ == "__main__":
    run("whole", measure)
