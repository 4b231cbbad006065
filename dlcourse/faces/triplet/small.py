"""Small: an embedding of portraits, and weights for it that come with the package.

It learned from people who do not exist, with semi-hard triplets, and is judged by others of them.
What it can tell apart are the parameters of generated faces; on photographs it was never tried.

Axes:   b portraits of 32 pixels a side, d entries of an embedding
Torch:  none
"""

from pathlib import Path

from dlcourse.data.portraits import Portraits, portraits
from dlcourse.faces._embedding import Embedding
from dlcourse.training import load_shipped

__all__ = ["ACCURACY", "CHECKSUM", "WEIGHTS", "embedding_pretrained", "held_out_people"]

WEIGHTS = Path(__file__).with_name("embedding.safetensors")
"""The file that is shipped; its log lies beside it."""

CHECKSUM = "cf8045bb829845a16e921b84ffb3d28b50e1f7d85314f941dd29802cd832a6d6"
"""SHA-256 of the file, as the script printed it."""

ACCURACY = 0.9800
"""Share of pairs of test people that these weights tell right, as the script printed it."""


def held_out_people() -> Portraits:
    """Draw the people by whom an embedding is judged: a hundred, on eight pictures each."""
    return portraits(100, 8, split="test")


def embedding_pretrained() -> Embedding:
    """Build the embedding with the shipped weights, in evaluation mode.

    Raises:
        ValueError: if the file is not the one that was shipped.

    >>> embedding_pretrained().training
    False
    """
    script = "dlcourse.faces.triplet.pretrain"
    return load_shipped(Embedding(), WEIGHTS, CHECKSUM, script)
