"""Curves: all thresholds at once, and the few numbers by which systems are compared.

The distances are the only thresholds that make a difference. Going through them from the smallest
gives the ROC curve; where it is read depends on what a false accept costs.

Axes:   n pairs, t thresholds
Paper:  Martin, Doddington, Kamm, Ordowski & Przybocki 1997, "The DET curve in assessment of
        detection task performance"
Torch:  none; sklearn.metrics.roc_curve of the negative distances
"""

from jaxtyping import Bool, Float
from torch import Tensor

from dlcourse.optim.metrics import roc_curve

from .errors import refuse_pairs

__all__ = ["equal_error_rate", "roc", "tar_at_far"]


def roc(
    distances: Float[Tensor, "n"], same: Bool[Tensor, "n"]
) -> tuple[Float[Tensor, "t"], Float[Tensor, "t"], Float[Tensor, "t"]]:
    """Give the false and the true accept rate at every threshold.

    Returns:
        FAR, TAR and rising thresholds, the first of them minus infinity, which nobody passes.

    Raises:
        ValueError: as :func:`~dlcourse.faces.verification.error_rates`.

    >>> distances = torch.tensor([0.1, 0.5, 0.3, 0.9])
    >>> same = torch.tensor([True, True, False, False])
    >>> far, tar, thresholds = roc(distances, same)
    >>> far.tolist(), tar.tolist()
    ([0.0, 0.0, 0.5, 0.5, 1.0], [0.0, 0.5, 0.5, 1.0, 1.0])
    """
    refuse_pairs(distances, same)
    # A metric's score is larger for what is more alike.
    far, tar, scores = roc_curve(same.long(), -distances, drop_intermediate=False)
    return far, tar, -scores


def equal_error_rate(
    distances: Float[Tensor, "n"], same: Bool[Tensor, "n"]
) -> tuple[float, float]:
    """Find where ``FAR = FRR``: the rate, and the first threshold at which FAR is as large as FRR.

    Between two points of the curve the rate is read on the straight line that joins them.

    Raises:
        ValueError: as :func:`~dlcourse.faces.verification.error_rates`.

    >>> distances = torch.tensor([0.125, 0.5, 0.25, 0.75])
    >>> equal_error_rate(distances, torch.tensor([True, True, False, False]))
    (0.5, 0.25)
    """
    far, tar, thresholds = roc(distances, same)
    alike = int(same.sum())
    others = len(same) - alike
    # Whole numbers, so that equal rates are equal: FAR - FRR times both counts, rising throughout.
    gap = (far * others).round() * alike - ((1 - tar) * alike).round() * others
    after = int((gap >= 0).int().argmax())
    share = gap[after] / (gap[after] - gap[after - 1])
    rate = far[after] - share * (far[after] - far[after - 1])
    return rate.item(), thresholds[after].item()


def tar_at_far(
    distances: Float[Tensor, "n"], same: Bool[Tensor, "n"], far: float
) -> tuple[float, float]:
    """Find the largest TAR whose FAR is at most ``far``, and its threshold.

    With n pairs of two people, a rate below 1 / n allows no false accept at all: the answer is
    right, and says little.

    Raises:
        ValueError: as :func:`~dlcourse.faces.verification.error_rates`, or if ``far`` is not
            between 0 and 1.

    >>> distances = torch.tensor([0.125, 0.5, 0.25, 0.75])
    >>> tar_at_far(distances, torch.tensor([True, True, False, False]), far=0.5)
    (1.0, 0.5)
    """
    if not 0 <= far <= 1:
        raise ValueError(f"far ({far}) must lie between 0 and 1")
    rates, tar, thresholds = roc(distances, same)
    last = int((rates <= far).sum()) - 1
    return tar[last].item(), thresholds[last].item()
