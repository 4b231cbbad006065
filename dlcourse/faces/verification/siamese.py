"""Siamese: one network for both pictures, and a head that says how likely they are one person.

Both pictures go through the same weights, so swapping them changes nothing, and each picture can be
embedded once and compared many times. The head is logistic regression on the comparison.

Axes:   b pairs, c h w pictures, d entries of an embedding
Paper:  Bromley, Guyon, LeCun, Säckinger & Shah 1993, "Signature verification using a siamese time
        delay neural network"; Taigman, Yang, Ranzato & Wolf 2014, "DeepFace"
Torch:  torch.nn.functional.binary_cross_entropy_with_logits
"""

from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.functional import softplus

from dlcourse.axes import Images

from .comparison import absolute_difference, chi_square

__all__ = ["COMPARISONS", "Siamese", "SiameseHead", "siamese_loss"]

COMPARISONS = {"absolute": absolute_difference, "chi_square": chi_square}
"""What a head may look at, by name."""


class SiameseHead(nn.Module):
    """Weigh a comparison entry by entry: ``w . compare(x, y) + b``, the logit of "same".

    Args:
        d: entries of an embedding.
        comparison: a name of :data:`COMPARISONS`.

    Raises:
        ValueError: for another name.

    >>> head = SiameseHead(2)
    >>> _ = head.fc.weight.data.copy_(torch.tensor([[-1.0, -2.0]])), head.fc.bias.data.fill_(3.0)
    >>> head(torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 0.5]])).tolist()  # 3 - 1 - 1
    [1.0]
    """

    def __init__(self, d: int, comparison: str = "absolute") -> None:
        super().__init__()
        if comparison not in COMPARISONS:
            raise ValueError(
                f'comparison is "{comparison}"; there are {", ".join(COMPARISONS)}'
            )
        self.comparison = comparison
        self.fc = nn.Linear(d, 1)

    def forward(
        self, x: Float[Tensor, "*b d"], y: Float[Tensor, "*b d"]
    ) -> Float[Tensor, "*b"]:
        """Give the logit of each pair of embeddings."""
        return self.fc(COMPARISONS[self.comparison](x, y)).squeeze(-1)


class Siamese(nn.Module):
    """Embed two pictures by one network and compare them.

    Args:
        embedding: pictures to (b, d).
        head: pairs of embeddings to logits.
    """

    def __init__(self, embedding: nn.Module, head: SiameseHead) -> None:
        super().__init__()
        self.embedding, self.head = embedding, head

    def forward(self, x: Images, y: Images) -> Float[Tensor, "b"]:
        """Give the logit of each pair of pictures."""
        return self.head(self.embedding(x), self.embedding(y))


def siamese_loss(
    logits: Float[Tensor, "n"], same: Bool[Tensor, "n"]
) -> Float[Tensor, ""]:
    """Average the logistic loss over each kind of pairs, and the two averages.

    ``log(1 + e^-z)`` of pairs of one person, ``log(1 + e^z)`` of pairs of two. In a batch the
    latter are many more; unweighted they would decide alone.

    Raises:
        ValueError: if one kind of pairs is missing, or the counts differ.

    >>> logits = torch.tensor([0.0, 0.0, 50.0])
    >>> round(siamese_loss(logits, torch.tensor([False, False, True])).item(), 4)  # log(2) / 2
    0.3466
    """
    if logits.shape != same.shape:
        raise ValueError(f"there are {len(logits)} logits and {len(same)} answers")
    alike = int(same.sum())
    if not 0 < alike < len(same):
        raise ValueError(
            f"{alike} of {len(same)} pairs are the same person; the loss needs both kinds"
        )
    return (softplus(-logits[same]).mean() + softplus(logits[~same]).mean()) / 2
