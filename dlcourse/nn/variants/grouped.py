"""Grouped: divide the channels into groups that do not see each other.

Each kernel reads only the channels of its own group, so weights and multiplications shrink by the
number of groups. AlexNet did it to fit two graphics cards; later networks do it to be small. With
one channel a group it is the depthwise convolution.

Axes:   o i channels out and in, kh kw kernel
Paper:  Krizhevsky, Sutskever & Hinton 2012, "ImageNet classification with deep convolutional neural
        networks"; Xie et al. 2017, "Aggregated residual transformations for deep neural networks"
Torch:  the ``groups`` of torch.nn.functional.conv2d
"""

from jaxtyping import Float
from torch import Tensor

from dlcourse.nn.convolution.refusals import refuse_groups

__all__ = ["ungroup"]


def ungroup(
    weight: Float[Tensor, "o i_per_group kh kw"], groups: int
) -> Float[Tensor, "o i kh kw"]:
    """Write the weight of a grouped convolution as that of an ordinary one, with zeros between.

    The kernel of output ``o`` in group ``g`` keeps its slices at the channels of group ``g`` and is
    zero at all others, so the matrix of channels is block diagonal.

    Raises:
        ValueError: if ``groups`` does not divide the channels.

    >>> ungroup(torch.tensor([1.0, 2.0]).reshape(2, 1, 1, 1), groups=2)[..., 0, 0].tolist()
    [[1.0, 0.0], [0.0, 2.0]]
    """
    filters, depth, *kernel = weight.shape
    refuse_groups(depth * groups, filters, groups)
    full = weight.new_zeros(groups, filters // groups, groups, depth, *kernel)
    for group, kernels in enumerate(weight.chunk(groups)):
        full[group, :, group] = kernels
    return full.flatten(2, 3).flatten(0, 1)
