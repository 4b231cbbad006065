"""Deconvolution: what in a picture made one channel answer at one place.

Everything but one answer is set to zero, and that answer is carried back to the pixels. The kernels
say what it is made of, and the switches say where in this picture it was.

Axes:   c h w; a place is a row and a column of the layer's map
Paper:  Zeiler & Fergus 2014, "Visualizing and understanding convolutional networks"
Torch:  none
"""

import torch

from dlcourse.axes import Image
from dlcourse.style._network import Network

from .way_back import carried_back, forward_steps

__all__ = ["deconvolution"]


def deconvolution(
    model: Network,
    image: Image,
    layer: str,
    channel: int,
    place: tuple[int, int],
    rule: str = "deconvolution",
    *,
    switches: bool = True,
) -> Image:
    """Show what made a channel answer: its answer, carried back to the pixels.

    Args:
        model: the network, in evaluation mode.
        image: of three channels, values in [0, 1].
        layer: name of a layer.
        channel: of that layer.
        place: row and column in its map.
        rule: what a ReLU lets pass, one of :data:`RULES`.
        switches: whether a pooling hands back to the cell that won, or to the first of its window.

    Returns:
        A picture of the image's size, with positive and negative values; zero where the channel
        sees nothing.

    Raises:
        IndexError: if there is no such channel or place.
    """
    steps = forward_steps(model, image[None], layer)
    answer = steps[-1].left
    for what, index, size in zip(
        ("channel", "row", "column"), (channel, *place), answer.shape[1:], strict=True
    ):
        if not 0 <= index < size:
            raise IndexError(f"{what} ({index}) must be between 0 and {size - 1}")
    signal = torch.zeros_like(answer)
    signal[0, channel, *place] = answer[0, channel, *place]
    return model.slope * carried_back(steps, signal, rule, switches=switches)[0]
