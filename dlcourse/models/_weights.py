"""Weights: take over what torchvision has learned, though its layers carry other names.

Two builds of one network own the same tensors and register them in the same order; only the names
along the way differ. So the n-th tensor of one is the n-th of the other, and where that is not so
the shapes give it away.

Torch:  torch.nn.Module.load_state_dict, which wants equal names
"""

from collections.abc import Mapping

from torch import Tensor, nn

__all__ = ["renamed"]


def renamed(state_dict: Mapping[str, Tensor], model: nn.Module) -> dict[str, Tensor]:
    """Give the tensors of ``state_dict``, in their order, the names that ``model`` uses.

    Args:
        state_dict: of another build of the same network, torchvision's for instance.
        model: whose ``load_state_dict`` will take the result.

    Raises:
        ValueError: if the two have not as many tensors, or two that meet differ in shape.

    >>> theirs = nn.Sequential(nn.Linear(2, 1)).state_dict()
    >>> list(theirs), list(renamed(theirs, nn.Linear(2, 1)))
    (['0.weight', '0.bias'], ['weight', 'bias'])
    """
    own = model.state_dict()
    if len(state_dict) != len(own):
        raise ValueError(
            f"the state_dict has {len(state_dict)} tensors and the model {len(own)}; "
            "they are not two builds of one network"
        )
    for (theirs, tensor), (ours, target) in zip(
        state_dict.items(), own.items(), strict=True
    ):
        if tensor.shape != target.shape:
            raise ValueError(
                f"{theirs} has shape {tuple(tensor.shape)} and {ours}, in the same place, "
                f"{tuple(target.shape)}; they are not two builds of one network"
            )
    return dict(zip(own, state_dict.values(), strict=True))
