"""Pretrain: teach the backbone to name the one thing of a small scene, or "nothing" if it is empty.

Run it by ``python -m dlcourse.detection._pretrain``; it needs two minutes or so on one core, prints
its log, and ends with the accuracy and the checksum that :mod:`._backbone` keeps. Another processor
may round differently and end at other weights of the same worth.

Torch:  none
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR

from dlcourse.axes import Images
from dlcourse.data.scenes import CLASSES, Scenes, scenes
from dlcourse.training import Batches, fixed_seed, generator, save_shipped, train

from ._backbone import WEIGHTS, Backbone

__all__ = ["Classifier", "main", "named"]

SEED = 0
EPOCHS = 10


class Classifier(nn.Module):
    """The backbone, the mean over its last map, and a linear layer; the last class is "nothing"."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = Backbone()
        self.fc = nn.Linear(self.backbone.channels[2], len(CLASSES) + 1)

    def forward(self, images: Images) -> Tensor:
        """Give one logit a class."""
        return self.fc(self.backbone(images)[2].mean(dim=(2, 3)))


def named(data: Scenes) -> tuple[Images, Tensor]:
    """Take the label of each scene's only thing, or the number of classes where there is none."""
    labels = [
        int(target["labels"][0]) if len(target["labels"]) else len(CLASSES)
        for target in data.targets
    ]
    return data.images, torch.tensor(labels)


def main() -> None:
    """Train, print the log, write the file."""
    torch.set_num_threads(1)  # so that sums are taken in one order
    kind = {"size": 48, "objects": (0, 1), "scale": (0.3, 1.0)}
    images, labels = named(scenes(4000, **kind, seed=SEED))
    test_images, test_labels = named(scenes(600, **kind, split="test", seed=SEED))
    with fixed_seed(SEED):
        model = Classifier()
    batches = Batches(images, labels, 64, generator(SEED))
    optimizer = AdamW(model.parameters(), lr=4e-3, weight_decay=0.05)
    rise_and_fall = OneCycleLR(optimizer, 4e-3, total_steps=EPOCHS * len(batches))
    history = train(
        model,
        batches,
        cross_entropy,
        optimizer,
        EPOCHS,
        schedule=rise_and_fall,
        evaluate=lambda m: {
            "accuracy": (m(test_images).argmax(1) == test_labels).double().mean().item()
        },
    )
    for entry in history:
        print(
            "epoch {epoch}   loss {loss:.3f}   accuracy {accuracy:.4f}".format(**entry)
        )
    print(f"checksum   {save_shipped(model.backbone, WEIGHTS)}")


if __name__ == "__main__":
    main()
