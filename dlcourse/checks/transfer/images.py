"""Images: checks of normalize_images and grey_weight, which fit images to learned weights."""

from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake

__all__ = ["grey_weight", "normalize_images"]


# normalize_images


def _normalized(x: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    return (x - mean[:, None, None]) / std[:, None, None]


def _by_own_values(x: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """Use the batch's own mean and spread, the latter as torch computes it unasked."""
    own = x.transpose(0, 1).flatten(1)
    return _normalized(x, own.mean(dim=1), own.std(dim=1))


def _draw_images(draw: Draw) -> Case:
    # as wide as they have channels: what lies along the wrong axis still fits, and can be named
    channels = draw.integer(3, 5)
    height = channels + draw.side(1)
    return Case(
        {
            "x": draw.tensor(draw.integer(2, 4), channels, height, channels),
            "mean": draw.tensor(channels),
            "std": draw.tensor(channels).square() + 0.5,
        }
    )


normalize_images = Check(
    task="normalize_images",
    draw=_draw_images,
    reference=_normalized,
    mistakes=(
        Mistake(
            "mean and std lie along the width",
            "They belong to the channels: give them the shape (c, 1, 1).",
            lambda x, mean, std: (x - mean) / std,
        ),
        Mistake(
            "the batch's own mean and std are used",
            "The layers expect what they were trained with: use the numbers given.",
            _by_own_values,
        ),
        Mistake(
            "the mean is subtracted after the division",
            "First subtract the mean, then divide what is left.",
            lambda x, mean, std: _normalized(x, mean * std, std),
        ),
        Mistake(
            "std is squared",
            "Divide by the standard deviation, not by the variance.",
            lambda x, mean, std: _normalized(x, mean, std.square()),
        ),
        Mistake(
            "it multiplies by std",
            "That widens what is wide already. Divide.",
            lambda x, mean, std: _normalized(x, mean, 1 / std),
        ),
        Mistake(
            "nothing is divided by std",
            "After the mean is gone, divide by the standard deviation of each channel.",
            lambda x, mean, std: x - mean[:, None, None],
        ),
        Mistake(
            "the mean is added",
            "The mean is to be removed: subtract it.",
            lambda x, mean, std: _normalized(x, -mean, std),
        ),
    ),
)


# grey_weight


BRIGHTNESS = (0.299, 0.587, 0.114)
"""How bright red, green and blue look, as television has it."""


def _summed(weight: Tensor) -> Tensor:
    return weight.sum(dim=1, keepdim=True)


def _as_brightness(weight: Tensor) -> Tensor:
    return (weight * weight.new_tensor(BRIGHTNESS)[:, None, None]).sum(1, keepdim=True)


def _draw_weight(draw: Draw) -> Case:
    # as many channels out as in: a sum over the wrong ones still fits, and can be named
    return Case({"weight": draw.tensor(3, 3, draw.side(1), draw.side(2))})


grey_weight = Check(
    task="grey_weight",
    draw=_draw_weight,
    reference=_summed,
    mistakes=(
        Mistake(
            "the channels are averaged",
            "Write down what a pixel (v, v, v) adds to the answer, and take v out.",
            lambda weight: weight.mean(dim=1, keepdim=True),
        ),
        Mistake(
            "one channel is kept and the others are lost",
            "All three see the same grey value, and all three weights act on it.",
            lambda weight: weight[:, :1],
        ),
        Mistake(
            "the channels are weighed like brightness",
            "That makes a colour image grey. Here the image is grey, and the weight has to follow.",
            _as_brightness,
        ),
        Mistake(
            "the sum runs over the channels out",
            "The axes of a weight are (out, in, height, width); the image's channels are axis 1.",
            lambda weight: weight.sum(dim=0)[:, None],
        ),
        Mistake(
            "the axis of the channel is gone",
            "A grey image has one channel, not none: keep the axis.",
            lambda weight: weight.sum(dim=1),
        ),
    ),
)
