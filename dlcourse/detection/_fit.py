"""Fit: train any detector of this part on scenes, by the losses it gives.

In training mode a detector takes pictures and targets and gives its losses by name. Their sum is
what is made smaller, so one loop serves all.

Axes:   b pictures of a batch
Torch:  the loop of torchvision's references/detection, with AdamW and one cycle
"""

from collections.abc import Iterator, Sequence

import torch
from torch import Generator, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR

from dlcourse.axes import Images
from dlcourse.data.scenes import Scenes, Target

__all__ = ["batches", "fit", "mirrored"]


def fit(
    model: nn.Module,
    data: Scenes,
    epochs: int,
    *,
    size: int = 16,
    lr: float = 3e-3,
    weight_decay: float = 0.05,
    generator: Generator,
) -> list[dict[str, float]]:
    """Train in place and leave the detector in evaluation mode.

    Args:
        model: gives a dict of losses for ``model(images, targets)``.
        data: scenes of one size; each is mirrored at every other pass, by chance.
        epochs: passes over the data.
        size: pictures in a batch.
        lr: the highest learning rate of the cycle.
        weight_decay: of AdamW.
        generator: source of the order and of the mirror images.

    Returns:
        The mean of each loss, one entry a pass.
    """
    optimizer = AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
    steps = epochs * -(-len(data) // size)
    cycle = OneCycleLR(optimizer, lr, total_steps=steps, pct_start=0.2)
    history = []
    for _ in range(epochs):
        model.train()
        sums: dict[str, float] = {}
        for images, targets in batches(data, size, generator):
            losses = model(images, targets)
            optimizer.zero_grad()
            sum(losses.values()).backward()
            # Early on a few boxes are far off, and one such step could undo many.
            nn.utils.clip_grad_norm_(model.parameters(), 10.0)
            optimizer.step()
            cycle.step()
            for name, loss in losses.items():
                sums[name] = sums.get(name, 0.0) + loss.item() * len(images)
        history.append({name: total / len(data) for name, total in sums.items()})
    model.eval()
    return history


def batches(
    data: Scenes, size: int, generator: Generator
) -> Iterator[tuple[Images, list[Target]]]:
    """Make one pass in a new order, each batch as it is or mirrored."""
    for part in torch.randperm(len(data), generator=generator).split(size):
        images, targets = data.images[part], [data.targets[i] for i in part.tolist()]
        if torch.rand((), generator=generator) < 0.5:
            images, targets = mirrored(images, targets)
        yield images, targets


def mirrored(images: Images, targets: Sequence[Target]) -> tuple[Images, list[Target]]:
    """Exchange left and right, in the pictures, the boxes and the masks.

    >>> target = {"boxes": torch.tensor([[1.0, 0.0, 3.0, 2.0]]), "labels": torch.tensor([0])}
    >>> mirrored(torch.zeros(1, 3, 8, 8), [target])[1][0]["boxes"].tolist()
    [[5.0, 0.0, 7.0, 2.0]]
    """
    width = images.shape[3]
    turned = []
    for target in targets:
        left, top, right, bottom = target["boxes"].unbind(1)
        boxes = torch.stack([width - right, top, width - left, bottom], dim=1)
        masks = {"masks": target["masks"].flip(2)} if "masks" in target else {}
        turned.append({**target, "boxes": boxes, **masks})
    return images.flip(3), turned
