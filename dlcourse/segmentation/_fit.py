"""Fit: train any network of this part on pictures and the class of each of their pixels.

A network gives logits b k h w, a map gives a class b h w, and the loss compares the two. Left and
right are exchanged by chance, in the picture and in its map alike.

Axes:   b pictures, k classes
Torch:  the loop of torchvision's references/segmentation, with AdamW and one cycle
"""

from collections.abc import Callable, Iterator

import torch
from jaxtyping import Int, Num
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR

from dlcourse.axes import Images
from dlcourse.data.masks import IGNORED
from dlcourse.training import Batches, train

from .overlap import confusion_matrix, mean_iou

__all__ = ["Mirrored", "fit", "judged"]


class Mirrored(Batches):
    """Batches in which each picture and its map are mirrored or not, as a coin falls.

    >>> picture = torch.tensor([[[[1.0, 2.0]]]])
    >>> turned = Mirrored(picture, picture[:, 0].long(), 1, torch.Generator().manual_seed(0))
    >>> [(x.tolist(), y.tolist()) for x, y in turned]
    [([[[[2.0, 1.0]]]], [[[2, 1]]])]
    """

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Make one pass."""
        for pictures, maps in super().__iter__():
            turn = torch.rand(len(pictures), generator=self.generator) < 0.5
            yield _turned(pictures, turn), _turned(maps, turn)


def _turned(x: Tensor, turn: Tensor) -> Tensor:
    return torch.where(turn.view(-1, *[1] * (x.dim() - 1)), x.flip(-1), x)


def fit(
    model: nn.Module,
    images: Images,
    maps: Num[Tensor, "b ..."],
    epochs: int,
    *,
    size: int = 16,
    lr: float = 1e-2,
    generator: Generator,
    loss: Callable[[Tensor, Tensor], Tensor] = cross_entropy,
) -> list[float]:
    """Train in place and leave the network in evaluation mode.

    Args:
        model: gives logits for pictures.
        images: to learn from.
        maps: what ``loss`` takes beside the logits, one a picture; the last axis is the width.
        epochs: passes over the pictures.
        size: pictures in a batch.
        lr: the highest learning rate of the cycle.
        generator: source of the order and of the mirror images.
        loss: of logits and maps.

    Returns:
        The mean loss of each pass.
    """
    batches = Mirrored(images, maps, size, generator)
    optimizer = AdamW(model.parameters(), lr=lr)
    steps = epochs * len(batches)
    cycle = OneCycleLR(optimizer, lr, total_steps=steps, pct_start=0.2)
    history = train(model, batches, loss, optimizer, epochs, schedule=cycle)
    model.eval()
    return [entry["loss"] for entry in history]


@torch.no_grad()
def judged(
    model: nn.Module, images: Images, maps: Int[Tensor, "b h w"], size: int = 50
) -> float:
    """Measure the mean IoU of the likeliest class, all pixels of all pictures together.

    Args:
        model: in evaluation mode.
        images: ``size`` of them are shown at a time.
        maps: the true classes; pixels that are ``IGNORED`` do not count.
        size: pictures in a batch.
    """
    logits = [model(part) for part in images.split(size)]
    classes = logits[0].shape[1]
    found = torch.cat([each.argmax(dim=1) for each in logits])
    table = confusion_matrix(found, maps, classes, ignore_index=IGNORED)
    return float(mean_iou(table))
