"""Case: one call of the function under test."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor

__all__ = ["Case"]


@dataclass(frozen=True)
class Case:
    """The arguments of one call, by the names the task gives them."""

    arguments: dict[str, Any]

    def copy(self) -> dict[str, Any]:
        """Arguments that the function may spoil without harm to the case."""
        return {
            name: value.clone() if isinstance(value, Tensor) else value
            for name, value in self.arguments.items()
        }

    def changed(self, arguments: dict[str, Any]) -> list[str]:
        """Name the tensors among the arguments that are no longer what the case holds."""
        return [
            name
            for name, value in self.arguments.items()
            if isinstance(value, Tensor) and not value.equal(arguments[name])
        ]

    def __str__(self) -> str:
        """Name shapes and numbers, as in ``x of shape (1, 3, 5, 4), stride = 2``."""
        return ", ".join(
            f"{name} of shape {tuple(value.shape)}"
            if isinstance(value, Tensor)
            else f"{name} = {value!r}"
            for name, value in self.arguments.items()
        )
