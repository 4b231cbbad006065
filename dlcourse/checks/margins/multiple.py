"""Multiple: checks of psi and sphereface_logits."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.faces import margins as reference

from .cosine import right_of
from .directions import cosines, draw_samples

__all__ = ["psi", "sphereface_logits"]


# psi


def _draw_angles(draw: Draw) -> Case:
    """Draw cosines that reach over all arcs, from 1 to -1."""
    m = draw.integer(2, 6 if draw.hard else 4)
    theta = torch.linspace(0, math.pi, 3 * m + 1, dtype=torch.float64)
    theta[1:-1] += draw.tensor(3 * m - 1).tanh() / (8 * m)
    return Case({"cosine": theta.cos().clamp(-1, 1), "m": m})


def _arc(cosine: Tensor, m: int) -> Tensor:
    """Count the ends of arcs that the angle has passed."""
    ends = [math.cos(j * math.pi / m) for j in range(1, m)]
    return sum((cosine < end).to(cosine) for end in ends)


def _with_arcs(
    formula: Callable[[Tensor, Tensor], Tensor],
) -> Callable[..., Tensor]:
    """Make an answer of cos(m t) and the arc's number."""

    def answer(cosine: Tensor, m: int) -> Tensor:
        return formula(reference.chebyshev(cosine, m), _arc(cosine, m))

    return answer


def _sign(j: Tensor) -> Tensor:
    return 1 - 2 * (j % 2)


psi = Check(
    task="psi",
    draw=_draw_angles,
    reference=reference.psi,
    mistakes=(
        Mistake(
            "cos(m t) is left to rise again",
            "From m t = pi on, a worse angle would be rewarded. Turn every second arc over and lay "
            "the arcs end to end.",
            _with_arcs(lambda multiple, j: multiple),
        ),
        Mistake(
            "the arcs are not turned over",
            "On the odd arcs cos(m t) rises. The factor (-1)^j turns them over.",
            _with_arcs(lambda multiple, j: multiple - 2 * j),
        ),
        Mistake(
            "the arcs are not lowered",
            "Every arc falls from 1 to -1. To lie end to end, the j-th has to begin at 1 - 2 j.",
            _with_arcs(lambda multiple, j: _sign(j) * multiple),
        ),
        Mistake(
            "each arc is lowered by 1",
            "An arc falls from 1 to -1, which is 2; the j-th is lowered by 2 j.",
            _with_arcs(lambda multiple, j: _sign(j) * multiple - j),
        ),
        Mistake(
            "the arcs are counted from 1",
            "The first arc, from t = 0 on, has the number 0.",
            _with_arcs(lambda multiple, j: -_sign(j) * multiple - 2 * (j + 1)),
        ),
        Mistake(
            "the cosine is multiplied",
            "It is the angle that is multiplied: cos(m t), not m cos t.",
            lambda cosine, m: m * cosine,
        ),
        Mistake(
            "the power of the cosine is taken",
            "cos(m t) is a polynomial of cos t: 2 cos t cos((m - 1) t) - cos((m - 2) t).",
            lambda cosine, m: _sign(_arc(cosine, m)) * cosine**m - 2 * _arc(cosine, m),
        ),
    ),
)


# sphereface_logits


def _draw_sphereface(draw: Draw) -> Case:
    lam = draw.integer(1, 9) / 2 + 0.25
    return Case({**draw_samples(draw), "m": draw.integer(2, 4), "lam": lam})


def _logits(
    target: Callable[[Tensor, Tensor, float], Tensor],
) -> Callable[..., Tensor]:
    """Make an answer of the right class's cosine, its psi, and lambda."""

    def answer(x: Tensor, weight: Tensor, labels: Tensor, m: int, lam: float) -> Tensor:
        cosine = reference.cosines(x, weight)
        right = right_of(cosine, labels)
        mixed = target(right, reference.psi(right, m), lam)
        lengths = x.norm(dim=1, keepdim=True)
        return lengths * reference.with_target(cosine, labels, mixed)

    return answer


def _every(x: Tensor, weight: Tensor, labels: Tensor, m: int, lam: float) -> Tensor:
    cosine = reference.cosines(x, weight)
    mixed = (lam * cosine + reference.psi(cosine, m)) / (1 + lam)
    return x.norm(dim=1, keepdim=True) * mixed


def _short(x: Tensor, weight: Tensor, labels: Tensor, m: int, lam: float) -> Tensor:
    whole = reference.sphereface_logits(x, weight, labels, m, lam)
    return whole / x.norm(dim=1, keepdim=True)


def _long(x: Tensor, weight: Tensor, labels: Tensor, m: int, lam: float) -> Tensor:
    whole = reference.sphereface_logits(x, weight, labels, m, lam)
    return whole * weight.norm(dim=1)


sphereface_logits = Check(
    task="sphereface_logits",
    draw=_draw_sphereface,
    reference=reference.sphereface_logits,
    mistakes=(
        Mistake(
            "the margin is put on every class",
            "Only the right class pays; the others keep their cosine.",
            _every,
        ),
        Mistake(
            "the length of the embedding is divided out",
            "SphereFace has no scale: the length of x stays, as a factor of all logits.",
            _short,
        ),
        Mistake(
            "the weights are not divided by their lengths",
            "A class with a long weight would win at any angle. Only the length of x stays.",
            _long,
        ),
        Mistake(
            "lambda weighs psi",
            "Lambda starts large, so that learning starts with the plain cosine: it is the weight "
            "of the cosine.",
            _logits(lambda cosine, psi, lam: (cosine + lam * psi) / (1 + lam)),
        ),
        Mistake(
            "the sum is not divided",
            "It has the weights lambda and 1; divide by 1 + lambda to get a mean.",
            _logits(lambda cosine, psi, lam: lam * cosine + psi),
        ),
        Mistake(
            "lambda is left out",
            "Mix the plain cosine in, with the weight lambda against 1.",
            _logits(lambda cosine, psi, lam: psi),
        ),
        Mistake(
            "there is no margin",
            "These are the logits without a margin. Mix psi in for the right class.",
            _logits(lambda cosine, psi, lam: cosine),
        ),
    ),
    builds_on=(cosines, psi),
    gradients=("x", "weight"),
)
