"""Loss: check of triplet_loss."""

from collections.abc import Callable

from torch import Tensor
from torch.nn.functional import triplet_margin_loss

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.faces import triplet as reference

__all__ = ["triplet_loss"]


def _near_and_far(
    anchor: Tensor, positive: Tensor, negative: Tensor
) -> tuple[Tensor, Tensor]:
    near, far = ((x - anchor).square().sum(dim=1) for x in (positive, negative))
    return near, far


def _changed(change: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Make a wrong answer of what is done with both distances and the margin."""
    return lambda anchor, positive, negative, margin: change(
        *_near_and_far(anchor, positive, negative), margin
    )


def _left_out(near: Tensor, far: Tensor, margin: float) -> Tensor:
    losses = near - far + margin
    return losses[losses > 0].mean()


def _mean_of_entries(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float
) -> Tensor:
    near, far = _near_and_far(anchor, positive, negative)
    return ((near - far) / anchor.shape[1] + margin).clamp(min=0).mean()


def _draw_triplets(draw: Draw) -> Case:
    """Draw triplets of which the first is easy and the second is not."""
    shape = (3 + draw.side(), 1 + draw.side())
    anchor, positive, negative = (draw.tensor(*shape) for _ in range(3))
    positive[0], negative[0] = anchor[0] + 0.1, anchor[0] + 5
    positive[1], negative[1] = anchor[1] + 2, anchor[1] + 0.5
    margin = draw.integer(1, 8) / 8
    both = {"anchor": anchor, "positive": positive, "negative": negative}
    return Case(both | {"margin": margin})


triplet_loss = Check(
    task="triplet_loss",
    draw=_draw_triplets,
    reference=lambda anchor, positive, negative, margin: reference.triplet_loss(
        anchor, positive, negative, margin
    ),
    mistakes=(
        Mistake(
            "the distances are not squared",
            "FaceNet's loss compares squared distances.",
            _changed(
                lambda near, far, m: (near**0.5 - far**0.5 + m).clamp(min=0).mean()
            ),
        ),
        Mistake(
            "torch's own loss is used, which does not square",
            "FaceNet's loss compares squared distances; torch takes the root.",
            lambda anchor, positive, negative, margin: triplet_margin_loss(
                anchor, positive, negative, margin
            ),
        ),
        Mistake(
            "the mean over the entries is taken, and not the sum",
            "A squared distance is the sum over all entries of an embedding.",
            _mean_of_entries,
        ),
        Mistake(
            "squared and unsquared distances are mixed",
            "Both distances are squared, or neither.",
            _changed(lambda near, far, m: (near - far**0.5 + m).clamp(min=0).mean()),
        ),
        Mistake(
            "the margin is on the wrong side",
            "The negative has to be farther by more than the margin, so the margin adds to the "
            "cost.",
            _changed(lambda near, far, m: (near - far - m).clamp(min=0).mean()),
        ),
        Mistake(
            "positive and negative have changed places",
            "A distant positive costs, a distant negative does not.",
            _changed(lambda near, far, m: (far - near + m).clamp(min=0).mean()),
        ),
        Mistake(
            "the mean is taken before negative values are cut off",
            "Then one triplet that is right by far pays for others that are wrong.",
            _changed(lambda near, far, m: (near - far + m).mean().clamp(min=0)),
        ),
        Mistake(
            "negative values are not cut off",
            "A triplet that keeps the margin costs 0, and not less.",
            _changed(lambda near, far, m: (near - far + m).mean()),
        ),
        Mistake(
            "the sum over the batch is taken",
            "The answer is the mean over the triplets.",
            _changed(lambda near, far, m: (near - far + m).clamp(min=0).sum()),
        ),
        Mistake(
            "easy triplets are left out of the mean",
            "That is for a batch that is mined; here all triplets that were given count.",
            _changed(_left_out),
        ),
        Mistake(
            "the margin is outside of the maximum",
            "Add the margin first, then cut off at 0.",
            _changed(lambda near, far, m: (near - far).clamp(min=0).mean() + m),
        ),
    ),
    gradients=("anchor", "positive", "negative"),
)
