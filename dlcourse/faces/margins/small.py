"""Small: one network, learned with five losses, and the weights that came of it.

Losses can only be compared where all else is the same. The network ends with a batch normalization,
as ArcFace's does, which puts the embeddings around 0: without it they begin on one side, and no
angle between them is large.

Axes:   b portraits of 32 pixels a side, d entries of an embedding, k classes
Torch:  none
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from dlcourse.data.portraits import Portraits, portraits
from dlcourse.faces._embedding import Embedding
from dlcourse.training import load_shipped

from .heads import ArcFace, CosFace, SphereFace

__all__ = [
    "CHECKSUMS",
    "HEADS",
    "HeadLoss",
    "Plain",
    "embedder",
    "embedder_pretrained",
    "held_out_people",
    "weights",
]

D = 32


class Plain(nn.Linear):
    """A linear layer without bias, for the softmax that the others are compared with.

    >>> Plain(32, 100)(torch.zeros(4, 32)).shape
    torch.Size([4, 100])
    """

    def __init__(self, d: int, k: int) -> None:
        super().__init__(d, k, bias=False)

    def forward(
        self, x: Float[Tensor, "b d"], labels: Int[Tensor, "b"] | None = None
    ) -> Float[Tensor, "b k"]:
        """Give the inner products; the labels change nothing."""
        return super().forward(x)


HEADS: dict[str, Callable[[int, int], nn.Module]] = {
    "softmax": Plain,
    "normalised": partial(CosFace, s=4.0, m=0.0),
    "SphereFace": partial(SphereFace, m=4, gamma=1.0),
    "CosFace": partial(CosFace, s=4.0, m=0.35),
    "ArcFace": partial(ArcFace, s=4.0, m=0.5),
}
"""Makers of the heads, from d and k, by the names of their losses. The margins are the papers'. The
scale is far below their 64: of 4, 8 and 16 it is the one that did best without a margin; see
:mod:`.pretrain`."""

CHECKSUMS = {
    "softmax": "38f6fe729788e4ca47643ed3892ce9f95209b1e3e2dd8c666074df2314e27243",
    "normalised": "b21dfd1decc06c9322c2b25b93c8f13002684ac389a8dd7c69be65a850d54b26",
    "SphereFace": "161deeef50e25ec300ad1dd48a869fbec4f197f3ffb7d57520fce96138daa64f",
    "CosFace": "371360628b884ebb39217e07a8781a31d6b6dfbc80d49b4a45f2f0a3ad0ea103",
    "ArcFace": "bec61264112635e3f4632ee5fc78ae631690d51e4d3f1ce20fd31fed6cf38b6a",
}
"""SHA-256 of the files, as the script printed them."""


class HeadLoss(nn.Module):
    """The cross-entropy of a head's logits, for a loop that asks a loss of embeddings.

    >>> loss = HeadLoss(Plain(2, 4))(torch.zeros(1, 2), torch.tensor([0]))
    >>> round(loss.item(), 4)  # log 4: all four logits are 0
    1.3863
    """

    def __init__(self, head: nn.Module) -> None:
        super().__init__()
        self.head = head

    def forward(
        self, x: Float[Tensor, "b d"], labels: Int[Tensor, "b"]
    ) -> Float[Tensor, ""]:
        """Take the mean loss of the batch."""
        return cross_entropy(self.head(x, labels), labels)


def embedder() -> nn.Sequential:
    """Build the network; its embeddings have any length.

    >>> sum(p.numel() for p in embedder().parameters()) < 25_000
    True
    """
    return nn.Sequential(Embedding(D, width=8, normalize=False), nn.BatchNorm1d(D))


def weights(name: str) -> Path:
    """Name the file of a loss's weights."""
    return Path(__file__).with_name(f"{name.lower()}.safetensors")


def embedder_pretrained(name: str) -> nn.Sequential:
    """Build the network as one of the losses left it, in evaluation mode.

    Raises:
        KeyError: for a loss that is not among :data:`HEADS`.
        ValueError: if the file is not the one that was shipped.

    >>> embedder_pretrained("ArcFace").training
    False
    """
    script = "dlcourse.faces.margins.pretrain"
    return load_shipped(embedder(), weights(name), CHECKSUMS[name], script)


def held_out_people() -> Portraits:
    """Draw the people by whom an embedding is judged: a hundred, on eight pictures each."""
    return portraits(100, 8, split="test")
