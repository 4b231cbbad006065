"""Size: how many windows fit along one side, and what is left over.

Every layer that slides a window, a convolution or a pooling, obeys the same few lines of whole
numbers. They stand here once, and whatever needs them asks.

Paper:  Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning"
Torch:  the rules are those of torch.nn.functional.conv2d, ``padding="same"`` included
"""

__all__ = ["extent", "left_over", "output_size", "same_padding"]


def extent(kernel_size: int, dilation: int = 1) -> int:
    """Count the cells that a kernel spans: ``d (k - 1) + 1``.

    Raises:
        ValueError: if a number is below 1.

    >>> extent(3, dilation=2)
    5
    """
    _refuse_below(1, kernel_size=kernel_size, dilation=dilation)
    return dilation * (kernel_size - 1) + 1


def output_size(
    n: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    """Count the windows along one side: ``floor((n + 2p - d (k - 1) - 1) / s) + 1``.

    Args:
        n: cells of the side.
        kernel_size: cells that the kernel reads.
        stride: cells from one window to the next.
        padding: cells added at each end.
        dilation: cells from one entry of the kernel to the next.

    Raises:
        ValueError: if the kernel spans more cells than the padded side has, or a number is out of
            range.

    >>> output_size(7, kernel_size=3, stride=2)
    3
    """
    return _room(n, kernel_size, stride, padding, dilation) // stride + 1


def left_over(
    n: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    """Count the cells of the side, padding apart, that lie beyond its last window.

    ``max(0, (n + 2p - d (k - 1) - 1) mod s - p)``: the remainder of the division that gives the
    size falls off at the end, and the padding there falls off first.

    Raises:
        ValueError: as :func:`output_size`.

    >>> left_over(8, kernel_size=3, stride=2)
    1
    >>> left_over(8, kernel_size=3, stride=2, padding=1)
    0
    """
    unread = _room(n, kernel_size, stride, padding, dilation) % stride
    return max(0, unread - padding)


def same_padding(kernel_size: int, dilation: int = 1) -> tuple[int, int]:
    """Say how many cells before and after a side keep its size at stride 1.

    Together ``d (k - 1)``, divided evenly; an odd cell goes after the side, as in torch.

    Raises:
        ValueError: if a number is below 1.

    >>> same_padding(3)
    (1, 1)
    >>> same_padding(4)
    (1, 2)
    """
    total = extent(kernel_size, dilation) - 1
    return total // 2, total - total // 2


def _room(n: int, kernel_size: int, stride: int, padding: int, dilation: int) -> int:
    """Count the cells by which the first window can move."""
    _refuse_below(1, stride=stride)
    _refuse_below(0, n=n, padding=padding)
    span, padded = extent(kernel_size, dilation), n + 2 * padding
    if span > padded:
        raise ValueError(
            f"the kernel spans {span} cells, more than the padded side ({padded}) has"
        )
    return padded - span


def _refuse_below(least: int, **numbers: int) -> None:
    for name, number in numbers.items():
        if number < least:
            raise ValueError(
                f"{name} ({number}) goes below {least}, the least it can be"
            )
