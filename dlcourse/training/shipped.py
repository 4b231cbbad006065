"""Shipped: what was learned, kept in half precision beside the code that learned it.

Sixteen bits a number halve the file and change no answer by more than rounding. The checksum stands
in the code, so that weights and the figures quoted of them cannot drift apart.

Torch:  torch.nn.Module.half, safetensors.torch.save_file
"""

from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from torch import nn

__all__ = ["load_shipped", "save_shipped"]

Model = TypeVar("Model", bound=nn.Module)


def load_shipped(model: Model, path: Path, checksum: str, script: str) -> Model:
    """Fill a model with weights that come with the package; it stays in single precision.

    Args:
        model: changed in place.
        path: of the file.
        checksum: SHA-256 of the file.
        script: the module that learns the weights again.

    Raises:
        ValueError: if the file is not the one that was shipped.
    """
    if sha256(path.read_bytes()).hexdigest() != checksum:
        raise ValueError(
            f"{path.name} is not the file that was shipped: install the package again, or run "
            f"python -m {script} and note the checksum it prints"
        )
    from safetensors.torch import load_file

    model.load_state_dict(load_file(path))
    return model.eval()


def save_shipped(model: nn.Module, path: Path) -> str:
    """Write a model's tensors in half precision and give the file's checksum."""
    from safetensors.torch import save_file

    tensors = {
        name: tensor.half() if tensor.is_floating_point() else tensor
        for name, tensor in model.state_dict().items()
    }
    save_file(tensors, path)
    return sha256(path.read_bytes()).hexdigest()
