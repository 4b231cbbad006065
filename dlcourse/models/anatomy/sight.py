"""Sight: which cells of its input one operation reads, and the receptive field after it.

Nearly all operations read the cell they write. A convolution or a pooling reads a window, padding
and slicing move or thin out the cells, and a matrix product or an average over a side reads all.

Paper:  Araujo, Norris & Sim 2019, "Computing receptive fields of convolutional neural networks"
Torch:  none
"""

from collections.abc import Sequence

from dlcourse.nn.padding import ReceptiveField, Window, receptive_field

from .call import Call
from .cost import PRODUCTS

__all__ = ["Sight", "joined", "seen_by", "through"]

Sight = tuple[ReceptiveField, ReceptiveField] | None
"""The receptive field along height and width; None for the whole image."""

HERE = ReceptiveField(), ReceptiveField()
POOLINGS = "max_pool2d_with_indices", "avg_pool2d"


def through(before: Sight, operation: Sight) -> Sight:
    """Say what an operation sees of the image, from what it and its input see of theirs.

    >>> field, _ = through((ReceptiveField(3, jump=2),) * 2, (ReceptiveField(3, start=-1),) * 2)
    >>> field
    ReceptiveField(size=7, jump=2, start=-2)
    """
    if before is None or operation is None:
        return None
    height, width = (_through(b, o) for b, o in zip(before, operation, strict=True))
    return height, width


def _through(before: ReceptiveField, operation: ReceptiveField) -> ReceptiveField:
    return ReceptiveField(
        before.size + (operation.size - 1) * before.jump,
        before.jump * operation.jump,
        before.start + operation.start * before.jump,
    )


def joined(sights: Sequence[Sight]) -> Sight:
    """Say what is seen where several maps meet, in a sum or side by side: what any of them sees.

    >>> joined([(ReceptiveField(5, start=-2),) * 2, (ReceptiveField(),) * 2])[0]
    ReceptiveField(size=5, jump=1, start=-2)
    """
    if None in sights:
        return None
    height, width = (_joined(side) for side in zip(*sights, strict=True))
    return height, width


def _joined(fields: Sequence[ReceptiveField]) -> ReceptiveField:
    start = min(field.start for field in fields)
    stop = max(field.start + field.size for field in fields)
    return ReceptiveField(stop - start, max(field.jump for field in fields), start)


def seen_by(call: Call) -> Sight:
    """Say what the output at place 0 of one operation sees of its input."""
    if call.name in PRODUCTS or _over_a_side(call):
        return None
    if call.name == "convolution" or call.name in POOLINGS:
        return _windows(call)
    if call.name == "_adaptive_avg_pool2d":
        return _bins(call)
    if call.name == "constant_pad_nd":
        left, _, top, *_ = (*call.arguments["pad"], 0, 0)
        return ReceptiveField(start=-top), ReceptiveField(start=-left)
    if call.name == "slice":
        return _slice(call)
    return HERE


def _over_a_side(call: Call) -> bool:
    """Say whether an average, a sum or a maximum goes over the height or the width."""
    if call.name not in ("mean", "sum", "amax"):
        return False
    dims = call.arguments.get("dim") or [-1]
    axes = call.arguments["self"].dim()
    return any(dim % axes >= 2 for dim in dims)


def _windows(call: Call) -> Sight:
    settings = dict(call.arguments)
    if call.name == "convolution":
        settings["kernel_size"] = settings["weight"].shape[2:]
        if settings["transposed"]:
            return None  # its windows lie in the output
    kernel = _two(settings["kernel_size"])
    stride = _two(settings["stride"] or kernel)
    padding, dilation = _two(settings["padding"]), _two(settings.get("dilation", 1))
    height, width = (
        receptive_field([Window(*side)])
        for side in zip(kernel, stride, padding, dilation, strict=True)
    )
    return height, width


def _two(setting: int | Sequence[int]) -> tuple[int, ...]:
    """Give one number to both sides."""
    sides = (setting,) if isinstance(setting, int) else tuple(setting)
    return sides * 2 if len(sides) == 1 else sides


def _bins(call: Call) -> Sight:
    """Bins of one size are windows; bins of two sizes have no one receptive field."""
    sides, bins = call.arguments["self"].shape[-2:], call.arguments["output_size"]
    if any(side % count for side, count in zip(sides, bins, strict=True)):
        return None
    height, width = (side // count for side, count in zip(sides, bins, strict=True))
    return ReceptiveField(height, height), ReceptiveField(width, width)


def _slice(call: Call) -> Sight:
    tensor, dim = call.arguments["self"], call.arguments["dim"]
    side = dim % tensor.dim() - 2
    if tensor.dim() != 4 or side < 0:
        return HERE
    first = call.arguments["start"] or 0
    cut = ReceptiveField(1, call.arguments["step"], first % (tensor.shape[dim] + 1))
    return (cut, HERE[1]) if side == 0 else (HERE[0], cut)
