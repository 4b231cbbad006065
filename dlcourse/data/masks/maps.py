"""Maps: the class of every pixel of a composed scene.

A scene knows which pixels each of its things covers. Written into one map, with the ground as a
class of its own, that is what a segmentation network learns.

Axes:   b scenes, h w pixels
Torch:  torchvision.datasets.VOCSegmentation reads such maps as pictures
"""

import torch
from jaxtyping import Int
from torch import Tensor

from dlcourse.data.scenes import CLASSES, Scenes

__all__ = ["MAP_CLASSES", "class_maps"]

MAP_CLASSES = ("background", *CLASSES)
"""What a pixel of a scene can be; its number in the map is the place in this list."""


def class_maps(scenes: Scenes) -> Int[Tensor, "b h w"]:
    """Write into each pixel 0 for the ground, and 1 + label for a thing.

    Where masks overlap, the later one is in front.

    Args:
        scenes: with ``masks`` in their targets, all of one size.

    Raises:
        ValueError: if a target has no masks, or scenes differ in size.

    >>> masks = torch.tensor([[[True, True, False]], [[False, True, False]]])
    >>> target = {"labels": torch.tensor([0, 3]), "masks": masks}
    >>> class_maps(Scenes([torch.zeros(3, 1, 3)], [target])).tolist()
    [[[1, 4, 0]]]
    """
    maps = [_class_map(n, target) for n, target in enumerate(scenes.targets)]
    sizes = sorted({tuple(one.shape) for one in maps})
    if len(sizes) > 1:
        raise ValueError(f"scenes of {sizes} pixels; the maps of one size only stack")
    return torch.stack(maps)


def _class_map(number: int, target: dict[str, Tensor]) -> Int[Tensor, "h w"]:
    if "masks" not in target:
        raise ValueError(f"scene {number} has no masks; boxes do not tell pixels apart")
    one = torch.zeros(target["masks"].shape[1:], dtype=torch.int64)
    for label, mask in zip(target["labels"].tolist(), target["masks"], strict=True):
        one = one.masked_fill(mask, 1 + label)
    return one
