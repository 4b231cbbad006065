"""Table: a row for each layer of a network, and the totals.

Torch:  none; torch.utils.flop_counter counts, and prints a table of its own
"""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.utils._pytree import tree_leaves

from dlcourse.nn.padding import ReceptiveField

from .watching import Watch

__all__ = ["Layer", "Ledger", "Totals", "layer_table", "run", "totals"]


class Layer(NamedTuple):
    """One call of one module.

    A module that gives out no tensor has no row.

    Attributes:
        name: as ``model.get_submodule`` takes it.
        kind: the module's class.
        shape: of its output (the first, if it has several), without the batch.
        parameters: numbers it learns; 0 where they were counted in an earlier row.
        multiply_adds: for one image.
        field: the receptive field of its output, along the side where it is larger; None where the
            output sees the whole image, or cells that no one field describes.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    field: ReceptiveField | None


class Totals(NamedTuple):
    """A network in four numbers.

    Attributes:
        parameters: numbers it learns, in all its modules.
        multiply_adds: for one image.
        activations: numbers that convolutions and linear layers give out for one image.
        depth: convolutions and linear layers on the longest way from image to output.
    """

    parameters: int
    multiply_adds: int
    activations: int
    depth: int


def layer_table(
    model: nn.Module, x: Float[Tensor, "b *image"], depth: int | None = None
) -> list[Layer]:
    """Run the model once and list its layers in the order of their calls.

    The model runs in evaluation mode and is left as it was.

    Args:
        model: any network; on the device "meta" it is free.
        x: images for it, on the same device.
        depth: list modules this many names deep (and those without parts above) instead of all
            that have no parts.

    >>> with torch.device("meta"):
    ...     model, x = nn.Sequential(nn.Conv2d(3, 8, 5), nn.ReLU()), torch.empty(1, 3, 32, 32)
    >>> for layer in layer_table(model, x):
    ...     print(layer.name, layer.kind, layer.shape, layer.parameters, layer.multiply_adds)
    0 Conv2d (8, 28, 28) 608 470400
    1 ReLU (8, 28, 28) 0 0
    """
    ledger = Ledger(model, x, depth)
    with ledger:
        run(model, x, ledger.watch)
    return ledger.rows


def totals(model: nn.Module, x: Float[Tensor, "b *image"]) -> Totals:
    """Run the model once, in evaluation mode, and count.

    >>> with torch.device("meta"):
    ...     totals(nn.Conv2d(3, 8, 5), torch.empty(1, 3, 32, 32))
    Totals(parameters=608, multiply_adds=470400, activations=6272, depth=1)
    """
    watch = Watch(x)
    output = run(model, x, watch)
    pasts = [watch.past(t) for t in tree_leaves(output) if isinstance(t, Tensor)]
    return Totals(
        sum(p.numel() for p in model.parameters()),
        watch.multiply_adds // len(x),
        watch.activations // len(x),
        max((past.depth for past in pasts if past), default=0),
    )


class Ledger:
    """Write a row whenever one of the listed modules has been called."""

    def __init__(self, model: nn.Module, x: Tensor, depth: int | None) -> None:
        self.watch, self.rows = Watch(x), []
        self._images, self._before = len(x), 0
        self._names = {
            module: name
            for name, module in model.named_modules()
            if _listed(module, name, depth)
        }
        self._counted: set[nn.Parameter] = set()

    def __enter__(self) -> "Ledger":
        """Listen to the modules."""
        self._hooks = [m.register_forward_pre_hook(self._open) for m in self._names]
        self._hooks += [m.register_forward_hook(self._close) for m in self._names]
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        for hook in self._hooks:
            hook.remove()

    def _open(self, module: nn.Module, inputs: Any) -> None:
        self._before = self.watch.multiply_adds

    def _close(self, module: nn.Module, inputs: Any, output: Any) -> None:
        tensors = [t for t in tree_leaves(output) if isinstance(t, Tensor)]
        new = set(module.parameters()) - self._counted
        self._counted |= new
        if not tensors:
            return
        past = self.watch.past(tensors[0])
        layer = Layer(
            self._names[module],
            type(module).__name__,
            tuple(tensors[0].shape[1:]),
            sum(p.numel() for p in new),
            (self.watch.multiply_adds - self._before) // self._images,
            max(past.sight, key=lambda f: f.size) if past and past.sight else None,
        )
        self.note(layer, tensors[0])

    def note(self, layer: Layer, output: Tensor) -> None:
        """Write one row."""
        self.rows.append(layer)


def _listed(module: nn.Module, name: str, depth: int | None) -> bool:
    """Say whether a module stands at the depth, or above it without parts."""
    level = name.count(".") + 1 if name else 0
    has_parts = any(True for _ in module.children())
    return not has_parts if depth is None or level < depth else level == depth


# Inference mode would hand over conv2d and linear before they are taken apart.
@torch.inference_mode(mode=False)
@torch.no_grad()
def run(model: nn.Module, x: Tensor, watch: Watch) -> Any:
    """Call the model in evaluation mode and put every module back into its own."""
    modes = {module: module.training for module in model.modules()}
    try:
        with watch:
            return model.eval()(x)
    finally:
        for module, training in modes.items():
            module.training = training
