"""Refusals: images that would shrink to nothing on their way through a network.

torch notices only at the layer where nothing is left, and speaks of that layer. What the reader can
change is the image.
"""

from dlcourse.axes import Images

__all__ = ["refuse_small"]


def refuse_small(x: Images, least: int) -> None:
    """Refuse images with a side shorter than ``least``.

    >>> refuse_small(torch.zeros(1, 3, 20, 32), least=32)
    Traceback (most recent call last):
    ValueError: the images have 20x32 pixels; this network needs at least 32 on each side
    """
    height, width = x.shape[-2:]
    if min(height, width) < least:
        raise ValueError(
            f"the images have {height}x{width} pixels; this network needs at least {least} on "
            "each side"
        )
