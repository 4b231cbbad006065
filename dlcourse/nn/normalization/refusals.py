"""Refusals: what a normalization does not accept, each with the value and the rule.

Axes:   b batch, c channels; sides are what follows them
Torch:  refuses the same inputs, in words of its own
"""

from torch import Tensor

__all__ = [
    "refuse_axes",
    "refuse_groups",
    "refuse_lone_values",
    "refuse_no_averages",
    "refuse_other_axes",
    "refuse_sizes",
    "refuse_types",
]


def refuse_types(input: Tensor, **others: Tensor | None) -> None:
    """Refuse what is no tensor, does not hold real numbers, or differs in type from the input."""
    given = {name: tensor for name, tensor in others.items() if tensor is not None}
    for name, tensor in {"input": input, **given}.items():
        if not isinstance(tensor, Tensor):
            raise TypeError(
                f"{name} is a {type(tensor).__name__}; convert it with torch.as_tensor"
            )
        if not tensor.is_floating_point():
            raise TypeError(
                f"{name} holds {tensor.dtype}; convert it with {name}.float()"
            )
        if tensor.dtype != input.dtype:
            raise TypeError(
                f"{name} holds {tensor.dtype} but input holds {input.dtype}; make them equal"
            )


def refuse_axes(input: Tensor, least: int) -> None:
    """Refuse an input that lacks the batch, the channels or, if three axes are asked for, sides."""
    if input.dim() < least:
        named = ("batch", "channels", "sides")[:least]
        raise ValueError(
            f"input has shape {tuple(input.shape)}; it needs at least {least} axes "
            f"({', '.join(named)})"
        )


def refuse_other_axes(input: Tensor, *layouts: str) -> None:
    """Refuse an input that has as many axes as none of the layouts, such as "bchw"."""
    if input.dim() not in map(len, layouts):
        wanted = " or ".join(
            f"{len(layout)} axes ({' '.join(layout)})" for layout in layouts
        )
        raise ValueError(f"input has shape {tuple(input.shape)}; it needs {wanted}")


def refuse_sizes(channels: int, **others: Tensor | None) -> None:
    """Refuse weights and averages that are not one number a channel."""
    for name, tensor in others.items():
        if tensor is not None and tensor.shape != (channels,):
            raise ValueError(
                f"{name} has shape {tuple(tensor.shape)}; it needs one entry for each of "
                f"{channels} channels"
            )


def refuse_groups(channels: int, num_groups: int) -> None:
    """Refuse groups that do not divide the channels."""
    if num_groups < 1 or channels % num_groups:
        raise ValueError(
            f"num_groups ({num_groups}) must divide the channels ({channels})"
        )


def refuse_lone_values(scope: str, input: Tensor, count: int) -> None:
    """Refuse moments of a single value: less its own mean it is 0, whatever it was."""
    if count == 1:
        raise ValueError(
            f"input of shape {tuple(input.shape)} has 1 value {scope}; a variance needs 2"
        )


def refuse_no_averages(running_mean: Tensor | None, running_var: Tensor | None) -> None:
    """Refuse to evaluate without running averages."""
    if running_mean is None or running_var is None:
        raise ValueError(
            "running_mean or running_var is None; without training=True both are needed"
        )
