"""Family: the questions that are asked of every network.

A network with 100 million weights takes seconds to draw, so a network is drawn on no device at all
and then given memory and cheap random numbers.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from dlcourse.models.transfer import renamed
from dlcourse.training import fixed_seed, generator

__all__ = [
    "learns_one_batch",
    "parameters",
    "same_gradients",
    "same_logits",
    "unfilled",
    "with_random_weights",
]


def unfilled(build: Callable[[], nn.Module]) -> nn.Module:
    """Build a network without memory for its weights: enough to count and to name them."""
    with torch.device("meta"):
        return build()


def parameters(build: Callable[[], nn.Module]) -> int:
    return sum(p.numel() for p in unfilled(build).parameters())


def with_random_weights(
    build: Callable[[], nn.Module], seed: int = 0, dtype: torch.dtype = torch.float32
) -> nn.Module:
    """Fill a network so that its signal keeps its size, its running statistics too."""
    model = unfilled(build).to(dtype).to_empty(device="cpu")
    draw = generator(seed)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if tensor.ndim > 1:
                bound = (6 / tensor[0].numel()) ** 0.5
                tensor.uniform_(-bound, bound, generator=draw)
            elif name.endswith(("bias", "running_mean")):
                tensor.uniform_(-0.1, 0.1, generator=draw)
            elif tensor.ndim == 1:
                tensor.uniform_(0.8, 1.2, generator=draw)
            else:  # the number of batches that a normalization has seen
                tensor.zero_()
    return model


def twins(
    ours: Callable[[], nn.Module], theirs: Callable[[], nn.Module], dtype: torch.dtype
) -> tuple[nn.Module, nn.Module]:
    """Two builds of one network with the same random weights, in evaluation mode."""
    other = with_random_weights(theirs, dtype=dtype).eval()
    mine = unfilled(ours).to(dtype).to_empty(device="cpu").eval()
    mine.load_state_dict(renamed(other.state_dict(), mine))
    return mine, other


@torch.no_grad()
def same_logits(
    ours: Callable[[], nn.Module], theirs: Callable[[], nn.Module], x: Tensor
) -> None:
    """Two builds with the same weights say the same of an image, in float32, to 1e-4."""
    mine, other = twins(ours, theirs, x.dtype)
    expected = other(x)
    scale = expected.abs().max().item()
    assert scale > 1e-3, "all but zero: equal for want of a signal"
    torch.testing.assert_close(mine(x), expected, rtol=1e-4, atol=1e-4 * scale)


def same_gradients(
    ours: Callable[[], nn.Module], theirs: Callable[[], nn.Module], x: Tensor
) -> None:
    """In float64, where no ReLU changes its mind for rounding, the slopes of all weights agree."""
    mine, other = twins(ours, theirs, torch.float64)
    for model in (mine, other):
        model(x.double()).square().sum().backward()
    pairs = zip(mine.parameters(), other.parameters(), strict=True)
    for own, theirs_ in pairs:
        scale = theirs_.grad.abs().max().item()
        torch.testing.assert_close(
            own.grad, theirs_.grad, rtol=1e-8, atol=1e-8 * scale + 1e-12
        )


def learns_one_batch(
    build: Callable[[], nn.Module],
    x: Tensor,
    *,
    steps: int = 40,
    rate: float = 1e-3,
    seed: int = 0,
) -> None:
    """A few steps on a few images teach their labels by heart; every parameter takes part."""
    labels = torch.arange(len(x))
    with fixed_seed(seed):
        model = build().train()
        optimizer = torch.optim.Adam(model.parameters(), lr=rate)
        for step in range(steps):
            optimizer.zero_grad()
            error = cross_entropy(model(x), labels)
            error.backward()
            if step == 0:
                _reaches_all(model)
            optimizer.step()
            if error.item() < 0.05:
                return
    raise AssertionError(f"after {steps} steps the loss is still {error.item():.3f}")


def _reaches_all(model: nn.Module) -> None:
    idle = [
        name
        for name, p in model.named_parameters()
        if p.grad is None or not p.grad.any()
    ]
    assert not idle, f"no gradient reaches {idle}"
