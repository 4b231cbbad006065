"""Small: siamese networks for portraits, with weights that come with the package.

They learned from people who do not exist. What they can tell apart are the parameters of generated
faces; nothing follows for photographs.

Axes:   b portraits of 32 pixels a side, d entries of an embedding
Torch:  none
"""

from pathlib import Path

from torch import nn

from dlcourse.faces._embedding import Embedding
from dlcourse.training import load_shipped

from .siamese import Siamese, SiameseHead

__all__ = ["CHECKSUMS", "EER", "siamese_pretrained", "small", "weights"]

CHECKSUMS = {
    "absolute": "ea3bc6bcf8bb010a5dfcdae53bf93e56bf02d5aeb397db91cfa0257da5157576",
    "chi_square": "0faee0c0d0c61c1403db44bd0bbeecc12d2a3b50a0f563daebbd407187e3f2ed",
}
"""SHA-256 of the files, by comparison, as the script printed them."""

EER = {"absolute": 0.0525, "chi_square": 0.0540}
"""Equal error rate on pairs of a hundred people who were not learned from, as in the log."""


def weights(comparison: str) -> Path:
    """Say where the weights of a network with this comparison lie."""
    return Path(__file__).with_name(f"siamese_{comparison}.safetensors")


def small(comparison: str = "absolute", d: int = 32) -> Siamese:
    """Build a siamese network whose embeddings are not negative, as chi-square needs them.

    >>> small().head.fc.weight.shape
    torch.Size([1, 32])
    """
    embedding = nn.Sequential(Embedding(d, normalize=False), nn.ReLU())
    return Siamese(embedding, SiameseHead(d, comparison))


def siamese_pretrained(comparison: str = "absolute") -> Siamese:
    """Build a network with the shipped weights, in evaluation mode.

    Raises:
        ValueError: if the file is not the one that was shipped.

    >>> siamese_pretrained().training
    False
    """
    script = "dlcourse.faces.verification.pretrain"
    model = small(comparison)
    return load_shipped(model, weights(comparison), CHECKSUMS[comparison], script)
