"""Faces: real ones, few at hand and more on request.

scikit-image carries 100 faces of 25x25 pixels and 100 pieces of pictures that show none. It does
not say who they are, so they serve to tell a face from something else, not one face from another.
Sets with names come through scikit-learn when they are asked for.

Axes:   b pictures, c h w channels first, values in [0, 1]; identities are whole numbers from 0
Paper:  Huang, Ramesh, Berg & Learned-Miller 2007, "Labeled faces in the wild: a database for
        studying face recognition in unconstrained environments"; Samaria & Harter 1994,
        "Parameterisation of a stochastic model for human face identification" (Olivetti)
Torch:  torchvision.datasets.LFWPeople; sklearn.datasets.fetch_lfw_people, fetch_olivetti_faces
"""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

__all__ = ["lfw_people", "lfw_subset", "olivetti"]

FACES = 100
"""How many of scikit-image's pictures show a face; they come first."""


def lfw_subset() -> tuple[Float[Tensor, "b 1 25 25"], Bool[Tensor, "b"]]:
    """Load 100 faces and 100 pictures without one, and which is which.

    >>> images, is_face = lfw_subset()
    >>> images.shape, int(is_face.sum())
    (torch.Size([200, 1, 25, 25]), 100)
    """
    from skimage.data import lfw_subset as load

    images = torch.tensor(load(), dtype=torch.float32)[:, None]
    return images, torch.arange(len(images)) < FACES


def lfw_people(
    min_faces_per_person: int = 2,
    *,
    resize: float = 0.5,
    folder: str | Path = "data",
    download: bool = False,
) -> tuple[Float[Tensor, "b 3 h w"], Int[Tensor, "b"]]:
    """Load photographs of people known from the news, and who is on each.

    Args:
        min_faces_per_person: leave out people with fewer pictures.
        resize: of the pictures' 125x94 pixels.
        folder: where scikit-learn keeps them.
        download: whether it may fetch them, some 200 MB, with their checksums.

    Raises:
        FileNotFoundError: if they are not in the folder and cannot be fetched.
    """
    from sklearn.datasets import fetch_lfw_people

    found = _asked(
        "lfw_people",
        fetch_lfw_people,
        folder,
        download,
        min_faces_per_person=min_faces_per_person,
        resize=resize,
        color=True,
    )
    images = torch.tensor(found.images, dtype=torch.float32).permute(0, 3, 1, 2)
    return images.contiguous(), torch.tensor(found.target, dtype=torch.int64)


def olivetti(
    *, folder: str | Path = "data", download: bool = False
) -> tuple[Float[Tensor, "b 1 64 64"], Int[Tensor, "b"]]:
    """Load 400 portraits of 40 people, ten of each, in grey.

    Args:
        folder: where scikit-learn keeps them.
        download: whether it may fetch them, with their checksum.

    Raises:
        FileNotFoundError: if they are not in the folder and cannot be fetched.
    """
    from sklearn.datasets import fetch_olivetti_faces

    found = _asked("olivetti", fetch_olivetti_faces, folder, download)
    images = torch.tensor(found.images, dtype=torch.float32)[:, None]
    return images, torch.tensor(found.target, dtype=torch.int64)


def _asked(
    name: str,
    fetch: Callable[..., Any],
    folder: str | Path,
    download: bool,
    **options: Any,
) -> Any:
    """Ask scikit-learn, and say in one sentence what is missing."""
    place = Path(folder).resolve()
    where = {"data_home": str(place), "download_if_missing": download}
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Retry downloading")  # the error says it
            return fetch(**where, n_retries=1, delay=0.1, **options)
    except OSError as error:
        raise FileNotFoundError(
            f"the faces of {name} are not in {place}; with a network, "
            f"{name}(download=True) fetches them"
        ) from error
