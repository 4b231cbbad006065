"""Machines: a linear classifier for each class, trained against the background that fools it.

Of a few hundred proposals in an image, nearly all are background, most of it easy. A support vector
machine cares only about the examples near its boundary, so the others need not even be kept: start
from a few, look for the negatives that the machine gets wrong, add those, train again.

Axes:   n positives, m negatives, d features, k classes
Paper:  Girshick, Donahue, Darrell & Malik 2014, "Rich feature hierarchies for accurate object
        detection", section 2.3 and appendix B; Felzenszwalb, Girshick, McAllester & Ramanan 2010,
        "Object detection with discriminatively trained part-based models" (hard negatives)
Torch:  none; scikit-learn's LinearSVC
"""

from dataclasses import dataclass, field

import torch
from jaxtyping import Float
from torch import Generator, Tensor

__all__ = ["Machine", "mine", "train_machine"]

HARD, EASY = -1.0, -1.2
"""Score above which a negative is taken in, and below which it is let go."""


@dataclass
class Machine:
    """A linear classifier, and how many negatives it had seen and had wrong at each round."""

    weight: Float[Tensor, " d"]
    bias: Float[Tensor, ""]
    kept: list[int] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)

    def __call__(self, features: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        """Score features; above 0 is the class, and training asks for 1 and -1."""
        return features @ self.weight + self.bias


def train_machine(
    positives: Float[Tensor, "n d"],
    negatives: Float[Tensor, "m d"],
    penalty: float = 0.01,
) -> Machine:
    """Find the plane that leaves positives above 1 and negatives below -1, most of them.

    It minimises ``|w|^2 / 2 + penalty sum max(0, 1 - y (w x + b))^2`` with ``y`` 1 or -1, where
    ``b`` is ten times a weight of its own: R-CNN's way of leaving the bias nearly free.

    Args:
        positives: features of the class.
        negatives: features of anything else.
        penalty: price of an example on the wrong side.

    Raises:
        ValueError: if there are no examples of one side.

    >>> machine = train_machine(torch.tensor([[2.0]]), torch.tensor([[0.0]]), penalty=1e4)
    >>> machine(torch.tensor([[0.0], [1.0], [2.0]])).round().abs().tolist()
    [1.0, 0.0, 1.0]
    """
    from sklearn.svm import LinearSVC

    if not len(positives) or not len(negatives):
        raise ValueError(
            f"there are {len(positives)} positives and {len(negatives)} negatives; a machine needs "
            "both"
        )
    features = torch.cat((positives, negatives)).double().numpy()
    sides = [1] * len(positives) + [0] * len(negatives)
    solver = LinearSVC(C=penalty, dual=False, intercept_scaling=10.0)
    solver.fit(features, sides)
    weight, bias = (
        torch.from_numpy(part[0:1]) for part in (solver.coef_, solver.intercept_)
    )
    return Machine(weight[0].to(positives), bias[0].to(positives))


def mine(
    positives: Float[Tensor, "n d"],
    negatives: Float[Tensor, "m d"],
    *,
    start: int = 200,
    rounds: int = 4,
    penalty: float = 0.01,
    generator: Generator | None = None,
) -> Machine:
    """Train on some negatives, then again with those that come out above -1, until none is new.

    Args:
        positives: features of the class.
        negatives: features of background, of which most are never trained on.
        start: negatives of the first round, drawn at random.
        rounds: at most.
        penalty: as for :func:`train_machine`.
        generator: source of the first draw.

    >>> far, near = torch.zeros(1000, 1), torch.full((10, 1), 1.5)
    >>> machine = mine(torch.full((10, 1), 2.0), torch.cat((far, near)), start=5, penalty=1.0)
    >>> len(machine.kept) > 1  # the first round did not know of the near ones
    True
    """
    chosen = torch.zeros(len(negatives), dtype=torch.bool)
    chosen[torch.randperm(len(negatives), generator=generator)[:start]] = True
    kept, wrong = [], []
    for _ in range(rounds):
        machine = train_machine(positives, negatives[chosen], penalty)
        scores = machine(negatives)
        kept.append(int(chosen.sum()))
        wrong.append(int((scores > 0).sum()))
        hard = scores > HARD
        if not (hard & ~chosen).any():
            break
        chosen = hard | (chosen & (scores >= EASY))
    return Machine(machine.weight, machine.bias, kept, wrong)
