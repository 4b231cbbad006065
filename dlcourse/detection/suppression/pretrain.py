"""Pretrain: teach the small detector to find the things of a crowd.

Run it by ``python -m dlcourse.detection.suppression.pretrain``; it needs two minutes or so on one
core, prints its log, with the average precision of three seeds, and ends with the checksum that
:mod:`.crowd` keeps. The backbone does not change, so its maps are computed once.

Axes:   b images, n cells, k classes
Paper:  Tian, Shen, Chen & He 2019, "FCOS: fully convolutional one-stage object detection" (which
        cells answer for an object, and for which if for several)
Torch:  torchvision.models.detection.fcos.FCOSHead
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR

from dlcourse.data.scenes import CLASSES, Scenes, Target, scenes
from dlcourse.detection.boxes import box_area, generalized_box_iou
from dlcourse.detection.precision import mean_average_precision
from dlcourse.training import fixed_seed, generator, save_shipped

from .classes import batched_nms
from .crowd import CROWDED, STRIDE, WEIGHTS, Crowd, centres

__all__ = ["assigned", "crowd_loss", "learn", "main"]

EPOCHS, BATCH, RATE = 25, 30, 6e-3
SIDE = 96 // STRIDE


def assigned(
    target: Target,
) -> tuple[Bool[Tensor, "n"], Float[Tensor, "n k"], Float[Tensor, "n 4"]]:
    """Say of each cell whether it answers for an object, for which class, and for which box.

    A cell answers if its centre lies in the middle half of the box; of several, for the smallest.
    """
    boxes = target["boxes"]
    if not len(boxes):
        taken = torch.zeros(SIDE**2, dtype=torch.bool)
        return taken, torch.zeros(SIDE**2, len(CLASSES)), torch.zeros(SIDE**2, 4)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    reach = ((boxes[:, 2:] - boxes[:, :2]) / 4).clamp(min=STRIDE / 2)
    distance = (centres(SIDE, SIDE) - middle[:, None]).abs()  # m n 2
    inside = (distance <= reach[:, None]).all(dim=-1)
    area, which = torch.where(inside, box_area(boxes)[:, None], torch.inf).min(dim=0)
    taken = area < torch.inf
    classes = torch.zeros(len(taken), len(CLASSES))
    classes[taken, target["labels"][which[taken]]] = 1
    return taken, classes, boxes[which]


def crowd_loss(
    model: Crowd, features: Tensor, taken: Tensor, classes: Tensor, boxes: Tensor
) -> Tensor:
    """Add cross-entropy of the classes to 1 - GIoU of the boxes that answer for an object."""
    logits, found = model.cells(features)
    entropy = binary_cross_entropy_with_logits(logits, classes, reduction="sum")
    fit = generalized_box_iou(found[taken][:, None], boxes[taken][:, None])
    return entropy / taken.sum() + (1 - fit).mean()


def learn(
    data: Scenes,
    seed: int,
    epochs: int = EPOCHS,
    batch: int = BATCH,
    rate: float = RATE,
) -> tuple[Crowd, list[float]]:
    """Train on scenes; answer the detector and the last loss of each pass."""
    with fixed_seed(seed):
        model = Crowd()
    features = model.features(data.images)
    cells = [
        torch.stack(part) for part in zip(*map(assigned, data.targets), strict=True)
    ]
    optimizer = AdamW(model.parameters(), lr=rate, weight_decay=0.05)
    steps = epochs * -(-len(data) // batch)
    cycle = OneCycleLR(optimizer, rate, total_steps=steps)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(data), generator=generator(seed + len(losses)))
        for part in order.split(batch):
            loss = crowd_loss(model, features[part], *(each[part] for each in cells))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            cycle.step()
        losses.append(loss.item())
    return model.eval(), losses


def judged(model: Crowd, data: Scenes) -> float:
    """Average precision at 0.5 after suppression at 0.5."""
    answers = []
    for found in model(data.images):
        kept = batched_nms(found["boxes"], found["scores"], found["labels"], 0.5)
        answers.append({name: each[kept] for name, each in found.items()})
    return mean_average_precision(answers, data.targets)


def main() -> None:
    """Train with three seeds, print the log, write the file of the first."""
    torch.set_num_threads(1)  # so that sums are taken in one order
    data = scenes(600, **CROWDED)
    test = scenes(100, split="test", seed=1, **CROWDED)
    for seed in (2, 1, 0):
        model, losses = learn(data, seed)
        last = f"loss {losses[0]:.3f} to {losses[-1]:.3f}"
        print(f"seed {seed}   {last}   mAP {judged(model, test):.4f}", flush=True)
    print(f"checksum   {save_shipped(model, WEIGHTS)}")


if __name__ == "__main__":
    main()
