"""Refusals: what a convolution does not accept, each with the value and the rule.

torch refuses the same inputs, in words written for its own authors. A reader who mistakes a shape
learns more from the two numbers that disagree.

Axes:   b batch, i o channels in and out
Torch:  accepts integers on a CPU and refuses them on a GPU; here they are refused on both
"""

from torch import Tensor

__all__ = ["refuse_groups", "refuse_kernel", "refuse_tensors", "refuse_types"]


def refuse_groups(in_channels: int, out_channels: int, groups: int) -> None:
    """Refuse groups that do not divide both channel counts."""
    if groups < 1 or in_channels % groups or out_channels % groups or out_channels < 1:
        raise ValueError(
            f"groups ({groups}) must divide the channels in ({in_channels}) and the channels out "
            f"({out_channels})"
        )


def refuse_kernel(x: Tensor, kernel: Tensor) -> None:
    """Refuse a kernel that has no entry or does not fit into the image, both of two axes."""
    if kernel.numel() == 0:
        raise ValueError(
            f"the kernel's shape {tuple(kernel.shape)} holds no entry; it needs one"
        )
    if any(k > n for k, n in zip(kernel.shape, x.shape, strict=True)):
        raise ValueError(
            f"the kernel {tuple(kernel.shape)} is larger than the image {tuple(x.shape)}"
        )


def refuse_tensors(
    x: Tensor, weight: Tensor, bias: Tensor | None, dims: int, groups: int
) -> None:
    """Refuse types and shapes that do not belong together, for ``dims`` sides."""
    refuse_types(x, weight, bias)
    if x.dim() not in (dims + 1, dims + 2):
        raise ValueError(
            f"x has shape {tuple(x.shape)}; it needs {dims + 2} axes (batch, channels, sides), "
            f"or {dims + 1} without the batch"
        )
    if weight.dim() != dims + 2:
        raise ValueError(
            f"weight has shape {tuple(weight.shape)}; it needs {dims + 2} axes "
            "(channels out, channels in, kernel)"
        )
    channels, (filters, depth) = x.shape[-dims - 1], weight.shape[:2]
    refuse_groups(channels, filters, groups)
    if channels != depth * groups:
        raise ValueError(
            f"the input has {channels} channels, but weight {tuple(weight.shape)} with "
            f"groups={groups} is made for {depth * groups}"
        )
    if bias is not None and bias.shape != (filters,):
        raise ValueError(
            f"bias has shape {tuple(bias.shape)}; it needs one entry for each of {filters} kernels"
        )


def refuse_types(
    x: Tensor, weight: Tensor, bias: Tensor | None, first: str = "x"
) -> None:
    """Refuse what is no tensor of fractions, or of another type than the first, by its name."""
    tensors = {first: x, "weight": weight} | ({} if bias is None else {"bias": bias})
    for name, tensor in tensors.items():
        if not isinstance(tensor, Tensor):
            raise TypeError(
                f"{name} is a {type(tensor).__name__}; convert it with torch.as_tensor"
            )
        if not (tensor.is_floating_point() or tensor.is_complex()):
            raise TypeError(
                f"{name} holds {tensor.dtype}; convert it with {name}.float()"
            )
        if tensor.dtype != x.dtype:
            raise TypeError(
                f"{name} holds {tensor.dtype} but {first} holds {x.dtype}; make them equal"
            )
