"""Watch: see which tensor operations a function runs, whatever names it calls them by.

Reading the text of an answer for forbidden names is easily fooled, and wrong about honest comments.
torch sends every operation through one dispatcher, where a mode can listen.

Torch:  torch.utils._python_dispatch.TorchDispatchMode
"""

from collections import Counter
from typing import Any

from torch.utils._python_dispatch import TorchDispatchMode

__all__ = ["Watch"]


class Watch(TorchDispatchMode):
    """Count the ATen operations run inside a ``with`` block, as ``watch.seen["convolution"]``."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Nothing here is compiled; keeping the compiler out would import it, for seconds."""
        return False

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        """Note the operation, then run it."""
        self.seen[func.overloadpacket.__name__] += 1
        return func(*args, **(kwargs or {}))
