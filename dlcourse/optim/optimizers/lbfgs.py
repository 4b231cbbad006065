"""LBFGS: Newton's direction without its matrix, and a search along it.

Where the gradients come from the whole data, and not from a batch that changes at every step, the
way they change is worth remembering: it gives direction and length at once, and a step goes as far
as Newton's for the price of a few gradients.

Paper:  Liu & Nocedal 1989, "On the limited memory BFGS method for large scale optimization";
        Nocedal & Wright 2006, "Numerical optimization", algorithm 7.5
Torch:  torch.optim.LBFGS, which fails on parameters that are not contiguous
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from .curvature import remember, two_loops
from .line import Line, flat_gradient
from .refusals import refuse_complex, refuse_options, refuse_sparse
from .wolfe import Trial, WolfeSearch

__all__ = ["LBFGS"]


class LBFGS(Optimizer):
    """Step along the direction of ``two_loops``, up to ``max_iter`` times in one call.

    Args:
        params: parameters, in one group.
        lr: the step along the direction, or the first that the line search tries.
        max_iter: directions in one call of ``step``.
        max_eval: evaluations in one call of ``step``; 5/4 of ``max_iter`` by default.
        tolerance_grad: stop when no entry of the gradient is larger.
        tolerance_change: stop when neither the loss nor any weight changes by more.
        history_size: pairs to remember.
        line_search_fn: "strong_wolfe", or None to step by ``lr`` unseen.
        maximize: go up instead of down.

    Raises:
        ValueError: if there is more than one group, an option is out of its range, or the line
            search is unknown.
        TypeError: if a parameter is complex.

    >>> w = torch.tensor([3.0, -2.0], requires_grad=True)
    >>> optimizer = LBFGS([w], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = w[0] ** 2 + 10 * w[1] ** 2
    ...     loss.backward()
    ...     return loss
    >>> optimizer.step(closure).item()  # the loss before the step
    49.0
    >>> closure().item() < 1e-9
    True
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
        *,
        maximize: bool = False,
    ) -> None:
        options = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
            "maximize": maximize,
        }
        super().__init__(params, options)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Take the parameters; there is one group, since one direction moves them all."""
        if self.param_groups:
            raise ValueError(
                "LBFGS takes one group of parameters, since one direction moves them all; got 2"
            )
        super().add_param_group(param_group)
        refuse_options(param_group)
        refuse_complex(param_group["params"])
        search = param_group["line_search_fn"]
        if search not in (None, "strong_wolfe"):
            raise ValueError(
                f'line_search_fn is "{search}"; say "strong_wolfe" or None'
            )

    @torch.no_grad()
    def step(self, closure: Callable[[], Any]) -> Any:
        """Move all parameters, ``max_iter`` times or until there is nothing left to gain.

        Args:
            closure: computes the loss and its gradients anew.

        Returns:
            What the closure gave first: the loss before the step.

        Raises:
            RuntimeError: if a gradient is sparse.
        """
        answers: list[Any] = []

        def measure() -> tuple[float, Tensor]:
            with torch.enable_grad():
                answers.append(closure())
            return self._measured(answers[-1])

        group, (loss, gradient) = self.param_groups[0], measure()
        if gradient.abs().max() <= group["tolerance_grad"]:
            return answers[0]
        for left in reversed(range(group["max_iter"])):
            line = Line(group["params"], self._aim(gradient), measure)
            origin = line.here(0.0, loss, gradient)
            if origin.slope > -group["tolerance_change"]:
                break
            unused = group["max_eval"] - len(answers)
            found = self._go(line, origin, unused, is_last=not left)
            if len(answers) >= group["max_eval"] or self._is_done(line, origin, found):
                break
            loss, gradient = found.loss, found.gradient
        return answers[0]

    @property
    def _memory(self) -> dict[str, Any]:
        """What is remembered, kept with the first parameter: where torch keeps it."""
        memory = self.state[self.param_groups[0]["params"][0]]
        if not memory:
            memory |= {"func_evals": 0, "n_iter": 0, "H_diag": 1.0}
            memory |= {"old_stps": [], "old_dirs": [], "ro": []}
        return memory

    def _measured(self, answer: Any) -> tuple[float, Tensor]:
        """Read the loss and the gradient, turned if the aim is a maximum."""
        group = self.param_groups[0]
        refuse_sparse("LBFGS", group["params"])
        self._memory["func_evals"] += 1
        sign = -1 if group["maximize"] else 1
        return sign * float(answer), sign * flat_gradient(group["params"])

    def _aim(self, gradient: Tensor) -> Tensor:
        """Remember what the last step changed, and find the next direction."""
        memory, size = self._memory, self.param_groups[0]["history_size"]
        if memory["n_iter"]:
            step = memory["d"] * memory["t"]
            remember(memory, step, gradient - memory["prev_flat_grad"], size)
        memory["n_iter"] += 1
        memory["prev_flat_grad"] = gradient
        memory["d"] = two_loops(gradient, memory)
        return memory["d"]

    def _go(self, line: Line, origin: Trial, unused: int, is_last: bool) -> Trial:
        """Move along the line: as far as a search finds good, or by ``lr`` unseen."""
        group, step = self.param_groups[0], self.param_groups[0]["lr"]
        if self._memory["n_iter"] == 1:  # nothing is known yet of the length
            step *= min(1.0, 1 / origin.gradient.abs().sum().item())
        if group["line_search_fn"]:
            narrowest = group["tolerance_change"] / line.direction.abs().max().item()
            found = WolfeSearch(line.attempt, origin, unused, narrowest).run(step)
            line.place(found.step)
        elif is_last:  # nobody would use the gradient there
            line.place(step)
            found = replace(origin, step=step)
        else:
            found = line.attempt(step)
        self._memory["t"] = found.step
        return found

    def _is_done(self, line: Line, origin: Trial, found: Trial) -> bool:
        """Say whether the gradient has vanished, or nothing has changed."""
        group = self.param_groups[0]
        least = group["tolerance_change"]
        return (
            found.gradient.abs().max().item() <= group["tolerance_grad"]
            or (line.direction * found.step).abs().max().item() <= least
            or abs(found.loss - origin.loss) < least
        )
