"""Rates: checks of error_rates, equal_error_rate and tar_at_far."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.faces import verification as reference

__all__ = ["equal_error_rate", "error_rates", "tar_at_far"]


def _draw_pairs(draw: Draw) -> dict[str, Tensor]:
    """Draw distances on few levels; more pairs of two people than of one, lying further apart."""
    alike, others = 3 + draw.side(2), 8 + draw.side(4)
    same = torch.arange(alike + others) < alike
    distances = draw.tensor(len(same)) + 1.0 * ~same
    order = torch.randperm(len(same), generator=draw.source)
    return {
        "distances": ((distances * 2).round().clamp(-4, 8) / 4 + 1)[order],
        "same": same[order],
    }


# error_rates


def _rates(distances: Tensor, same: Tensor, threshold: float) -> tuple[Tensor, Tensor]:
    rates = reference.error_rates(distances, same, threshold)
    far, frr = (distances.new_tensor(rate) for rate in rates)
    return far, frr


def _shares(accepted: Tensor, same: Tensor, of: tuple[Tensor, Tensor]) -> tuple:
    false, missed = (accepted & ~same).sum(), (~accepted & same).sum()
    return false.double() / of[0], missed.double() / of[1]


def _counts(same: Tensor) -> tuple[Tensor, Tensor]:
    return (~same).sum(), same.sum()


def _by_all(distances: Tensor, same: Tensor, threshold: float) -> tuple:
    whole = torch.tensor(len(same))
    return _shares(distances <= threshold, same, (whole, whole))


def _by_accepted(distances: Tensor, same: Tensor, threshold: float) -> tuple:
    accepted = distances <= threshold
    return _shares(accepted, same, (accepted.sum(), (~accepted).sum()))


def _as_tar(distances: Tensor, same: Tensor, threshold: float) -> tuple:
    far, frr = _rates(distances, same, threshold)
    return far, 1 - frr


def _draw_decision(draw: Draw) -> Case:
    """Draw a threshold that is one of the distances, so that it matters which side that is on."""
    pairs = _draw_pairs(draw)
    middle = pairs["distances"].sort().values[len(pairs["same"]) // 3].item()
    return Case({**pairs, "threshold": middle})


error_rates = Check(
    task="error_rates",
    draw=_draw_decision,
    reference=_rates,
    mistakes=(
        Mistake(
            "a distance above the threshold counts as the same person",
            "Small distances mean one person: accept a pair at or below the threshold.",
            lambda distances, same, threshold: _shares(
                distances > threshold, same, _counts(same)
            ),
        ),
        Mistake(
            "both rates are divided by the number of all pairs",
            "FAR is a share of the pairs of two people, FRR one of the pairs of one person.",
            _by_all,
        ),
        Mistake(
            "FAR is divided by the number of all pairs",
            "FAR is a share of the pairs of two people.",
            lambda distances, same, threshold: (
                _by_all(distances, same, threshold)[0],
                _rates(distances, same, threshold)[1],
            ),
        ),
        Mistake(
            "the rates are shares of the accepted and of the rejected pairs",
            "Divide by what the pairs are, not by what was answered: those of two people, and "
            "those of one.",
            _by_accepted,
        ),
        Mistake(
            "the two rates are swapped",
            "First the false accepts, then the false rejects.",
            lambda **case: _rates(**case)[::-1],
        ),
        Mistake(
            "a distance at the threshold is rejected",
            "At most the threshold: <= and not <.",
            lambda distances, same, threshold: _shares(
                distances < threshold, same, _counts(same)
            ),
        ),
        Mistake(
            "the second rate is that of the true accepts",
            "FRR = 1 - TAR: the share of one person's pairs that are rejected.",
            _as_tar,
        ),
    ),
)


# equal_error_rate


def _draw_curve(draw: Draw) -> dict[str, Tensor]:
    far, tar, _ = reference.roc(**_draw_pairs(draw))
    return {"far": far, "tar": tar}


def _crossing(far: Tensor, tar: Tensor) -> Tensor:
    gap = far + tar - 1
    after = int((gap >= -1e-12).int().argmax())
    share = gap[after] / (gap[after] - gap[after - 1])
    return far[after] - share * (far[after] - far[after - 1])


def _nearest(far: Tensor, tar: Tensor) -> Tensor:
    return (far - (1 - tar)).abs().argmin()


equal_error_rate = Check(
    task="equal_error_rate",
    draw=lambda draw: Case(_draw_curve(draw)),
    reference=_crossing,
    mistakes=(
        Mistake(
            "the rate is read where FAR meets TAR, and not where it meets FRR",
            "TAR is the share that is rightly accepted. The errors are FAR and FRR = 1 - TAR.",
            lambda far, tar: far[(far - tar).abs().argmin()],
        ),
        Mistake(
            "the nearest point of the curve is taken",
            "The curve joins its points by straight lines; the crossing lies on one of them.",
            lambda far, tar: far[_nearest(far, tar)],
        ),
        Mistake(
            "FAR and FRR are averaged at the nearest point",
            "The curve joins its points by straight lines; find where FAR = FRR on one of them.",
            lambda far, tar: (far + 1 - tar)[_nearest(far, tar)] / 2,
        ),
        Mistake(
            "the first point beyond the crossing is taken",
            "Go back along the line to the point before, as far as the crossing.",
            lambda far, tar: far[(far + tar - 1 >= -1e-12).int().argmax()],
        ),
        Mistake(
            "TAR is given and not the error",
            "At the crossing TAR is 1 minus the rate that is asked for.",
            lambda far, tar: 1 - _crossing(far, tar),
        ),
        Mistake(
            "the smallest mean of FAR and FRR is given",
            "That is another point: where both errors together are fewest. Here they are equal.",
            lambda far, tar: ((far + 1 - tar) / 2).min(),
        ),
    ),
    cases=12,
)


# tar_at_far


def _best(far: Tensor, tar: Tensor, limit: float) -> Tensor:
    return tar[far <= limit].max()


def _draw_limit(draw: Draw) -> Case:
    """Draw a limit that a point meets exactly, or one between two points of different TAR."""
    rising = []
    while not rising:
        curve = _draw_curve(draw)
        steps = curve["far"].unique()
        tar = [_best(**curve, limit=step) for step in steps.tolist()]
        rising = [n for n in range(1, len(tar) - 1) if tar[n] < tar[n + 1]]
    place = rising[draw.integer(0, len(rising) - 1)]
    way = (0.0, 0.25, 0.75)[draw.integer(0, 2)]
    limit = torch.lerp(steps[place], steps[place + 1], way)
    return Case({**curve, "limit": limit.item()})


def _joined(far: Tensor, tar: Tensor, limit: float) -> Tensor:
    """Read the line between the last point that is allowed and the next."""
    after = int((far > limit).int().argmax())
    share = (limit - far[after - 1]) / (far[after] - far[after - 1])
    return tar[after - 1] + share * (tar[after] - tar[after - 1])


tar_at_far = Check(
    task="tar_at_far",
    draw=_draw_limit,
    reference=_best,
    mistakes=(
        Mistake(
            "the point nearest to the limit is taken",
            "It may lie beyond the limit. Look at the points whose FAR is at most the limit.",
            lambda far, tar, limit: tar[(far - limit).abs().argmin()],
        ),
        Mistake(
            "the first point at or beyond the limit is taken",
            "Its FAR may be larger than allowed. Look at the points whose FAR is at most the "
            "limit.",
            lambda far, tar, limit: tar[(far >= limit).int().argmax()],
        ),
        Mistake(
            "a point that meets the limit exactly is left out",
            "At most the limit: <= and not <.",
            lambda far, tar, limit: tar[far < limit].max(),
        ),
        Mistake(
            "TAR is read on the line between two points",
            "No threshold gives what lies between two points. Take the best point that is allowed.",
            _joined,
        ),
        Mistake(
            "the FAR of the point is given",
            "Find the point by its FAR, and give its TAR.",
            lambda far, tar, limit: far[far <= limit].max(),
        ),
        Mistake(
            "FRR is given and not TAR",
            "TAR is the share of one person's pairs that are accepted.",
            lambda far, tar, limit: 1 - _best(far, tar, limit),
        ),
        Mistake(
            "the smallest TAR that is allowed is given",
            "Among the points that the limit allows, take the one that accepts most.",
            lambda far, tar, limit: tar[far <= limit].min(),
        ),
    ),
    cases=16,
)
