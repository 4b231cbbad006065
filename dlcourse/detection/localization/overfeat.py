"""OverFeat: windows at every pixel from a network that pools.

A pooling of side 2 lets the windows move by 2. OverFeat pools each map several times, shifted by
0, 1, ... pixels, and interleaves the answers. The layers below the pooling still run once.

Axes:   b pictures, k classes, h w pixels
Paper:  Sermanet, Eigen, Zhang, Mathieu, Fergus & LeCun 2014, "OverFeat: integrated recognition,
        localization and detection using convolutional networks"
Torch:  none
"""

from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import max_pool2d

from dlcourse.axes import Images
from dlcourse.models.vgg import convolutional_head

from .windows import WindowNet

__all__ = ["classify_every_pixel", "interleave"]


def classify_every_pixel(
    model: WindowNet, images: Images
) -> Float[Tensor, "b k wh ww"]:
    """Answer for the windows at every pixel: pool at each shift, and interleave the answers.

    >>> model = WindowNet(4)
    >>> classify_every_pixel(model, torch.zeros(1, 3, 28, 28)).shape  # 28 - 14 + 1 = 15
    torch.Size([1, 4, 15, 15])
    """
    below, pool = model.features[:-1], model.features[-1].kernel_size
    head = convolutional_head(model.classifier, model.map)
    maps = below(images)
    rows, columns = (length - model.side + 1 for length in images.shape[2:])
    shifted = {
        (y, x): head(max_pool2d(maps[:, :, y:, x:], pool))
        for y in range(min(pool, rows))
        for x in range(min(pool, columns))
    }
    return interleave(shifted, pool, rows, columns)


def interleave(
    shifted: dict[tuple[int, int], Tensor], step: int, rows: int, columns: int
) -> Float[Tensor, "b k wh ww"]:
    """Put the answers of shift ``y, x`` at rows ``y, y + step, ...``, and columns likewise.

    >>> one = {(0, 0): torch.zeros(1, 1, 2, 1), (0, 1): torch.ones(1, 1, 2, 1)}
    >>> interleave(one | {(1, y): one[0, y] + 2 for y in range(2)}, 2, 3, 2).tolist()
    [[[[0.0, 1.0], [2.0, 3.0], [0.0, 1.0]]]]
    """
    first = shifted[0, 0]
    whole = first.new_zeros(*first.shape[:2], rows, columns)
    for (y, x), answers in shifted.items():
        place = whole[:, :, y::step, x::step]
        place.copy_(answers[:, :, : place.shape[2], : place.shape[3]])
    return whole
