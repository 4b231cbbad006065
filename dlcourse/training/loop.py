"""Loop: show batches to a model until it has learned, and note what happened.

Every training in this course is these lines: predict, measure the error, ask for the gradient, take
a step. What differs is the model, the loss and the optimizer, so they are arguments.

Torch:  the loop that torch leaves to its users
"""

import math
import sys
from collections.abc import Callable
from pathlib import Path

from torch import Tensor, nn, no_grad
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from .batches import Batches
from .checkpoint import History, load_checkpoint, save_checkpoint

__all__ = ["train"]


def train(
    model: nn.Module,
    batches: Batches,
    loss: Callable[[Tensor, Tensor], Tensor],
    optimizer: Optimizer,
    epochs: int,
    *,
    schedule: LRScheduler | None = None,
    evaluate: Callable[[nn.Module], dict[str, float]] | None = None,
    checkpoint: str | Path | None = None,
) -> History:
    """Train for a number of passes over the data.

    Args:
        model: changed in place; inputs go to the device of its parameters.
        batches: mini-batches of inputs and targets.
        loss: of predictions and targets, a tensor without axes.
        optimizer: over the model's parameters.
        epochs: passes in all, those of a resumed run included.
        schedule: stepped after every batch.
        evaluate: measures the model after each pass, in evaluation mode and without gradients.
        checkpoint: file to resume from if it exists, and to save to after each pass.

    Returns:
        One entry a pass: ``epoch``, the mean ``loss``, and what ``evaluate`` gave.

    Raises:
        FloatingPointError: as soon as a loss is not a finite number.
        ValueError: if the checkpoint is not one.
    """
    from tqdm.auto import trange

    device = next(model.parameters()).device
    path = None if checkpoint is None else Path(checkpoint)
    parts = (model, optimizer, schedule, batches.generator)
    history = load_checkpoint(path, *parts) if path and path.exists() else []
    # A bar is for someone who waits at a terminal; in a built page it would be noise.
    for epoch in trange(len(history), epochs, disable=not sys.stderr.isatty()):
        model.train()
        total = 0.0
        for inputs, targets in batches:
            error = loss(model(inputs.to(device)), targets.to(device))
            optimizer.zero_grad()
            error.backward()
            optimizer.step()
            if schedule is not None:
                schedule.step()
            total += _finite(error, epoch, optimizer) * len(inputs)
        history.append({"epoch": epoch, "loss": total / len(batches.inputs)})
        history[-1] |= _evaluated(model, evaluate)
        if path:
            save_checkpoint(path, *parts, history)
    return history


def _finite(error: Tensor, epoch: int, optimizer: Optimizer) -> float:
    """Read the loss, and stop where going on has no sense."""
    value = error.item()
    if not math.isfinite(value):
        rates = ", ".join(f"{group['lr']:g}" for group in optimizer.param_groups)
        raise FloatingPointError(
            f"the loss became {value} in epoch {epoch}: the learning rate ({rates}) is probably "
            "too large, or an input is not finite"
        )
    return value


def _evaluated(
    model: nn.Module, evaluate: Callable[[nn.Module], dict[str, float]] | None
) -> dict[str, float]:
    if evaluate is None:
        return {}
    model.eval()
    with no_grad():
        return evaluate(model)
