"""Freezing: which layers learn, how fast, and what answers at the end.

With few examples of its own, a task is better served by layers that learned from many of another
task and now stand still. Two things make a layer move: gradients, and running statistics. Stopping
the first does not stop the second.

Axes:   k classes, d features
Paper:  Yosinski, Clune, Bengio & Lipson 2014, "How transferable are features in deep neural
        networks?"; Howard & Ruder 2018, "Universal language model fine-tuning for text
        classification" (smaller rates for earlier layers)
Torch:  torch.nn.Module.requires_grad_, torchvision.ops.FrozenBatchNorm2d
"""

from collections.abc import Sequence
from typing import Any

from torch import nn
from torch.nn.utils import skip_init

__all__ = ["freeze", "head_of", "layer_rates", "replace_head"]


def freeze(module: nn.Module) -> nn.Module:
    """Make a module a fixed function: no gradients, and evaluation mode for good.

    In training mode, batch normalization measures each batch and moves its running averages, with
    gradients or without, and dropout draws. ``model.train()`` would bring that mode back, so every
    layer returns to evaluation as it is called.

    Args:
        module: changed in place.

    Returns:
        The same module.

    >>> norm = freeze(nn.BatchNorm1d(1)).train()
    >>> norm(torch.tensor([[8.0], [12.0]])).round().tolist(), norm.running_mean.item()
    ([[8.0], [12.0]], 0.0)
    """
    module.requires_grad_(False).eval()
    for layer in module.modules():
        layer.register_forward_pre_hook(_evaluate)
    return module


def _evaluate(layer: nn.Module, _: Any) -> None:
    layer.training = False


def layer_rates(
    layers: Sequence[nn.Module], lr: float, decay: float
) -> list[dict[str, Any]]:
    """Give the last layer the rate ``lr`` and each one before it ``decay`` times its follower's.

    Args:
        layers: from the first to the last; parameters that are frozen are left out.
        lr: of the last layer.
        decay: between 0 and 1.

    Returns:
        Parameter groups for an optimizer of torch.

    Raises:
        ValueError: if ``decay`` is not above 0 and at most 1.

    >>> groups = layer_rates([nn.Linear(1, 1), nn.Linear(1, 1), nn.Linear(1, 1)], 0.8, 0.5)
    >>> [group["lr"] for group in groups]
    [0.2, 0.4, 0.8]
    """
    if not 0 < decay <= 1:
        raise ValueError(f"decay ({decay}) must be above 0 and at most 1")
    groups = [
        {
            "params": [p for p in layer.parameters() if p.requires_grad],
            "lr": lr * decay ** (len(layers) - 1 - place),
        }
        for place, layer in enumerate(layers)
    ]
    return [group for group in groups if group["params"]]


def head_of(model: nn.Module) -> tuple[str, nn.Linear]:
    """Find the last linear layer, which turns features into scores, and its name.

    Raises:
        ValueError: if the model has none.

    >>> head_of(nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)))
    ('2', Linear(in_features=3, out_features=2, bias=True))
    """
    layers = [
        (name, layer)
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Linear)
    ]
    if not layers:
        raise ValueError(
            f"{type(model).__name__} has no linear layer that could be its head"
        )
    return layers[-1]


def replace_head(model: nn.Module, num_classes: int) -> nn.Module:
    """Replace the last linear layer by one for ``num_classes``, which learns.

    It starts at zero, so that at first all classes are equally likely. For a softmax on fixed
    features that is as good a start as any: the loss has no other minima to end in.

    Args:
        model: changed in place.
        num_classes: scores that leave.

    Returns:
        The same model, or the new layer where that is the whole model.

    >>> replace_head(nn.Sequential(nn.ReLU(), nn.Linear(3, 1000)), 2)[1].out_features
    2
    """
    name, old = head_of(model)
    kind = {"device": old.weight.device, "dtype": old.weight.dtype}
    head = skip_init(nn.Linear, old.in_features, num_classes, **kind)  # draws nothing
    for parameter in head.parameters():
        nn.init.zeros_(parameter)
    if not name:  # the model is its own head
        return head
    owner, _, own = name.rpartition(".")
    setattr(model.get_submodule(owner), own, head)
    return model
