"""Wolfe: find how far to go along a direction, from values and slopes at a few trials.

A step is long enough when the slope along the direction has lost most of its steepness, and short
enough when the function has fallen by a fair share of what the first slope promised: Wolfe's strong
conditions. Trials move out until two of them enclose such a step, then close in on it.

Paper:  Wolfe 1969, "Convergence conditions for ascent methods"; Nocedal & Wright 2006, "Numerical
        optimization", algorithms 3.5 and 3.6
Torch:  the "strong_wolfe" of torch.optim.LBFGS, trial for trial
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, sqrt

from jaxtyping import Float
from torch import Tensor

__all__ = ["Trial", "WolfeSearch"]

SUFFICIENT_FALL = 1e-4
"""Share of the promised fall that a step must bring."""

REMAINING_SLOPE = 0.9
"""Share of the first slope that may be left."""


@dataclass(frozen=True)
class Trial:
    """What is known at one point of the line.

    Attributes:
        step: how far along the direction it lies.
        loss: the function's value.
        gradient: the function's gradient, flattened.
        slope: the gradient along the direction.
    """

    step: float
    loss: float
    gradient: Float[Tensor, "d"]
    slope: float


def cubic_minimum(a: Trial, b: Trial, least: float, most: float) -> float:
    """Find the minimum of the cubic through two values and two slopes, within bounds.

    Where the cubic has none, or a value is infinite, take the middle of the bounds.
    """
    left, right = (a, b) if a.step < b.step else (b, a)
    width = right.step - left.step
    if width == 0:
        return (least + most) / 2
    bend = left.slope + right.slope - 3 * (right.loss - left.loss) / width
    square = bend**2 - left.slope * right.slope
    if not 0 <= square < inf:
        return (least + most) / 2
    root = sqrt(square)
    share = (right.slope + root - bend) / (right.slope - left.slope + 2 * root)
    return min(max(right.step - width * share, least), most)


class WolfeSearch:
    """One search along one direction.

    Args:
        attempt: evaluates the function at a step.
        origin: where the search starts, at step 0.
        limit: trials after the first.
        narrowest: two trials closer than this are one.
    """

    def __init__(
        self,
        attempt: Callable[[float], Trial],
        origin: Trial,
        limit: int,
        narrowest: float,
    ) -> None:
        self.attempt, self.origin = attempt, origin
        self.limit, self.narrowest = limit, narrowest
        self.tried = 0

    def run(self, first: float) -> Trial:
        """Search, starting from a first guess of the step."""
        previous, trial = self.origin, self._try(first)
        while self.tried <= self.limit:
            # The second trial may rise without being too high: the third settles it, as in torch.
            risen = self.tried > 2 and trial.loss >= previous.loss
            if self._too_high(trial) or risen:
                return self._close_in(previous, trial)
            if self._flat_enough(trial):
                return trial
            if trial.slope >= 0:
                return self._close_in(previous, trial)
            least = trial.step + 0.01 * (trial.step - previous.step)
            step = cubic_minimum(previous, trial, least, 10 * trial.step)
            previous, trial = trial, self._try(step)
        return min(self.origin, trial, key=_loss)

    def _close_in(self, previous: Trial, trial: Trial) -> Trial:
        """Replace one of two enclosing trials by one between them, until a step will do."""
        low, high = sorted((previous, trial), key=_loss)
        near_end = False
        while self.tried <= self.limit:
            if abs(high.step - low.step) < self.narrowest:
                break
            step, near_end = _between(low, high, near_end)
            trial = self._try(step)
            if self._too_high(trial) or trial.loss >= low.loss:
                low, high = sorted((low, trial), key=_loss)
                continue
            if self._flat_enough(trial):
                return trial
            if trial.slope * (high.step - low.step) >= 0:
                high = low
            low = trial
        return low

    def _try(self, step: float) -> Trial:
        self.tried += 1
        return self.attempt(step)

    def _too_high(self, trial: Trial) -> bool:
        promised = self.origin.slope * trial.step
        return trial.loss > self.origin.loss + SUFFICIENT_FALL * promised

    def _flat_enough(self, trial: Trial) -> bool:
        return abs(trial.slope) <= -REMAINING_SLOPE * self.origin.slope


def _loss(trial: Trial) -> float:
    return trial.loss


def _between(a: Trial, b: Trial, near_end: bool) -> tuple[float, bool]:
    """Choose a step between two trials, and say whether it is near one of them.

    A step near an end gains little. One is let pass; after it, or at the end itself, the step keeps
    a tenth of the interval away.
    """
    least, most = sorted((a.step, b.step))
    step, margin = cubic_minimum(a, b, least, most), 0.1 * (most - least)
    if min(most - step, step - least) >= margin:
        return step, False
    if not near_end and least < step < most:
        return step, True
    nearer_most = abs(step - most) < abs(step - least)
    return (most - margin if nearer_most else least + margin), False
