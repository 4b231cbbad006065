"""Pyramid: maps of all scales that are equally good at telling what they show.

The deep maps of a network know what is there but hardly where, the shallow ones where but hardly
what. A way back from the deep to the shallow, added to them level by level, gives every level both,
for a fraction of the price of running the network on an image pyramid.

Axes:   b images, i and c channels that enter and leave, h w sides, from one level to the next about
        halved
Paper:  Lin, Dollár, Girshick, He, Hariharan & Belongie 2017, "Feature pyramid networks for object
        detection"; Lin, Goyal, Girshick, He & Dollár 2017, "Focal loss for dense object detection"
        (P6 and P7)
Torch:  torchvision.ops.FeaturePyramidNetwork and, in its file, LastLevelMaxPool, LastLevelP6P7
"""

from collections.abc import Callable, Sequence

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import interpolate, max_pool2d

from dlcourse.nn.initialization import kaiming_uniform_, zeros_

__all__ = ["FeaturePyramidNetwork", "LastLevelMaxPool", "LastLevelP6P7", "merge"]

Maps = dict[str, Float[Tensor, "b _ _ _"]]
"""Maps by the names of their levels, the finest first."""


def merge(
    lateral: Float[Tensor, "b c h w"], above: Float[Tensor, "b c oh ow"]
) -> Float[Tensor, "b c h w"]:
    """Enlarge the coarser map to the finer one's size, by repeating its cells, and add the two.

    >>> merge(torch.zeros(1, 1, 2, 3), torch.tensor([[[[5.0, 7.0]]]]))[0, 0].tolist()
    [[5.0, 5.0, 7.0], [5.0, 5.0, 7.0]]
    """
    return lateral + interpolate(above, size=lateral.shape[-2:], mode="nearest")


class FeaturePyramidNetwork(nn.Module):
    """Bring all levels to as many channels, merge from the top down, and smooth each sum.

    A convolution of 1x1 makes a level's channels fit (``inner_blocks``), one of 3x3 on the sum
    takes off the steps of the repeated cells (``layer_blocks``). There is no activation.

    Args:
        in_channels_list: channels of each level, the finest first.
        out_channels: channels of every level that leaves.
        extra_blocks: adds coarser levels; see :class:`LastLevelP6P7`.

    Raises:
        ValueError: at the call, if there are not as many maps as ``in_channels_list`` says.

    >>> fpn = FeaturePyramidNetwork([2, 4], out_channels=3)
    >>> maps = fpn({"c3": torch.zeros(1, 2, 8, 8), "c4": torch.zeros(1, 4, 4, 4)})
    >>> {name: tuple(map.shape) for name, map in maps.items()}
    {'c3': (1, 3, 8, 8), 'c4': (1, 3, 4, 4)}
    """

    def __init__(
        self,
        in_channels_list: Sequence[int],
        out_channels: int,
        extra_blocks: Callable[[list, list, list], tuple[list, list]] | None = None,
    ) -> None:
        super().__init__()
        self.inner_blocks = nn.ModuleList(
            nn.Conv2d(channels, out_channels, 1) for channels in in_channels_list
        )
        self.layer_blocks = nn.ModuleList(
            nn.Conv2d(out_channels, out_channels, 3, padding=1)
            for _ in in_channels_list
        )
        for conv in (*self.inner_blocks, *self.layer_blocks):
            _start(conv)
        self.extra_blocks = extra_blocks

    def forward(self, x: Maps) -> Maps:
        """Compute all levels; names are kept, and those of extra ones added."""
        if len(x) != len(self.inner_blocks):
            raise ValueError(
                f"the pyramid is built for {len(self.inner_blocks)} maps and got {len(x)}"
            )
        names, bottom_up = list(x), list(x.values())
        merged: list[Tensor] = []  # the coarsest first
        for inner, features in zip(
            self.inner_blocks[::-1], bottom_up[::-1], strict=True
        ):
            lateral = inner(features)
            merged.append(merge(lateral, merged[-1]) if merged else lateral)
        levels = [
            layer(level)
            for layer, level in zip(self.layer_blocks, merged[::-1], strict=True)
        ]
        if self.extra_blocks is not None:
            levels, names = self.extra_blocks(levels, bottom_up, names)
        return dict(zip(names, levels, strict=True))


class LastLevelMaxPool(nn.Module):
    """Add one level: every other cell of the coarsest one, as Faster R-CNN's pyramid has it.

    >>> levels, names = LastLevelMaxPool()([torch.arange(9.0).view(1, 1, 3, 3)], [], ["p5"])
    >>> levels[-1][0, 0].tolist(), names
    ([[0.0, 2.0], [6.0, 8.0]], ['p5', 'pool'])
    """

    def forward(
        self, p: list[Tensor], c: list[Tensor], names: list[str]
    ) -> tuple[list[Tensor], list[str]]:
        """Take the pyramid's levels ``p``; the network's ``c`` are not needed."""
        return [*p, max_pool2d(p[-1], 1, stride=2)], [*names, "pool"]


class LastLevelP6P7(nn.Module):
    """Add two levels by convolutions at stride 2, with a ReLU between them.

    The paper computes P6 from C5, the network's last map. torchvision does so too, unless C5 has as
    many channels as the pyramid; then it takes P5, and its RetinaNet-50 is built that way.

    Args:
        in_channels: channels of the map that P6 is computed from.
        out_channels: channels of every level of the pyramid.

    >>> p5, c5 = torch.zeros(1, 2, 4, 4), torch.zeros(1, 8, 4, 4)
    >>> levels, names = LastLevelP6P7(8, 2)([p5], [c5], ["p5"])
    >>> [level.shape[-1] for level in levels], names
    ([4, 2, 1], ['p5', 'p6', 'p7'])
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.p6 = nn.Conv2d(in_channels, out_channels, 3, stride=2, padding=1)
        self.p7 = nn.Conv2d(out_channels, out_channels, 3, stride=2, padding=1)
        self.use_P5 = in_channels == out_channels
        for conv in (self.p6, self.p7):
            _start(conv)

    def forward(
        self, p: list[Tensor], c: list[Tensor], names: list[str]
    ) -> tuple[list[Tensor], list[str]]:
        """Take the pyramid's levels ``p`` and the network's maps ``c``."""
        p6 = self.p6(p[-1] if self.use_P5 else c[-1])
        p7 = self.p7(p6.relu())
        return [*p, p6, p7], [*names, "p6", "p7"]


def _start(conv: nn.Conv2d) -> None:
    """Draw the weights for a signal that no ReLU halves."""
    kaiming_uniform_(conv.weight, a=1.0)
    zeros_(conv.bias)
