"""Features: what frozen layers say of each image, computed once and kept on disk.

Layers that stand still give the same answer to the same image in every pass. So ask once, keep the
answers, and train the head on them alone. What is kept must go when the weights or the images
change; a fingerprint of both tells.

Axes:   b images, d features
Torch:  none
"""

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images

from .freezing import head_of

__all__ = ["cached_features", "features", "fingerprint"]


@torch.no_grad()
def features(model: nn.Module, images: Images, size: int = 256) -> Float[Tensor, "b d"]:
    """Collect what enters the last linear layer, in evaluation mode.

    Args:
        model: whose modes and weights stay as they are.
        images: moved to the model's device, batch by batch.
        size: images in a batch.

    Returns:
        On the device of the images.

    >>> model = nn.Sequential(nn.Flatten(), nn.ReLU(), nn.Linear(2, 10))
    >>> features(model, torch.tensor([[[[-1.0, 3.0]]]])).tolist()
    [[0.0, 3.0]]
    """
    _, head = head_of(model)
    seen: list[Tensor] = []
    hook = head.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    modes = {layer: layer.training for layer in model.modules()}
    model.eval()
    try:
        for part in images.split(size):
            model(part.to(head.weight.device))
    finally:
        hook.remove()
        for layer, mode in modes.items():
            layer.training = mode
    return torch.cat(seen).to(images.device)


def cached_features(
    path: str | Path, model: nn.Module, images: Images, size: int = 256
) -> Float[Tensor, "b d"]:
    """Read the features from a file; compute and write them if it is missing or out of date.

    Args:
        path: of a safetensors file.
        model: as for :func:`features`.
        images: as for :func:`features`.
        size: images in a batch.

    Raises:
        ValueError: if the file is there and holds something else.
    """
    from safetensors.torch import save_file

    path, current = Path(path), fingerprint(model, images)
    if path.exists():
        kept = _kept(path, current)
        if kept is not None:
            return kept.to(images.device)
    found = features(model, images, size)
    unfinished = path.with_name(f"{path.name}.part")
    save_file({"features": found.contiguous()}, unfinished, {"fingerprint": current})
    os.replace(unfinished, path)
    return found


def _kept(path: Path, current: str) -> Tensor | None:
    """Read a file of features if it has the fingerprint."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            if (file.metadata() or {})["fingerprint"] != current:
                return None
            return file.get_tensor("features")
    except (SafetensorError, KeyError) as error:
        raise ValueError(
            f"{path} is not a file of features: move it away, or choose another name"
        ) from error


def fingerprint(model: nn.Module, images: Images) -> str:
    """Take the SHA-256 of the layers before the head, their tensors, and the images.

    >>> model, images = nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 2)), torch.zeros(1, 1, 1, 1)
    >>> before = fingerprint(model, images)
    >>> with torch.no_grad():
    ...     _ = model[1].bias.add_(1)
    >>> before == fingerprint(model, images)  # the head has no say
    True
    >>> before == fingerprint(model, images + 1)
    False
    """
    head, _ = head_of(model)
    parts: dict[str, str | Tensor] = {
        f"layer {name}": f"{type(layer).__name__}({layer.extra_repr()})"
        for name, layer in model.named_modules()
        if name != head
    }
    tensors: Mapping[str, Tensor] = model.state_dict()
    own = {f"{head}.weight", f"{head}.bias"}
    parts |= {name: tensor for name, tensor in tensors.items() if name not in own}
    digest = sha256()
    for name, part in {**parts, "images": images}.items():
        digest.update(f"{name}: ".encode())
        digest.update(_bytes(part))
    return digest.hexdigest()


def _bytes(part: str | Tensor) -> bytes:
    """Spell out a text, or a tensor's type, shape and values."""
    if isinstance(part, str):
        return part.encode()
    values = part.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
    return f"{part.dtype} {tuple(part.shape)} ".encode() + values.numpy().tobytes()
