"""Steps: checks of layered_step and probe_step, one gradient step each."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from dlcourse.checks.judging import Case, Check, Draw, Mistake

__all__ = ["layered_step", "probe_step"]


# layered_step


def _stepped(
    factor: Callable[[Tensor, float], Tensor],
) -> Callable[[Tensor, Tensor, float, float], Tensor]:
    """Step with a factor for each layer, given how many layers lie behind it."""

    def step(weights: Tensor, gradients: Tensor, lr: float, decay: float) -> Tensor:
        behind = torch.arange(len(weights), dtype=weights.dtype).flip(0)
        return weights - lr * factor(behind, decay)[:, None] * gradients

    return step


_layered = _stepped(lambda behind, decay: decay**behind)


def _weights_shrunk(
    weights: Tensor, gradients: Tensor, lr: float, decay: float
) -> Tensor:
    behind = torch.arange(len(weights), dtype=weights.dtype).flip(0)
    return weights * (decay**behind)[:, None] - lr * gradients


def _draw_layers(draw: Draw) -> Case:
    # as many weights as layers: rates laid along the wrong axis still fit, and can be named
    layers = draw.integer(3, 9 if draw.hard else 5)
    return Case(
        {
            "weights": draw.tensor(layers, layers),
            "gradients": draw.tensor(layers, layers),
            "lr": draw.integer(1, 9) / 10,
            "decay": draw.integer(3, 8) / 10,
        }
    )


layered_step = Check(
    task="layered_step",
    draw=_draw_layers,
    reference=_layered,
    mistakes=(
        Mistake(
            "the first layer has the full rate and the last the smallest",
            "The new head has most to learn: the last layer gets lr itself.",
            _stepped(lambda behind, decay: decay ** behind.flip(0)),
        ),
        Mistake(
            "the last layer's rate is shrunk as well",
            "No layer lies behind the last one, and decay to the power 0 is 1.",
            _stepped(lambda behind, decay: decay ** (behind + 1)),
        ),
        Mistake(
            "all layers before the last have one rate",
            "Each layer has decay times the rate of the one behind it.",
            _stepped(lambda behind, decay: decay ** behind.clamp(max=1)),
        ),
        Mistake(
            "all layers have the rate lr",
            "Multiply by decay once for each layer that lies behind.",
            _stepped(lambda behind, decay: decay ** (0 * behind)),
        ),
        Mistake(
            "the rates grow towards the first layer",
            "Multiply by decay, do not divide.",
            _stepped(lambda behind, decay: decay**-behind),
        ),
        Mistake(
            "the rates fall by subtraction",
            "From layer to layer the rate is multiplied by decay.",
            _stepped(lambda behind, decay: 1 - (1 - decay) * behind),
        ),
        Mistake(
            "the step goes uphill",
            "Against the gradient: subtract.",
            lambda lr, **rest: _layered(lr=-lr, **rest),
        ),
        Mistake(
            "the rates lie along the weights of a layer",
            "A layer is a row: give the rates the shape (n, 1).",
            lambda weights, gradients, **rest: (
                _layered(weights.T, gradients.T, **rest).T
            ),
        ),
        Mistake(
            "the weights are shrunk instead of the rates",
            "decay belongs to the learning rate; the weights only lose their step.",
            _weights_shrunk,
        ),
    ),
)


# probe_step


def _softmax(scores: Tensor) -> Tensor:
    return scores.softmax(dim=1)


def _probed(
    answer: Callable[[Tensor], Tensor] = _softmax,
    share: Callable[[Tensor], float] = lambda error: 1 / error.shape[0],
    wanted: float = 1.0,
) -> Callable[..., tuple[Tensor, Tensor]]:
    """Step with an error made and averaged in a given way."""

    def step(
        features: Tensor, labels: Tensor, weight: Tensor, bias: Tensor, lr: float
    ) -> tuple[Tensor, Tensor]:
        right = one_hot(labels, len(weight)).to(features)
        error = answer(features @ weight.T + bias) - wanted * right
        error = error * share(error)
        return weight - lr * error.T @ features, bias - lr * error.sum(dim=0)

    return step


_right = _probed()


def _draw_probe(draw: Draw) -> Case:
    samples, classes = draw.integer(5, 12 if draw.hard else 8), draw.integer(3, 4)
    entries = draw.side(2)
    labels = torch.cat(
        [
            torch.arange(classes),
            torch.tensor(
                [draw.integer(0, classes - 1) for _ in range(samples - classes)]
            ),
        ]
    )
    return Case(
        {
            "features": draw.tensor(samples, entries),
            "labels": labels,
            "weight": draw.tensor(classes, entries),
            "bias": draw.tensor(classes),
            "lr": draw.integer(1, 9) / 10,
        }
    )


probe_step = Check(
    task="probe_step",
    draw=_draw_probe,
    reference=_right,
    mistakes=(
        Mistake(
            "the errors are summed over the samples",
            "The loss is a mean: divide by the number of samples.",
            _probed(share=lambda error: 1.0),
        ),
        Mistake(
            "the mean is taken over the classes as well",
            "Divide by the number of samples alone; classes are summed in the loss.",
            _probed(share=lambda error: 1 / error.numel()),
        ),
        Mistake(
            "the softmax runs over the samples",
            "The probabilities of one sample's classes sum to one: axis 1.",
            _probed(lambda scores: scores.softmax(dim=0)),
        ),
        Mistake(
            "the scores are taken for probabilities",
            "The gradient of the scores is softmax minus one-hot: exponentials are missing.",
            _probed(lambda scores: scores),
        ),
        Mistake(
            "a sigmoid stands in place of the softmax",
            "The classes compete: divide by the sum of all their exponentials.",
            _probed(torch.sigmoid),
        ),
        Mistake(
            "1 is subtracted from whole columns",
            "error[:, labels] takes those columns of every row. Name the row with each label: "
            "torch.arange(n) and labels together.",
            _probed(lambda scores: _softmax(scores) - 1, wanted=0.0),
        ),
        Mistake(
            "the bias's errors are not averaged",
            "The loss is a mean for the bias as well: divide the error before you use it twice.",
            lambda **arguments: (
                _right(**arguments)[0],
                _probed(share=lambda error: 1.0)(**arguments)[1],
            ),
        ),
        Mistake(
            "the labels have no say",
            "Subtract 1 from the probability of the right class.",
            _probed(wanted=0.0),
        ),
        Mistake(
            "the step goes uphill",
            "Against the gradient: subtract.",
            lambda lr, **rest: _right(lr=-lr, **rest),
        ),
        Mistake(
            "the bias stays as it was",
            "Its gradient is the error, summed over the samples.",
            lambda bias, **rest: (_right(bias=bias, **rest)[0], bias),
        ),
        Mistake(
            "the bias is left out of the scores",
            "The scores are features @ weight.T + bias.",
            lambda bias, **rest: (
                _right(bias=0 * bias, **rest)[0],
                _right(bias=0 * bias, **rest)[1] + bias,
            ),
        ),
    ),
    forbidden=("nll_loss_forward", "_log_softmax_backward_data"),
)
