"""Labels: what labels and scores a metric accepts, and which of the labels are positive.

A metric that guesses what its input means reports a wrong number without a sign of it, so here
every doubt is a refusal with the value and the rule.

Axes:   b samples
Torch:  none; scikit-learn refuses the same, and turns lists into arrays
"""

from jaxtyping import Bool, Float, Integer
from torch import Tensor

__all__ = [
    "Labels",
    "Scores",
    "as_labels",
    "as_scores",
    "at_most_two",
    "one_against_other",
    "positives",
]

Labels = Integer[Tensor, "b"] | Bool[Tensor, "b"]
"""One label a sample."""

Scores = Float[Tensor, "b"] | Integer[Tensor, "b"]
"""One score a sample; a larger one says that the positive label is more likely."""


def as_labels(y_true: Labels, y_pred: Labels) -> tuple[Tensor, Tensor]:
    """Bring true and predicted labels to the CPU, as whole numbers of one type.

    Raises:
        TypeError: if either is no tensor of whole numbers.
        ValueError: if they are empty or not one label a sample.
    """
    _refuse_shapes(y_true=y_true, y_pred=y_pred)
    _refuse_fractions(y_true=y_true, y_pred=y_pred)
    return y_true.detach().cpu().long(), y_pred.detach().cpu().long()


def as_scores(y_true: Labels, y_score: Scores) -> tuple[Tensor, Tensor]:
    """Bring true labels and scores to the CPU, the scores in double precision.

    Raises:
        TypeError: if either is no tensor, or a label is no whole number.
        ValueError: if they are empty, not one a sample, or a score is not finite.
    """
    _refuse_shapes(y_true=y_true, y_score=y_score)
    _refuse_fractions(y_true=y_true)
    if y_score.is_complex():
        raise TypeError(f"y_score holds {y_score.dtype}; scores need an order")
    scores = y_score.detach().cpu().double()
    if not scores.isfinite().all():
        bad = scores[~scores.isfinite()][0].item()
        raise ValueError(f"y_score holds {bad}; every score must be finite")
    return y_true.detach().cpu().long(), scores


def at_most_two(y_true: Tensor) -> list[int]:
    """List the labels that occur, in order.

    Raises:
        ValueError: if there are more than two.
    """
    found = y_true.unique().tolist()
    if len(found) > 2:
        raise ValueError(
            f"y_true holds {len(found)} labels; this score is of one against the rest, so pass "
            "y_true == label"
        )
    return found


def one_against_other(y_true: Labels, y_score: Scores, pos_label: int) -> None:
    """Refuse labels of which it is not plain what ``pos_label`` stands against.

    Raises:
        ValueError: if there are more than two, or two others.
    """
    labels = at_most_two(as_scores(y_true, y_score)[0])
    if len(labels) == 2 and pos_label not in labels:
        raise ValueError(f"pos_label ({pos_label}) must be one of the labels {labels}")


def positives(y_true: Tensor, pos_label: int | None) -> Bool[Tensor, "b"]:
    """Mark the samples of the positive label, which is 1 among labels 0 and 1, or -1 and 1.

    Raises:
        ValueError: if other labels occur and ``pos_label`` is not said.
    """
    if pos_label is not None:
        return y_true == pos_label
    found = y_true.unique().tolist()
    if not (set(found) <= {0, 1} or set(found) <= {-1, 1}):
        raise ValueError(
            f"y_true holds the labels {found}; say which of them is positive by pos_label"
        )
    return y_true == 1


def _refuse_shapes(**named: Tensor) -> None:
    for name, tensor in named.items():
        if not isinstance(tensor, Tensor):
            raise TypeError(
                f"{name} is a {type(tensor).__name__}; convert it with torch.as_tensor"
            )
    (one, y_true), (other, y) = named.items()
    if y_true.dim() != 1 or y_true.shape != y.shape:
        raise ValueError(
            f"{one} has shape {tuple(y_true.shape)} and {other} {tuple(y.shape)}; both need one "
            "axis, of the same length"
        )
    if not y_true.numel():
        raise ValueError(f"{one} and {other} are empty; a metric needs a sample")


def _refuse_fractions(**named: Tensor) -> None:
    for name, tensor in named.items():
        if tensor.is_floating_point() or tensor.is_complex():
            raise TypeError(
                f"{name} holds {tensor.dtype}; labels are whole numbers, as a comparison with a "
                "threshold or argmax gives"
            )
