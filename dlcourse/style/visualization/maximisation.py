"""Maximisation: a picture drawn to please one channel.

Start from grey noise and climb the gradient. Left alone the climb ends in a noise that no
photograph holds and that pleases all the same. So each step also shifts the picture at random,
blurs it a little, and pulls it towards grey: what survives all three is what the channel looks for.

Axes:   c h w, values in [0, 1]; n pixels of a side
Paper:  Erhan, Bengio, Courville & Vincent 2009, "Visualizing higher-layer features of a deep
        network"; Yosinski et al. 2015, "Understanding neural networks through deep visualization",
        for blur and decay; Mordvintsev, Olah & Tyka 2015, "Inceptionism", for the shifts
Torch:  none
"""

import torch
from torch import Generator
from torch.nn.functional import conv2d, pad

from dlcourse.axes import Image, Images
from dlcourse.style._network import Network, activations

__all__ = ["blurred", "maximise"]


def maximise(
    model: Network,
    layer: str,
    channel: int,
    side: int = 64,
    steps: int = 60,
    *,
    rate: float = 0.03,
    jitter: int = 0,
    blur: float = 0.0,
    decay: float = 0.0,
    generator: Generator,
) -> Image:
    """Draw a picture to which a channel answers much, on the mean over its map.

    Args:
        model: the network, in evaluation mode.
        layer: name of a layer.
        channel: of that layer.
        side: of the picture, in pixels.
        steps: up the gradient.
        rate: the root of the mean square by which a step changes the pixels.
        jitter: pixels by which the picture is shifted at random before a step, at most.
        blur: standard deviation of the blur after a step, in pixels; 0 for none.
        decay: share of the distance to grey taken away after a step.
        generator: source of the noise and the shifts.

    Raises:
        ValueError: if jitter, blur or decay is below 0, decay above 1, or the layer has no such
            channel.
    """
    _refuse(jitter, blur, decay)
    image = 0.5 + 0.05 * torch.randn(1, 3, side, side, generator=generator)
    for _ in range(steps):
        shift = torch.randint(-jitter, jitter + 1, (2,), generator=generator).tolist()
        image = image.roll(shift, dims=(2, 3))
        slope = _slope(model, image, layer, channel)
        image = image + rate * slope / slope.square().mean().sqrt().clamp(min=1e-12)
        if blur:
            image = blurred(image, blur)
        image = (0.5 + (1 - decay) * (image - 0.5)).clamp(0, 1)
        image = image.roll([-s for s in shift], dims=(2, 3))
    return image[0]


def _slope(model: Network, image: Images, layer: str, channel: int) -> Images:
    """Differentiate the channel's mean answer by the pixels.

    Where a ReLU is shut there is no slope, so a layer's name may be that of its normalization.
    """
    leaf = image.detach().requires_grad_()
    with torch.enable_grad():
        maps = activations(model, leaf, [layer])[layer][0]
        if not 0 <= channel < len(maps):
            raise ValueError(
                f"channel ({channel}) must be between 0 and {len(maps) - 1}"
            )
        (slope,) = torch.autograd.grad(maps[channel].mean(), leaf)
    return slope


def blurred(images: Images, deviation: float) -> Images:
    """Take the mean of neighbours with the weights of a Gaussian; the edge is continued.

    >>> spot = torch.zeros(1, 1, 1, 5)
    >>> spot[..., 2] = 1
    >>> [round(v, 2) for v in blurred(spot, 0.5).flatten().tolist()]
    [0.0, 0.11, 0.79, 0.11, 0.0]
    """
    reach = max(1, round(3 * deviation))
    places = torch.arange(-reach, reach + 1, dtype=images.dtype)
    line = torch.exp(-(places**2) / (2 * deviation**2))
    line = line / line.sum()
    channels = images.shape[1]
    kernel = line.expand(channels, 1, 1, -1)
    padded = pad(images, (reach,) * 4, mode="replicate")
    rows = conv2d(padded, kernel, groups=channels)
    return conv2d(rows, kernel.mT, groups=channels)


def _refuse(jitter: int, blur: float, decay: float) -> None:
    for name, value in {"jitter": jitter, "blur": blur, "decay": decay}.items():
        if not value >= 0:
            raise ValueError(f"{name} ({value}) must be at least 0")
    if decay > 1:
        raise ValueError(f"decay ({decay}) must be at most 1")
