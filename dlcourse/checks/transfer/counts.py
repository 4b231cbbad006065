"""Counts: the check of trainable_parameters, with frozen layers and a new head."""

from dlcourse.checks.judging import Case, Check, Draw, Mistake

__all__ = ["trainable_parameters"]


def _trainable(
    counts: tuple[int, ...], frozen: int, features: int, num_classes: int
) -> int:
    return sum(counts[frozen:-1]) + num_classes * (features + 1)


def _draw_counts(draw: Draw) -> Case:
    layers, most = draw.integer(4, 9 if draw.hard else 6), 9999 if draw.hard else 99
    features, classes = draw.integer(5, most), draw.integer(2, most)
    before = tuple(draw.integer(1, most) * 9 for _ in range(layers))
    return Case(
        {
            "counts": (*before, 1000 * (features + 1)),
            "frozen": draw.integer(1, layers - 1),
            "features": features,
            "num_classes": classes,
        }
    )


trainable_parameters = Check(
    task="trainable_parameters",
    draw=_draw_counts,
    reference=_trainable,
    mistakes=(
        Mistake(
            "the frozen layers are counted too",
            "What gets no gradient does not train: leave the first layers out.",
            lambda counts, frozen, **head: _trainable(counts, 0, **head),
        ),
        Mistake(
            "the frozen layers are counted instead of the others",
            "A slice counts[:n] is the first n, counts[n:] what follows them.",
            lambda counts, frozen, **head: _trainable(
                counts[:frozen] + counts[-1:], 0, **head
            ),
        ),
        Mistake(
            "the last layers are frozen instead of the first",
            "The first layers are the general ones; they are frozen first.",
            lambda counts, frozen, **head: _trainable(
                counts[:-1][::-1] + counts[-1:], frozen, **head
            ),
        ),
        Mistake(
            "the old head is counted beside the new one",
            "The last of the counts belongs to the layer that was replaced.",
            lambda counts, **rest: _trainable((*counts, 0), **rest),
        ),
        Mistake(
            "the old head is counted and the new one is not",
            "The head was replaced: drop its count, and add that of the new one.",
            lambda counts, frozen, features, num_classes: sum(counts[frozen:]),
        ),
        Mistake(
            "the new head is left out",
            "It is the one layer that always trains.",
            lambda counts, frozen, features, num_classes: sum(counts[frozen:-1]),
        ),
        Mistake(
            "the new head has no biases",
            "Each class has a weight for every feature, and one bias.",
            lambda features, **rest: _trainable(features=features - 1, **rest),
        ),
        Mistake(
            "the new head has a bias for each feature",
            "Each class has a weight for every feature, and one bias.",
            lambda features, num_classes, **rest: (
                _trainable(features=features, num_classes=num_classes, **rest)
                - num_classes
                + features
            ),
        ),
    ),
)
