"""Batch: checks of batch_norm, update_running and batch_norm_eval, training and evaluation."""

from collections.abc import Callable

from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn import normalization as package

from .layers import (
    LIBRARY,
    draw_averages,
    draw_layer,
    of_x,
    per_channel,
    standardized,
)

__all__ = ["batch_norm", "batch_norm_eval", "update_running"]

SAMPLES_AND_PLACES = (0, 2, 3)


# batch_norm


def _trained(x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    return package.batch_norm(x, None, None, weight, bias, training=True, eps=eps)


def _over(*axes: int) -> Callable[..., Tensor]:
    """Normalize over other axes than the right ones."""
    return lambda x, weight, bias, eps: (
        standardized(x, axes, eps) * per_channel(weight) + per_channel(bias)
    )


def _by(divisor: Callable[[Tensor, float], Tensor]) -> Callable[..., Tensor]:
    """Divide by something else than the root of variance plus eps."""

    def function(x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
        centred = x - x.mean(dim=SAMPLES_AND_PLACES, keepdim=True)
        variance = x.var(dim=SAMPLES_AND_PLACES, correction=0, keepdim=True)
        scaled = centred / divisor(variance, eps)
        return scaled * per_channel(weight) + per_channel(bias)

    return function


def _along_the_width(x: Tensor, eps: float) -> Tensor:
    """Lay the channels' moments along the last axis, as they fall without keepdim."""
    mean = x.mean(dim=SAMPLES_AND_PLACES)
    variance = x.var(dim=SAMPLES_AND_PLACES, correction=0)
    return (x - mean) / (variance + eps).sqrt()


batch_norm = Check(
    task="batch_norm",
    draw=lambda draw: Case(draw_layer(draw)),
    reference=_trained,
    mistakes=(
        Mistake(
            "each sample is normalized by itself",
            "A channel has one mean for the whole batch: average over the samples too.",
            _over(2, 3),
        ),
        Mistake(
            "every pixel has a mean of its own",
            "A channel is the same feature everywhere: average over height and width too.",
            _over(0),
        ),
        Mistake(
            "the channels are averaged together",
            "Each channel is a feature with a scale of its own; keep that axis.",
            _over(0, 1, 2, 3),
        ),
        Mistake(
            "a sample's mean is taken over its channels, per sample instead of per channel",
            "That is layer normalization. Here it is the channel that keeps its own mean.",
            _over(1, 2, 3),
        ),
        Mistake(
            "the variance divides by n - 1",
            "That is what torch's var does unasked. Here the batch is all there is: divide by n.",
            lambda x, weight, bias, eps: (
                standardized(x, SAMPLES_AND_PLACES, eps, correction=1)
                * per_channel(weight)
                + per_channel(bias)
            ),
        ),
        Mistake(
            "eps stands outside the root",
            "It is added to the variance, and then the root is taken.",
            _by(lambda variance, eps: variance.sqrt() + eps),
        ),
        Mistake(
            "eps is missing",
            "Without it a constant channel divides by 0.",
            _by(lambda variance, eps: variance.sqrt()),
        ),
        Mistake(
            "it divides by the variance",
            "The standard deviation, its root, has the unit of the values.",
            _by(lambda variance, eps: variance + eps),
        ),
        Mistake(
            "weight and bias lie along the width",
            "They belong to the channels: give them the shape (c, 1, 1).",
            lambda x, weight, bias, eps: (
                standardized(x, SAMPLES_AND_PLACES, eps) * weight + bias
            ),
        ),
        Mistake(
            "mean and variance lie along the width",
            "They have one entry for each channel: keepdim=True keeps the axes that fit them to x.",
            lambda x, weight, bias, eps: (
                _along_the_width(x, eps) * per_channel(weight) + per_channel(bias)
            ),
        ),
        Mistake(
            "mean, variance, weight and bias all lie along the width",
            "A tensor with one axis is laid along the last one of x. These belong to the channels: "
            "keep the axes of the moments, and give the others the shape (c, 1, 1).",
            lambda x, weight, bias, eps: _along_the_width(x, eps) * weight + bias,
        ),
        Mistake(
            "the bias is scaled as well",
            "Scale first, then add the bias.",
            lambda x, weight, bias, eps: _trained(x, weight, weight * bias, eps),
        ),
        Mistake(
            "weight and bias are missing",
            "Each channel gets a scale and a shift that the network learns.",
            lambda x, weight, bias, eps: standardized(x, SAMPLES_AND_PLACES, eps),
        ),
    ),
    forbidden=LIBRARY,
    gradients=("x", "weight", "bias"),
)


# update_running


def _followed(
    running_mean: Tensor,
    running_var: Tensor,
    x: Tensor,
    momentum: float,
    correction: int = 1,
) -> tuple[Tensor, Tensor]:
    mean = x.mean(dim=SAMPLES_AND_PLACES)
    variance = x.var(dim=SAMPLES_AND_PLACES, correction=correction)
    return running_mean.lerp(mean, momentum), running_var.lerp(variance, momentum)


def _followed_by_sample(
    running_mean: Tensor, running_var: Tensor, x: Tensor, momentum: float
) -> tuple[Tensor, Tensor]:
    within = x.var(dim=(2, 3)).mean(dim=0)
    right, _ = _followed(running_mean, running_var, x, momentum)
    return right, running_var.lerp(within, momentum)


def _draw_update(draw: Draw) -> Case:
    layer = draw_layer(draw)
    averages = draw_averages(draw, len(layer["weight"]))
    return Case({**averages, "x": layer["x"], "momentum": draw.integer(1, 4) / 10})


update_running = Check(
    task="update_running",
    draw=_draw_update,
    reference=_followed,
    mistakes=(
        Mistake(
            "the running variance follows the biased one",
            "A batch's variance falls short of the data's: here, divide by n - 1.",
            lambda **arguments: _followed(**arguments, correction=0),
        ),
        Mistake(
            "momentum is the wrong way round",
            "In torch it is the share of the new batch; the old average keeps 1 - momentum.",
            lambda momentum, **rest: _followed(**rest, momentum=1 - momentum),
        ),
        Mistake(
            "momentum is the wrong way round, and the variance is the biased one",
            "It is the share of the new batch, whose variance here divides by n - 1.",
            lambda momentum, **rest: _followed(
                **rest, momentum=1 - momentum, correction=0
            ),
        ),
        Mistake(
            "the variance is averaged over the samples",
            "Samples differ from each other, and that counts: one variance over all values of a "
            "channel.",
            _followed_by_sample,
        ),
        Mistake(
            "the averages forget what came before",
            "Only a part of the old value is replaced by the batch's.",
            lambda momentum, **rest: _followed(**rest, momentum=1.0),
        ),
        Mistake(
            "the running variance follows the standard deviation",
            "It is the variance that is averaged; the root comes at evaluation.",
            lambda running_var, **rest: (
                _followed(running_var=running_var, **rest)[0],
                running_var.lerp(
                    rest["x"].std(dim=SAMPLES_AND_PLACES), rest["momentum"]
                ),
            ),
        ),
    ),
    forbidden=LIBRARY,
)


# batch_norm_eval

_evaluated = of_x(package.batch_norm)


def _draw_evaluation(draw: Draw) -> Case:
    layer = draw_layer(draw)
    x = layer.pop("x")
    return Case({"x": x, **draw_averages(draw, x.shape[1]), **layer})


batch_norm_eval = Check(
    task="batch_norm_eval",
    draw=_draw_evaluation,
    reference=_evaluated,
    mistakes=(
        Mistake(
            "it uses the batch's own statistics",
            "In evaluation an answer must not depend on its neighbours in the batch: use the "
            "running averages.",
            lambda running_mean, running_var, **rest: _trained(**rest),
        ),
        Mistake(
            "the running variance is corrected once more",
            "It was divided by n - 1 when it was averaged; use it as it is.",
            lambda x, running_var, **rest: _evaluated(
                x,
                running_var=running_var
                * (x.numel() / x.shape[1])
                / (x.numel() / x.shape[1] - 1),
                **rest,
            ),
        ),
        Mistake(
            "eps stands outside the root",
            "It is added to the variance, and then the root is taken.",
            lambda running_var, eps, **rest: _evaluated(
                running_var=(running_var.sqrt() + eps).square(), eps=0.0, **rest
            ),
        ),
        Mistake(
            "eps is missing",
            "It is part of the formula here too, or training and evaluation would differ.",
            lambda eps, **rest: _evaluated(eps=0.0, **rest),
        ),
        Mistake(
            "it divides by the running variance",
            "Divide by its root, the standard deviation.",
            lambda running_var, eps, **rest: _evaluated(
                running_var=(running_var + eps).square(), eps=0.0, **rest
            ),
        ),
        Mistake(
            "the averages and weights lie along the width",
            "They belong to the channels: give them the shape (c, 1, 1).",
            lambda x, **rest: _evaluated(x.transpose(1, 3), **rest).transpose(1, 3),
        ),
        Mistake(
            "the running mean is not removed",
            "Subtract it before dividing.",
            lambda running_mean, **rest: _evaluated(
                running_mean=0 * running_mean, **rest
            ),
        ),
    ),
    forbidden=LIBRARY,
)
