"""Kernels: classical kernels by name, and a kernel found by gradient descent.

For decades people chose the nine numbers of a kernel by hand. A convolutional network starts from
random numbers and lets the error choose.

Axes:   h w image, kh kw kernel; an edge kernel answers positive where the left (or the upper) side
        is the brighter one
Paper:  Prewitt 1970, "Object enhancement and extraction"; Sobel & Feldman 1968, "A 3x3 isotropic
        gradient operator for image processing"; Scharr 2000, "Optimale Operatoren in der digitalen
        Bildverarbeitung"
Torch:  none; scikit-image has skimage.filters.prewitt_v, sobel_v, scharr_v up to a scale
"""

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from dlcourse.axes import Feature

from .functional import conv2d

__all__ = ["KERNELS", "kernel", "learn_kernel"]

Kernel = tuple[tuple[float, ...], ...]


def _across_and_down(weights: tuple[float, float, float]) -> tuple[Kernel, Kernel]:
    """Difference of left and right (vertical edges), smoothed along the edge; and its transpose."""
    vertical = tuple((w, 0.0, -w) for w in weights)
    return vertical, tuple(zip(*vertical, strict=True))


_prewitt = _across_and_down((1.0, 1.0, 1.0))
_sobel = _across_and_down((1.0, 2.0, 1.0))
_scharr = _across_and_down((3.0, 10.0, 3.0))

KERNELS: dict[str, Kernel] = {
    "identity": ((0.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 0.0)),
    # Prewitt's is the plain edge kernel that introductions show first.
    "vertical_edge": _prewitt[0],
    "horizontal_edge": _prewitt[1],
    "prewitt_vertical": _prewitt[0],
    "prewitt_horizontal": _prewitt[1],
    "sobel_vertical": _sobel[0],
    "sobel_horizontal": _sobel[1],
    "scharr_vertical": _scharr[0],
    "scharr_horizontal": _scharr[1],
    "blur": ((1 / 9,) * 3,) * 3,
    "sharpen": ((0.0, -1.0, 0.0), (-1.0, 5.0, -1.0), (0.0, -1.0, 0.0)),
}
"""The entries of each named kernel, row by row."""


def kernel(name: str) -> Float[Tensor, "3 3"]:
    """Look a kernel up by name.

    Raises:
        KeyError: if no kernel has that name; the message lists those there are.

    >>> kernel("vertical_edge").tolist()
    [[1.0, 0.0, -1.0], [1.0, 0.0, -1.0], [1.0, 0.0, -1.0]]
    """
    if name not in KERNELS:
        raise KeyError(f'no kernel is called "{name}"; there are {", ".join(KERNELS)}')
    return torch.tensor(KERNELS[name])


def learn_kernel(
    image: Feature,
    target: Float[Tensor, "oh ow"],
    steps: int,
    learning_rate: float,
    generator: Generator | None = None,
) -> tuple[Float[Tensor, "kh kw"], list[float]]:
    """Find the kernel that turns the image into the target, by gradient descent on the mean square.

    The kernel's size follows from the two shapes, ``kh = h - oh + 1``.

    Args:
        image: one channel.
        target: what the sought kernel makes of the image, without padding.
        steps: steps of gradient descent.
        learning_rate: how far each step goes against the gradient.
        generator: source of the random start.

    Returns:
        The kernel, and the mean square error before each step.

    Raises:
        ValueError: if the target is larger than the image, which no kernel without padding makes.

    >>> image = torch.tensor([[1.0, 0.0, 0.0, 2.0]])
    >>> learned, errors = learn_kernel(image, 3 * image, steps=100, learning_rate=0.2)
    >>> round(learned.item(), 4)
    3.0
    """
    if any(n < o for n, o in zip(image.shape, target.shape, strict=True)):
        raise ValueError(
            f"the target {tuple(target.shape)} is larger than the image {tuple(image.shape)}"
        )
    size = [n - o + 1 for n, o in zip(image.shape, target.shape, strict=True)]
    weight = torch.randn(
        1, 1, *size, dtype=image.dtype, generator=generator
    ).requires_grad_()
    errors = []
    for _ in range(steps):
        error = (conv2d(image[None, None], weight) - target).square().mean()
        errors.append(error.item())
        (slope,) = torch.autograd.grad(error, weight)
        with torch.no_grad():
            weight -= learning_rate * slope
    return weight.detach()[0, 0], errors
