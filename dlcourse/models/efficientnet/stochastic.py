"""Stochastic depth: residual branches that fail at random while the network learns.

Without its branch a residual block hands on its input, so a network can do without any of them.
Left out at random, they learn not to rely on each other, and a deep network trains as a crowd of
shallower ones. What is left is scaled up, so that nothing needs to be done after the training.

Paper:  Huang, Sun, Liu, Sedra & Weinberger 2016, "Deep networks with stochastic depth"
Torch:  torchvision.ops.stochastic_depth, StochasticDepth
"""

from jaxtyping import Float
from torch import Generator, Tensor, nn

from dlcourse.optim.regularization.refusals import refuse_share

__all__ = ["StochasticDepth", "stochastic_depth"]

MODES = ("row", "batch")


def stochastic_depth(
    input: Float[Tensor, "b *shape"],
    p: float,
    mode: str = "row",
    training: bool = True,
    *,
    generator: Generator | None = None,
) -> Float[Tensor, "b *shape"]:
    """Set whole samples to 0 with probability ``p``, and divide the others by ``1 - p``.

    Args:
        input: what a residual branch gives for a batch.
        p: probability that a branch fails.
        mode: "row" for each sample by itself, "batch" for all together.
        training: whether branches fail at all.
        generator: source of the failures; without one, torch's global source.

    Raises:
        ValueError: if ``p`` does not lie from 0 to 1, or the mode is unknown.

    >>> rows = stochastic_depth(torch.ones(50, 2), p=0.75)
    >>> sorted(set(map(tuple, rows.tolist())))  # 1 / 0.25
    [(0.0, 0.0), (4.0, 4.0)]
    """
    refuse_share("p", p)
    if mode not in MODES:
        raise ValueError(f'mode is "{mode}"; say "row" or "batch"')
    if not training or p == 0:
        return input
    rows = len(input) if mode == "row" else 1
    kept = input.new_empty(rows, *[1] * (input.ndim - 1))
    kept.bernoulli_(1 - p, generator=generator)
    return input * (kept / (1 - p) if p < 1 else kept)


class StochasticDepth(nn.Module):
    """Let branches fail in training mode: :func:`stochastic_depth`.

    Args:
        p: probability that a branch fails.
        mode: "row" or "batch".
        generator: source of the failures.

    Raises:
        ValueError: if ``p`` does not lie from 0 to 1, or the mode is unknown.

    >>> StochasticDepth(p=0.5).eval()(torch.ones(2)).tolist()
    [1.0, 1.0]
    """

    def __init__(
        self, p: float, mode: str = "row", *, generator: Generator | None = None
    ) -> None:
        super().__init__()
        refuse_share("p", p)
        if mode not in MODES:
            raise ValueError(f'mode is "{mode}"; say "row" or "batch"')
        self.p, self.mode, self.generator = p, mode, generator

    def forward(self, input: Float[Tensor, "b *shape"]) -> Float[Tensor, "b *shape"]:
        """Apply :func:`stochastic_depth`."""
        return stochastic_depth(
            input, self.p, self.mode, self.training, generator=self.generator
        )

    def extra_repr(self) -> str:
        """Show the probability and the mode."""
        return f"p={self.p}, mode={self.mode}"
