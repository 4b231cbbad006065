"""Weights: take over what torchvision has learned, though its layers carry other names.

Two builds of one network own the same tensors and register them in the same order; only the names
along the way differ. So the n-th tensor of one is the n-th of the other, and where that is not so
the shapes give it away. The tensors come from a file, or from torchvision by name.

Torch:  torch.nn.Module.load_state_dict, which wants equal names; torchvision.models.get_weight
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

__all__ = ["load_weights", "renamed"]


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


def load_weights(model: nn.Module, source: str | Path) -> nn.Module:
    """Fill a model with the weights of another build of the same network.

    A ``.pth`` file, and torchvision by name, give the tensors in the order in which they were
    registered, and :func:`renamed` names them. A ``.safetensors`` file keeps no order, so the names
    in it must be the model's own.

    Args:
        model: changed in place.
        source: a file, or a name such as ``"ResNet18_Weights.IMAGENET1K_V1"``, whose weights
            torchvision fetches once and compares with their checksum.

    Returns:
        The same model.

    Raises:
        FileNotFoundError: if there is no such file, or no network to fetch the weights by.
        ValueError: if torchvision knows no such name, if the file holds more than tensors, or if
            the tensors do not fit the model.

    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp()) / "line.pth"
    >>> torch.save({"slope": torch.tensor([[2.0]]), "height": torch.tensor([1.0])}, file)
    >>> load_weights(nn.Linear(1, 1), file)(torch.tensor([3.0])).item()
    7.0
    """
    path = Path(source)
    if path.suffix == ".safetensors":
        state_dict = _named_alike(_read(path), model, path)
    elif path.suffix in (".pth", ".pt"):
        state_dict = renamed(_read(path), model)
    else:
        state_dict = renamed(_fetch(str(source)), model)
    model.load_state_dict(state_dict)
    return model


def _read(path: Path) -> Mapping[str, Tensor]:
    """Read a file of tensors; pickled code is never run."""
    from pickle import UnpicklingError

    from safetensors import SafetensorError
    from safetensors.torch import load_file

    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (SafetensorError, UnpicklingError, EOFError, RuntimeError) as error:
        raise ValueError(f"{path} cannot be read as a file of tensors") from error
    if not isinstance(found, Mapping) or not all(
        isinstance(tensor, Tensor) for tensor in found.values()
    ):
        raise ValueError(f"{path} holds something else than tensors by their names")
    return found


def _named_alike(
    state_dict: Mapping[str, Tensor], model: nn.Module, path: Path
) -> Mapping[str, Tensor]:
    """Refuse tensors that do not carry the names and shapes of the model's own."""
    shapes = {name: tensor.shape for name, tensor in state_dict.items()}
    if shapes != {name: tensor.shape for name, tensor in model.state_dict().items()}:
        raise ValueError(
            f"{path} holds other names or shapes than the model; safetensors keeps no order of the "
            "tensors, so weights of another build must be renamed before they are saved"
        )
    return state_dict


def _fetch(name: str) -> Mapping[str, Tensor]:
    """Take torchvision's weights from its cache, or over the network."""
    from torchvision.models import get_weight

    try:
        weights = get_weight(name)
    except (ValueError, AttributeError, KeyError) as error:
        raise ValueError(
            f'torchvision has no weights called "{name}"; a name is like '
            '"ResNet18_Weights.IMAGENET1K_V1", and a file ends in .pth or .safetensors'
        ) from error
    try:
        return weights.get_state_dict(progress=False, check_hash=True)
    except OSError as error:
        raise FileNotFoundError(
            f"{name} is not on this machine and cannot be fetched; with a network, download "
            f"{weights.url} and give the path of the file"
        ) from error
