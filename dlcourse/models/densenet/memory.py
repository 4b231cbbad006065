"""Memory: what a forward pass keeps for the backward one.

The backward pass of a convolution needs its input, and that of a normalization too. In a dense
layer both inputs are as wide as everything before it. So a block of n layers, whose maps have about
nk channels, keeps about n^2 k / 2 channels of concatenations. Making them again when the gradient
comes by costs a cheap part of the forward pass a second time, and what is kept grows with n.

Axes:   b images, c channels, h w sides
Paper:  Pleiss et al. 2017, "Memory-efficient implementation of DenseNets"; Chen, Xu, Zhang &
        Guestrin 2016, "Training deep nets with sublinear memory cost"
Torch:  torch.utils.checkpoint; torch.autograd.graph.saved_tensors_hooks
"""

from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

from dlcourse.axes import Images

__all__ = ["concatenated_channels", "kept_for_backward"]


def concatenated_channels(num_layers: int, in_channels: int, growth_rate: int) -> int:
    """Add up the channels that the layers of a block read: ``n c + k n (n - 1) / 2``.

    >>> concatenated_channels(3, in_channels=10, growth_rate=2)  # 10 + 12 + 14
    36
    """
    return num_layers * in_channels + growth_rate * num_layers * (num_layers - 1) // 2


def kept_for_backward(model: nn.Module, x: Images) -> int:
    """Count the bytes that a forward pass in training keeps, weights and images not counted.

    >>> kept_for_backward(nn.Sequential(nn.Tanh(), nn.Tanh()), torch.ones(1, 1, 2, 2))  # 2 x 4
    32
    """
    given = {t.untyped_storage().data_ptr() for t in (x, *model.parameters())}
    given |= {t.untyped_storage().data_ptr() for t in model.buffers()}
    kept: dict[int, Tensor] = {}

    def note(tensor: Tensor) -> Tensor:
        place = tensor.untyped_storage().data_ptr()
        if place not in given:
            kept[place] = tensor
        return tensor

    leaf = x.detach().requires_grad_()
    with saved_tensors_hooks(note, lambda tensor: tensor):
        output = model.train()(leaf)
    size = sum(tensor.untyped_storage().nbytes() for tensor in kept.values())
    del output
    return size
