"""Device: where tensors live, chosen once for a whole page or script.

Torch:  torch.cuda, torch.backends.mps
"""

import os

import torch

__all__ = ["device"]


def device() -> torch.device:
    """Choose cuda, else mps, else cpu; the environment variable ``DLCOURSE_DEVICE`` overrides.

    Raises:
        ValueError: if ``DLCOURSE_DEVICE`` names a device that cannot be used here.

    >>> device().type in {"cuda", "mps", "cpu"}
    True
    """
    wanted = os.environ.get("DLCOURSE_DEVICE")
    if wanted:
        return _usable(wanted)
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def _usable(name: str) -> torch.device:
    """Try the named device with one number, so that a mistake is found before the work begins."""
    try:
        return torch.zeros(1, device=name).device
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ValueError(
            f'DLCOURSE_DEVICE is "{name}", which cannot be used here; '
            "say cpu, cuda, cuda:1 or mps, or leave it unset"
        ) from error
