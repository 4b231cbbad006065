"""People: checks of identify and false_alarm_rate."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.faces import verification as reference

__all__ = ["false_alarm_rate", "identify"]


# identify


def _named(distances: Tensor, people: Tensor, accepted: Tensor) -> Tensor:
    return torch.where(accepted, people[distances.argmin(dim=1)], -1)


def _identified(distances: Tensor, people: Tensor, threshold: float) -> Tensor:
    return _named(distances, people, distances.amin(dim=1) <= threshold)


def _by_person(
    distances: Tensor, people: Tensor, threshold: float, join: str
) -> Tensor:
    """Bring the pictures of each person to one distance in another way than by the nearest."""
    names = people.unique()
    apart = torch.stack(
        [getattr(distances[:, people == name], join)(dim=1) for name in names], dim=1
    )
    return _identified(apart, names, threshold)


def _draw_gallery(draw: Draw) -> Case:
    """Draw people of several pictures, all distances different, the threshold one of them."""
    count = draw.integer(3, 5)
    names = torch.randperm(9, generator=draw.source)[:count] + 10
    pictures = torch.randint(1, 4, (count,), generator=draw.source)
    pictures[0] = 3
    people = names.repeat_interleave(pictures)
    people = people[torch.randperm(len(people), generator=draw.source)]
    queries = 4 + draw.side(2)
    levels = torch.randperm(queries * len(people), generator=draw.source) + 1
    distances = levels.view(queries, -1).double() / 8
    nearest = distances.amin(dim=1).sort().values
    threshold = nearest[draw.integer(1, queries - 2)].item()
    return Case({"distances": distances, "people": people, "threshold": threshold})


identify = Check(
    task="identify",
    draw=_draw_gallery,
    reference=_identified,
    mistakes=(
        Mistake(
            "a person counts by the mean distance of the pictures, not by the nearest",
            "One picture that looks like the query is enough, whatever the others look like.",
            lambda **case: _by_person(**case, join="mean"),
        ),
        Mistake(
            "a person counts by the farthest picture, not by the nearest",
            "One picture that looks like the query is enough, whatever the others look like.",
            lambda **case: _by_person(**case, join="amax"),
        ),
        Mistake(
            "everybody is named",
            "Who is further from everyone than the threshold is a stranger: -1.",
            lambda distances, people, threshold: people[distances.argmin(dim=1)],
        ),
        Mistake(
            "the number of the picture is given, and not whose picture it is",
            "people tells for each picture who is on it.",
            lambda distances, people, threshold: _identified(
                distances, torch.arange(len(people)), threshold
            ),
        ),
        Mistake(
            "those above the threshold are named",
            "A small distance speaks for the person: accept at or below the threshold.",
            lambda distances, people, threshold: _named(
                distances, people, distances.amin(dim=1) > threshold
            ),
        ),
        Mistake(
            "a distance at the threshold is rejected",
            "At most the threshold: <= and not <.",
            lambda distances, people, threshold: _named(
                distances, people, distances.amin(dim=1) < threshold
            ),
        ),
        Mistake(
            "the farthest person is named",
            "argmin, not argmax: the nearest is named.",
            lambda distances, people, threshold: torch.where(
                distances.amin(dim=1) <= threshold, people[distances.argmax(dim=1)], -1
            ),
        ),
    ),
    cases=16,
)


# false_alarm_rate


def _alarms(far: Tensor, people: int) -> Tensor:
    rates = [reference.false_alarm_rate(rate, people) for rate in far.tolist()]
    return far.new_tensor(rates)


def _draw_rates(draw: Draw) -> Case:
    far = draw.tensor(draw.side(3)).sigmoid() / 4
    return Case({"far": far, "people": draw.integer(3, 12 if draw.hard else 8)})


false_alarm_rate = Check(
    task="false_alarm_rate",
    draw=_draw_rates,
    reference=_alarms,
    mistakes=(
        Mistake(
            "the rates are added up",
            "Several comparisons can err at once, and count as one false alarm: the sum counts "
            "them several times, and can pass 1.",
            lambda far, people: people * far,
        ),
        Mistake(
            "the rates are added up and cut off at 1",
            "Several comparisons can err at once, and count as one false alarm.",
            lambda far, people: (people * far).clamp(max=1),
        ),
        Mistake(
            "all comparisons have to err",
            "One false accept is enough. How likely is it that none happens?",
            lambda far, people: far**people,
        ),
        Mistake(
            "the chance that nothing goes wrong is given",
            "That is what is left when you take the false alarms away from 1.",
            lambda far, people: (1 - far) ** people,
        ),
        Mistake(
            "one person too few is counted",
            "A stranger is none of them, so all of them can be mistaken for the stranger.",
            lambda far, people: _alarms(far, people - 1),
        ),
    ),
)
