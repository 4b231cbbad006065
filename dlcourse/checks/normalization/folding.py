"""Folding: the check of fold_batch_norm."""

from collections.abc import Callable

from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake

from .layers import draw_averages

__all__ = ["fold_batch_norm"]


def _folded(
    conv_weight: Tensor,
    conv_bias: Tensor,
    running_mean: Tensor,
    running_var: Tensor,
    weight: Tensor,
    bias: Tensor,
    eps: float,
) -> tuple[Tensor, Tensor]:
    scale = weight / (running_var + eps).sqrt()
    shift = bias - running_mean * scale
    return conv_weight * scale[:, None, None, None], conv_bias * scale + shift


def _with_bias(
    wrong_bias: Callable[..., Tensor],
) -> Callable[..., tuple[Tensor, Tensor]]:
    """Complete a wrong bias with the right weight."""
    return lambda **arguments: (_folded(**arguments)[0], wrong_bias(**arguments))


def _wrong_mean(
    mean_of: Callable[[Tensor], Tensor],
) -> Callable[..., tuple[Tensor, Tensor]]:
    """Take another running mean than the one given."""
    return _with_bias(
        lambda running_mean, **rest: _folded(
            running_mean=mean_of(running_mean), **rest
        )[1]
    )


def _draw_folding(draw: Draw) -> Case:
    # as many channels in as out: a scale along the wrong axis still fits, and can be named
    channels = draw.integer(3, 8 if draw.hard else 5)
    return Case(
        {
            "conv_weight": draw.tensor(channels, channels, 3, draw.integer(1, 2)),
            "conv_bias": draw.tensor(channels),
            **draw_averages(draw, channels),
            "weight": draw.tensor(channels),
            "bias": draw.tensor(channels),
            "eps": 10.0 ** -draw.integer(1, 4),
        }
    )


fold_batch_norm = Check(
    task="fold_batch_norm",
    draw=_draw_folding,
    reference=_folded,
    mistakes=(
        Mistake(
            "the folded bias forgets the mean",
            "The normalization subtracts the running mean; the new bias has to do it now.",
            _wrong_mean(lambda mean: 0 * mean),
        ),
        Mistake(
            "the folded bias adds the mean",
            "The normalization subtracts it.",
            _wrong_mean(lambda mean: -mean),
        ),
        Mistake(
            "the mean is not scaled in the folded bias",
            "The mean is removed first and the difference is scaled.",
            _with_bias(
                lambda conv_bias, running_mean, **rest: (
                    _folded(conv_bias=conv_bias, running_mean=0 * running_mean, **rest)[
                        1
                    ]
                    - running_mean
                )
            ),
        ),
        Mistake(
            "the convolution's bias is not scaled",
            "It goes through the normalization like the sum it is added to.",
            _with_bias(
                lambda conv_bias, **rest: (
                    _folded(conv_bias=0 * conv_bias, **rest)[1] + conv_bias
                )
            ),
        ),
        Mistake(
            "the convolution's bias is lost",
            "It is still part of what is normalized.",
            _with_bias(
                lambda conv_bias, **rest: _folded(conv_bias=0 * conv_bias, **rest)[1]
            ),
        ),
        Mistake(
            "the weight is scaled along the channels in",
            "The scale belongs to the output channel, the first axis of the weight.",
            lambda conv_weight, **rest: (
                _folded(conv_weight=conv_weight.transpose(0, 1), **rest)[0].transpose(
                    0, 1
                ),
                _folded(conv_weight=conv_weight, **rest)[1],
            ),
        ),
        Mistake(
            "eps is missing",
            "It is part of the scale, or the folded layer differs from the two.",
            lambda eps, **rest: _folded(eps=0.0, **rest),
        ),
        Mistake(
            "eps stands outside the root",
            "It is added to the variance, and then the root is taken.",
            lambda running_var, eps, **rest: _folded(
                running_var=(running_var.sqrt() + eps).square(), eps=0.0, **rest
            ),
        ),
        Mistake(
            "it divides by the running variance",
            "Divide by its root, the standard deviation.",
            lambda running_var, eps, **rest: _folded(
                running_var=(running_var + eps).square(), eps=0.0, **rest
            ),
        ),
    ),
)
