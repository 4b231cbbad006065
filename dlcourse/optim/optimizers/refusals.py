"""Refusals: options and gradients that no optimizer accepts, each with the value and the rule.

torch checks an option when the optimizer is made, but not the one that a parameter group sets for
itself. Here every group is checked.

Torch:  the same bounds; SGD and Adagrad of torch take sparse gradients as well
"""

from collections.abc import Iterable, Mapping
from typing import Any

from torch import Tensor

__all__ = ["refuse_complex", "refuse_options", "refuse_sparse"]

AT_LEAST_ZERO = (
    "lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps",
    "momentum", "alpha", "tolerance_grad", "tolerance_change",
)  # fmt: skip


def refuse_options(group: Mapping[str, Any]) -> None:
    """Refuse options out of their range, whichever of them a group has."""
    for name in AT_LEAST_ZERO:
        if name in group and not group[name] >= 0:
            raise ValueError(f"{name} ({group[name]}) must be at least 0")
    if not 0 <= group.get("rho", 0) <= 1:
        raise ValueError(f"rho ({group['rho']}) must lie from 0 to 1")
    if not all(0 <= beta < 1 for beta in group.get("betas", ())):
        raise ValueError(f"betas {group['betas']} must be at least 0 and below 1")
    for name in ("max_iter", "history_size"):
        if name in group and not group[name] >= 1:
            raise ValueError(f"{name} ({group[name]}) must be at least 1")
    if group.get("nesterov") and (group["momentum"] == 0 or group["dampening"] != 0):
        raise ValueError(
            f"nesterov needs momentum above 0 and dampening 0, got {group['momentum']} and "
            f"{group['dampening']}"
        )


def refuse_complex(parameters: Iterable[Tensor]) -> None:
    """Refuse complex parameters, whose squares would not be what the formulas mean."""
    for parameter in parameters:
        if parameter.is_complex():
            raise TypeError(
                f"a parameter holds {parameter.dtype}; optimize its torch.view_as_real instead"
            )


def refuse_sparse(optimizer: str, parameters: Iterable[Tensor]) -> None:
    """Refuse sparse gradients before any parameter has moved."""
    for parameter in parameters:
        if parameter.grad is not None and parameter.grad.is_sparse:
            raise RuntimeError(
                f"{optimizer} got a sparse gradient for a parameter of shape "
                f"{tuple(parameter.shape)}; it needs a dense one, as Embedding(sparse=False) gives"
            )
