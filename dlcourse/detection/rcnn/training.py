"""Training: Fast R-CNN on given proposals, Faster R-CNN jointly and in four steps.

The proposals of Faster R-CNN move while its classes are learned from them. The paper went around
this by training in turns: proposals first, a detector on them, then both again on the detector's
frozen map. Its code trains all at once and lets no gradient through the proposals, which is simpler
and no worse.

Axes:   b images
Paper:  Girshick 2015, "Fast R-CNN"; Ren, He, Girshick & Sun 2015, "Faster R-CNN", section 3.2
Torch:  the joint way, in torchvision's references/detection
"""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR

from dlcourse.axes import Images
from dlcourse.detection._fit import mirrored
from dlcourse.models.transfer import freeze

from .fast import FastRCNN
from .faster import FasterRCNN

__all__ = ["learn", "proposals_of", "train_fast", "train_in_turns", "train_jointly"]

Targets = Sequence[dict[str, Tensor]]
Proposals = Sequence[Float[Tensor, "_ 4"]]
Losses = Callable[[Images, Targets, Proposals], dict[str, Tensor]]


def learn(
    losses_of: Losses,
    parts: Sequence[nn.Module],
    images: Images,
    targets: Targets,
    proposals: Proposals | None,
    epochs: int,
    generator: Generator,
    *,
    size: int = 8,
    lr: float = 2e-3,
) -> list[float]:
    """Make the sum of losses smaller, by AdamW at a rate that rises and falls.

    Args:
        losses_of: gives the losses on some images, their targets and proposals.
        parts: modules whose parameters learn, as far as they are not frozen.
        images: to learn from.
        targets: true boxes and labels.
        proposals: each image's boxes, or None where the losses need none.
        epochs: passes over the images.
        generator: source of the order and of the mirror images.
        size: images in a step.
        lr: the highest rate.

    Returns:
        The mean loss of each pass.
    """
    free = [p for part in parts for p in part.parameters() if p.requires_grad]
    optimizer = AdamW(free, lr=lr, weight_decay=0.05)
    steps = epochs * -(-len(images) // size)
    cycle = OneCycleLR(optimizer, lr, total_steps=steps, pct_start=0.2)
    boxes = [torch.zeros(0, 4)] * len(images) if proposals is None else proposals
    history = []
    for _ in range(epochs):
        total = 0.0
        for some in _batches(images, targets, boxes, size, generator):
            loss = sum(losses_of(*some).values())
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(free, 10.0)
            optimizer.step()
            cycle.step()
            total += loss.item() * len(some[0])
        history.append(total / len(images))
    return history


def _batches(
    images: Images,
    targets: Targets,
    proposals: Proposals,
    size: int,
    generator: Generator,
) -> Iterator[tuple[Images, Targets, Proposals]]:
    """Make one pass in a new order, each batch as it is or mirrored."""
    for places in torch.randperm(len(images), generator=generator).split(size):
        some, chosen = images[places], places.tolist()
        own = [targets[i] for i in chosen]
        boxes = [{"boxes": proposals[i]} for i in chosen]
        if torch.rand((), generator=generator) < 0.5:
            boxes = mirrored(some, boxes)[1]
            some, own = mirrored(some, own)
        yield some, own, [found["boxes"] for found in boxes]


def train_fast(
    model: FastRCNN,
    images: Images,
    targets: Targets,
    proposals: Proposals,
    epochs: int,
    generator: Generator,
) -> list[float]:
    """Train Fast R-CNN on proposals that are known, and leave it in evaluation mode."""

    def losses_of(some: Images, own: Targets, boxes: Proposals) -> dict[str, Tensor]:
        return model(some, own, boxes, generator)

    parts = [model.train()]
    history = learn(losses_of, parts, images, targets, proposals, epochs, generator)
    model.eval()
    return history


def train_jointly(
    model: FasterRCNN,
    images: Images,
    targets: Targets,
    epochs: int,
    generator: Generator,
) -> list[float]:
    """Train Faster R-CNN on all four losses at once, and leave it in evaluation mode."""

    def losses_of(some: Images, own: Targets, _: Proposals) -> dict[str, Tensor]:
        return model(some, own, generator)

    parts = [model.train()]
    history = learn(losses_of, parts, images, targets, None, epochs, generator)
    model.eval()
    return history


def train_in_turns(
    model: FasterRCNN,
    images: Images,
    targets: Targets,
    epochs: int,
    generator: Generator,
) -> list[list[float]]:
    """Train Faster R-CNN in the paper's four steps, and leave it in evaluation mode.

    1. Proposals, with a map of their own, which starts as the model's and is thrown away.
    2. Regions on those proposals, with the model's map.
    3. Proposals again, on the map of step 2, which stands still from here on.
    4. Regions again, on the proposals of step 3.

    Returns:
        The mean losses of each pass, for each step.
    """
    scout = deepcopy(model)
    history = [_train_rpn(scout, images, targets, epochs, generator)]
    found = proposals_of(scout, images)
    history.append(_train_regions(model, images, targets, found, epochs, generator))
    freeze(model.features)
    history.append(_train_rpn(model, images, targets, epochs, generator))
    found = proposals_of(model, images)
    history.append(_train_regions(model, images, targets, found, epochs, generator))
    model.eval()
    return history


def _train_rpn(
    model: FasterRCNN,
    images: Images,
    targets: Targets,
    epochs: int,
    generator: Generator,
) -> list[float]:
    """Train the proposals, and the map unless it is frozen."""
    size = images.shape[-2], images.shape[-1]

    def losses_of(some: Images, own: Targets, _: Proposals) -> dict[str, Tensor]:
        return model.rpn(model.features(some), size, own, generator)[1]

    model.train()
    parts = [model.features, model.rpn]
    return learn(losses_of, parts, images, targets, None, epochs, generator)


def _train_regions(
    model: FasterRCNN,
    images: Images,
    targets: Targets,
    proposals: Proposals,
    epochs: int,
    generator: Generator,
) -> list[float]:
    """Train what happens to the regions, and the map unless it is frozen."""

    def losses_of(some: Images, own: Targets, boxes: Proposals) -> dict[str, Tensor]:
        return model.roi_heads.losses(model.features(some), boxes, own, generator)

    model.train()
    parts = [model.features, model.roi_heads]
    return learn(losses_of, parts, images, targets, proposals, epochs, generator)


@torch.no_grad()
def proposals_of(
    model: FasterRCNN, images: Images, size: int = 64
) -> list[Float[Tensor, "_ 4"]]:
    """Ask a model for each image's proposals, as in testing."""
    model.eval()
    sides = images.shape[-2], images.shape[-1]
    parts = [model.rpn(model.features(some), sides)[0] for some in images.split(size)]
    return [boxes for part in parts for boxes in part]
