"""Patches: the parts of photographs to which one channel answers most.

Which pixels made an answer is no matter of taste. The receptive field says it, and what is cut out
is just that: no pixel beyond it had any say.

Axes:   pictures c h w of any sizes; places are a row and a column of the layer's map
Paper:  Zeiler & Fergus 2014, "Visualizing and understanding convolutional networks"
Torch:  none
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Feature, Image
from dlcourse.nn.padding import ReceptiveField, Window, receptive_field
from dlcourse.optim.augmentation import crop
from dlcourse.style._network import Network, activations

__all__ = ["Patch", "layer_field", "top_patches"]


class Patch(NamedTuple):
    """One place of one picture, how much the channel answers there, and the pixels it sees."""

    picture: int
    place: tuple[int, int]
    answer: float
    image: Image


def layer_field(model: Network, layer: str) -> ReceptiveField:
    """Compute the receptive field of a layer along each side, from the layers up to it.

    Raises:
        KeyError: if the model has no layer of that name.

    >>> layer_field(Network(), "relu2_1")  # 7, then 3, a pooling by 2, then 3
    ReceptiveField(size=14, jump=2, start=-6)
    """
    names = list(model.layers)
    if layer not in names:
        raise KeyError(f'no layer is called "{layer}"; there are {", ".join(names)}')
    windows = []
    for name in names[: names.index(layer) + 1]:
        module = model.layers[name]
        if isinstance(module, nn.Conv2d):
            size, stride, padding = module.kernel_size, module.stride, module.padding
            windows.append(Window(size[0], stride[0], padding[0]))
        elif isinstance(module, nn.MaxPool2d):
            windows.append(Window(module.kernel_size, module.stride))
    return receptive_field(windows)


@torch.no_grad()
def top_patches(
    model: Network,
    pictures: Sequence[Image],
    layer: str,
    channel: int,
    count: int = 9,
    each: int = 1,
) -> list[Patch]:
    """Find the greatest answers of a channel, and cut out what each of them sees.

    Neighbours see nearly the same, so two places of one picture count only if their fields do not
    overlap. Pixels beyond the picture are 0.

    Args:
        model: the network.
        pictures: to look through, three channels.
        layer: name of a layer.
        channel: of that layer.
        count: patches in all, at most; places where the answer is 0 do not count.
        each: patches from one picture, at most.

    Raises:
        ValueError: if the layer has no such channel.
    """
    field, found = layer_field(model, layer), []
    for index, picture in enumerate(pictures):
        maps = activations(model, picture[None], [layer])[layer][0]
        if not 0 <= channel < len(maps):
            raise ValueError(
                f"channel ({channel}) must be between 0 and {len(maps) - 1}"
            )
        for row, column, answer in _peaks(maps[channel], field, each):
            seen = _seen(picture, field, row, column)
            found.append(Patch(index, (row, column), answer, seen))
    return sorted(found, key=lambda patch: -patch.answer)[:count]


def _peaks(
    values: Feature, field: ReceptiveField, count: int
) -> list[tuple[int, int, float]]:
    """Take the greatest value, strike out all whose field overlaps its, and go on."""
    left, peaks = values.clone(), []
    # Cells from one field to the next that does not overlap it, rounded up.
    apart = -(-field.size // field.jump)
    for _ in range(count):
        row, column = divmod(int(left.argmax()), left.shape[1])
        answer = float(left[row, column])
        if answer <= 0:
            break
        peaks.append((row, column, answer))
        rows = slice(max(0, row - apart + 1), row + apart)
        columns = slice(max(0, column - apart + 1), column + apart)
        left[rows, columns] = 0
    return peaks


def _seen(
    picture: Image, field: ReceptiveField, row: int, column: int
) -> Float[Tensor, "c oh ow"]:
    top, left = field.cells(row)[0], field.cells(column)[0]
    return crop(picture, top, left, field.size, field.size)
