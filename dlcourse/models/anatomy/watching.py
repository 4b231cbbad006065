"""Watching: every operation of a run, its costs added up and its receptive field carried along.

torch hands each operation to whoever asks before it runs it. So nothing has to be known of how a
network is written: whether an addition stands in a block's `forward` or in a module of its own, and
whether there is a number behind a tensor at all.

Torch:  torch.utils._python_dispatch.TorchDispatchMode
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from torch import Tensor
from torch._ops import OpOverload
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.weak import WeakTensorKeyDictionary

from .call import Call
from .cost import multiply_adds
from .sight import HERE, Sight, joined, seen_by, through

__all__ = ["Past", "Watch"]


class Past(NamedTuple):
    """What lies between the image and a tensor.

    Attributes:
        sight: the cells of the image that each number sees.
        depth: convolutions and matrix products on the longest way.
    """

    sight: Sight = HERE
    depth: int = 0


class Watch(TorchDispatchMode):
    """Follow an image through all operations that run inside a ``with``.

    Attributes:
        multiply_adds: so far, of all images together.
        activations: numbers given out so far by the operations that multiply.
    """

    def __init__(self, image: Tensor) -> None:
        super().__init__()
        self.multiply_adds = 0
        self.activations = 0
        self._pasts = WeakTensorKeyDictionary({image: Past()})

    def past(self, tensor: Tensor) -> Past | None:
        """Tell the past of a tensor, None if the image has no part in it."""
        return self._pasts.get(tensor)

    def __torch_dispatch__(
        self,
        func: OpOverload,
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run one operation and note what it did."""
        output = func(*args, **(kwargs or {}))
        call = Call.of(func, args, kwargs or {})
        cost = multiply_adds(call, output)
        if cost:
            self.multiply_adds += cost
            self.activations += output.numel()
        pasts = [p for t in call.tensors() if (p := self.past(t))]
        if pasts:
            self._note(output, _after(call, pasts, bool(cost)))
        return output

    def _note(self, output: Any, past: Past) -> None:
        for tensor in tree_leaves(output):
            if isinstance(tensor, Tensor):
                self._pasts[tensor] = past
                if tensor._base is not None:
                    # Written into a part of another tensor: where, is not followed.
                    self._pasts[tensor._base] = past._replace(sight=None)


def _after(call: Call, pasts: Sequence[Past], multiplies: bool) -> Past:
    sight = through(joined([past.sight for past in pasts]), seen_by(call))
    return Past(sight, max(past.depth for past in pasts) + multiplies)
