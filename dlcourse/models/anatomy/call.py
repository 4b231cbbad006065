"""Call: one operation of torch with its arguments by name, as torch hands it to a watcher.

Torch:  torch.utils._python_dispatch.TorchDispatchMode
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from torch import Tensor
from torch._ops import OpOverload
from torch.utils._pytree import tree_leaves

__all__ = ["Call"]


@dataclass(frozen=True)
class Call:
    """What was called with what; settings that were left out stand at their defaults."""

    name: str
    arguments: Mapping[str, Any]

    @classmethod
    def of(
        cls, operation: OpOverload, given: Sequence[Any], named: Mapping[str, Any]
    ) -> "Call":
        """Name the arguments by the operation's schema.

        >>> relu = torch.ops.aten.relu.default
        >>> Call.of(relu, [torch.ones(1)], {})
        Call(name='relu', arguments={'self': tensor([1.])})
        """
        name, defaults = _schema(operation)
        placed = dict(zip(defaults, given, strict=False))
        return cls(name, defaults | placed | dict(named))

    def tensors(self) -> list[Tensor]:
        """List the arguments that are tensors, those in lists too."""
        return [a for a in tree_leaves(self.arguments) if isinstance(a, Tensor)]


@cache
def _schema(operation: OpOverload) -> tuple[str, dict[str, Any]]:
    """Read an operation's name, and its arguments in order with their defaults."""
    schema = operation._schema
    defaults = {a.name: a.default_value for a in schema.arguments}
    return schema.name.removeprefix("aten::"), defaults
