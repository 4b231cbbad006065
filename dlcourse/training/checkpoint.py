"""Checkpoint: all that a run needs to go on as if it had never stopped, in one safetensors file.

The weights are not enough. The optimizer's averages, the schedule's place, the state of every
random source and the history so far belong to it; then the resumed run equals the uninterrupted one
bit for bit. safetensors holds tensors and text, nothing that could run code when it is opened.

Torch:  torch.save, which pickles
"""

import json
import os
from pathlib import Path
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

__all__ = ["History", "load_checkpoint", "save_checkpoint"]

History = list[dict[str, int | float]]
"""One entry a pass over the data: its number, its loss, and what was measured after it."""


def _take_apart(value: Any, name: str, tensors: dict[str, Tensor]) -> Any:
    """Replace the tensors inside dicts and lists by their names, and collect them."""
    if isinstance(value, Tensor):
        # A copy: safetensors refuses tensors that share memory.
        tensors[name] = value.detach().cpu().clone().contiguous()
        return {"tensor": name}
    if isinstance(value, dict):
        entries = [
            [k, _take_apart(v, f"{name}.{k}", tensors)] for k, v in value.items()
        ]
        return {"dict": entries}
    if isinstance(value, (list, tuple)):
        entries = [_take_apart(v, f"{name}.{n}", tensors) for n, v in enumerate(value)]
        return {type(value).__name__: entries}
    return value


def _put_together(value: Any, tensors: dict[str, Tensor]) -> Any:
    """Undo :func:`_take_apart`."""
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "tensor":
        return tensors[content]
    if kind == "dict":
        return {key: _put_together(entry, tensors) for key, entry in content}
    return {"list": list, "tuple": tuple}[kind](
        _put_together(v, tensors) for v in content
    )


def save_checkpoint(
    path: Path,
    model: nn.Module,
    optimizer: Optimizer,
    schedule: LRScheduler | None,
    generator: Generator | None,
    history: History,
) -> None:
    """Write the run's state; the file is complete or the former one stays."""
    from safetensors.torch import save_file

    state = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": None if schedule is None else schedule.state_dict(),
        "generator": None if generator is None else generator.get_state(),
        "torch": torch.get_rng_state(),
        "history": history,
    }
    tensors: dict[str, Tensor] = {}
    text = json.dumps(_take_apart(state, "run", tensors))
    unfinished = path.with_suffix(".part")
    save_file(tensors, unfinished, metadata={"state": text})
    os.replace(unfinished, path)


def load_checkpoint(
    path: Path,
    model: nn.Module,
    optimizer: Optimizer,
    schedule: LRScheduler | None,
    generator: Generator | None,
) -> History:
    """Bring model, optimizer, schedule and random sources to the saved state.

    Returns:
        The history up to there.

    Raises:
        ValueError: if the file is not a checkpoint of this module.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        state = _put_together(json.loads(metadata["state"]), tensors)
    except (SafetensorError, KeyError) as error:
        raise ValueError(
            f"{path} is not a checkpoint: move it away, or train under another name"
        ) from error
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    if schedule is not None:
        schedule.load_state_dict(state["schedule"])
    if generator is not None:
        generator.set_state(state["generator"])
    torch.set_rng_state(state["torch"])
    return state["history"]
