"""Listing: checks of match_detections and precision_recall."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.detection import precision as reference

__all__ = ["draw_overlaps", "match", "match_detections", "precision_recall"]


# match_detections


def draw_overlaps(draw: Draw) -> Tensor:
    """Draw overlaps of more detections than truths, so that some come too late."""
    truths = draw.integer(2, 4) + draw.hard
    detections = truths + draw.integer(2, 4)
    overlaps = torch.rand(
        detections, truths, generator=draw.source, dtype=torch.float64
    )
    return 0.3 + 0.7 * overlaps


def match(
    overlaps: Tensor, thresholds: tuple[float, ...], second_choice: bool = True
) -> Tensor:
    """Match the detections of one image, once for each threshold."""
    none = torch.zeros(1, overlaps.shape[1], dtype=torch.bool)
    levels = torch.tensor(thresholds, dtype=torch.float64)
    return reference.match_detections(
        overlaps[None], levels, none, none, second_choice=second_choice
    )[:, 0]


def _draw_matching(draw: Draw) -> Case:
    """The first detection meets the threshold exactly, with one truth and no other."""
    overlaps, threshold = draw_overlaps(draw), (0.5, 0.75)[draw.integer(0, 1)]
    overlaps[0] = torch.minimum(overlaps[0], overlaps.new_tensor(threshold - 0.1))
    overlaps[0, draw.integer(0, overlaps.shape[1] - 1)] = threshold
    return Case({"overlaps": overlaps, "threshold": threshold})


def _match_at(overlaps: Tensor, threshold: float, second_choice: bool = True) -> Tensor:
    return match(overlaps, (threshold,), second_choice)[0]


def _again_and_again(overlaps: Tensor, threshold: float) -> Tensor:
    best, truth = overlaps.max(dim=1)
    return torch.where(best >= threshold, truth, -1)


def _by_turns(overlaps: Tensor, wishes: Tensor) -> Tensor:
    """Give each detection in turn the free truth that it wishes most, if at all above 0."""
    wishes = wishes.clone()
    found = torch.full((len(overlaps),), -1)
    for row in range(len(overlaps)):
        wish, truth = wishes[row].max(dim=0)
        if wish > 0:
            found[row] = truth
            wishes[:, truth] = -1.0
    return found


def _first_that_will_do(overlaps: Tensor, threshold: float) -> Tensor:
    order = torch.arange(overlaps.shape[1], 0, -1, dtype=overlaps.dtype)
    return _by_turns(overlaps, torch.where(overlaps >= threshold, order, -1.0))


def _truths_choose(overlaps: Tensor, threshold: float) -> Tensor:
    """Each truth takes the detection that fits it best."""
    found = torch.full((len(overlaps),), -1)
    best, row = overlaps.max(dim=0)
    for truth in range(overlaps.shape[1]):
        if best[truth] >= threshold:
            found[row[truth]] = truth
    return found


def _best_pair_first(overlaps: Tensor, threshold: float) -> Tensor:
    free = overlaps.clone()
    found = torch.full((len(overlaps),), -1)
    while free.max() >= threshold:
        row, truth = divmod(int(free.argmax()), free.shape[1])
        found[row] = truth
        free[row], free[:, truth] = -1.0, -1.0
    return found


match_detections = Check(
    task="match_detections",
    draw=_draw_matching,
    reference=_match_at,
    mistakes=(
        Mistake(
            "a truth is found more than once",
            "Who comes to a truth that a surer detection has found must look for another one.",
            _again_and_again,
        ),
        Mistake(
            "an overlap that meets the threshold exactly is refused",
            "The threshold itself will do: at least as large, not larger.",
            lambda overlaps, threshold: _match_at(overlaps, threshold + 1e-6),
        ),
        Mistake(
            "a detection takes the first truth that will do",
            "Of the free truths it takes the one that it overlaps most.",
            _first_that_will_do,
        ),
        Mistake(
            "who comes to a taken truth may not look for another one",
            "That is VOC's rule. Here a detection chooses among the truths that are still free.",
            lambda overlaps, threshold: _match_at(
                overlaps, threshold, second_choice=False
            ),
        ),
        Mistake(
            "the truths choose, and not the detections",
            "The rows stand in the order of the scores; the surest detection chooses first.",
            _truths_choose,
        ),
        Mistake(
            "the largest overlap goes first, whatever its score",
            "The rows stand in the order of the scores; the surest detection chooses first.",
            _best_pair_first,
        ),
        Mistake(
            "the detections choose from the last to the first",
            "The first row is the surest detection.",
            lambda overlaps, threshold: _match_at(overlaps.flip(0), threshold).flip(0),
        ),
    ),
    cases=16,
)


# precision_recall


def _curve(scores: Tensor, hits: Tensor, truths: int) -> tuple[Tensor, Tensor]:
    order = scores.argsort(descending=True)
    return reference.precision_recall(hits[order] > 0, truths)


def _draw_list(draw: Draw) -> Case:
    """Draw a list in any order that opens with a hit, and truths that nothing found."""
    count = draw.side(6)
    hits = (draw.tensor(count) > -0.2).double()
    hits[:2] = hits.new_tensor([1.0, 0.0])
    scores = 0.5 + 0.45 * draw.tensor(count).tanh()
    return Case(
        {
            "scores": scores,
            "hits": hits,
            "truths": int(hits.sum()) + draw.integer(1, 4),
        }
    )


def _by_the_end(scores: Tensor, hits: Tensor, truths: int) -> tuple[Tensor, Tensor]:
    """Divide by the length of the list, not by the place in it."""
    recall = _curve(scores, hits, truths)[1]
    return recall * truths / len(hits), recall


precision_recall = Check(
    task="precision_recall",
    draw=_draw_list,
    reference=_curve,
    mistakes=(
        Mistake(
            "the scores are not sorted",
            "The list goes from the surest detection to the least sure: order hits by scores.",
            lambda scores, hits, truths: _curve(
                torch.arange(len(hits), 0, -1), hits, truths
            ),
        ),
        Mistake(
            "the scores are sorted from the lowest up",
            "The surest detection comes first.",
            lambda scores, hits, truths: _curve(-scores, hits, truths),
        ),
        Mistake(
            "the truths that nothing found are missing from the recall",
            "They are in no list, and still have to be found: divide by truths.",
            lambda scores, hits, truths: _curve(scores, hits, int(hits.sum())),
        ),
        Mistake(
            "the precision is divided by the length of the list",
            "After i detections, i are in the list.",
            _by_the_end,
        ),
        Mistake(
            "precision and recall are swapped",
            "First the precision, then the recall.",
            lambda **given: _curve(**given)[::-1],
        ),
    ),
)
