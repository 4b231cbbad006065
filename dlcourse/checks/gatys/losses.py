"""Losses: checks of gram_matrix, content_loss and style_loss."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.style import gatys as reference

__all__ = ["content_loss", "gram_matrix", "style_loss"]


def _maps(draw: Draw, b: int, c: int, h: int, w: int) -> Tensor:
    """Draw what a ReLU leaves, but never a layer of zeros."""
    return draw.tensor(b, c, h, w).relu() + 0.1


# gram_matrix


def _gram(features: Tensor) -> Tensor:
    return reference.gram_matrix(features)


def _grams(divide: Callable[[Tensor], float]) -> Callable[[Tensor], Tensor]:
    """Divide by another number than c h w."""
    return lambda features: _gram(features) * features[0].numel() / divide(features)


def _over_places(features: Tensor) -> Tensor:
    rows = features.flatten(2)
    return rows.mT @ rows / features[0].numel()


def _over_batch(features: Tensor) -> Tensor:
    rows = features.transpose(0, 1).flatten(1)
    return (rows @ rows.T / features.numel()).expand(len(features), -1, -1).clone()


def _centred(features: Tensor) -> Tensor:
    return _gram(features - features.mean(dim=(2, 3), keepdim=True))


def _mixed_up(features: Tensor) -> Tensor:
    """Lay the channels into the rows by reshape alone, with the axes in a wrong order."""
    b, c, h, w = features.shape
    rows = features.permute(0, 2, 3, 1).reshape(b, c, h * w)
    return rows @ rows.mT / (c * h * w)


def _normalized(features: Tensor) -> Tensor:
    rows = torch.nn.functional.normalize(features.flatten(2), dim=2)
    return rows @ rows.mT


gram_matrix = Check(
    task="gram_matrix",
    draw=lambda draw: Case(
        {
            "features": _maps(
                draw, draw.integer(2, 3), draw.side(1), draw.side(1), draw.side(2)
            )
        }
    ),
    reference=_gram,
    mistakes=(
        Mistake(
            "the Gram matrix is not divided by the size",
            "A larger picture would have a larger matrix: divide by c, h and w.",
            _grams(lambda features: 1.0),
        ),
        Mistake(
            "the division leaves out the channels",
            "Divide by c h w, the number of entries of one image's maps.",
            _grams(lambda features: features[0, 0].numel()),
        ),
        Mistake(
            "the division leaves out the places",
            "Divide by c h w, the number of entries of one image's maps.",
            _grams(lambda features: features.shape[1]),
        ),
        Mistake(
            "the division counts the batch as well",
            "Each image has a matrix of its own: divide by c h w, not by b c h w.",
            _grams(lambda features: features.numel()),
        ),
        Mistake(
            "pixels are multiplied with pixels instead of channels with channels",
            "The matrix is c by c: the sum runs over the places.",
            _over_places,
        ),
        Mistake(
            "the images of the batch are pooled into one matrix",
            "Each image has a matrix of its own.",
            _over_batch,
        ),
        Mistake(
            "the means of the channels are subtracted",
            "That is a covariance. A Gram matrix multiplies the maps as they are.",
            _centred,
        ),
        Mistake(
            "channels and places are mixed up",
            "Put each channel into a row of its own: flatten the last two axes, permute nothing.",
            _mixed_up,
        ),
        Mistake(
            "each channel is brought to length one",
            "How strongly a channel answers belongs to the style: leave its length alone.",
            _normalized,
        ),
    ),
    gradients=("features",),
)


# content_loss


def _content(features: Tensor, target: Tensor) -> Tensor:
    """Average, and leave it to the caller to hold the target."""
    return (features - target).square().mean()


def _draw_content(draw: Draw) -> Case:
    shape = draw.integer(2, 3), draw.side(1), draw.side(1), draw.side(1)
    return Case({"features": _maps(draw, *shape), "target": _maps(draw, *shape)})


content_loss = Check(
    task="content_loss",
    draw=_draw_content,
    reference=_content,
    mistakes=(
        Mistake(
            "the squares are summed and not averaged",
            "The mean over all entries makes layers of any size comparable.",
            lambda features, target: (features - target).square().sum(),
        ),
        Mistake(
            "half the sum of the squares is taken",
            "That is how the paper and the notes write it; this task asks for the mean.",
            lambda features, target: 0.5 * (features - target).square().sum(),
        ),
        Mistake(
            "the mean is halved",
            "The mean of the squares, without a factor.",
            lambda features, target: 0.5 * _content(features, target),
        ),
        Mistake(
            "absolute differences are averaged",
            "Square the differences.",
            lambda features, target: (features - target).abs().mean(),
        ),
        Mistake(
            "the root is taken",
            "The mean of the squares itself; leave out the root.",
            lambda features, target: _content(features, target).sqrt(),
        ),
        Mistake(
            "the differences are averaged before they are squared",
            "Square each entry's difference first, or they cancel.",
            lambda features, target: (features - target).mean().square(),
        ),
        Mistake(
            "Gram matrices are compared instead of the maps",
            "Content is compared place by place; the matrices have forgotten the places.",
            lambda features, target: _content(_gram(features), _gram(target)),
        ),
        Mistake(
            "each image has its own loss",
            "One number for the whole batch: the mean runs over all four axes.",
            lambda features, target: (features - target).square().mean(dim=(1, 2, 3)),
        ),
    ),
    forbidden=("mse_loss",),
    gradients=("features",),
)


# style_loss


def _style(features: Tensor, style: Tensor) -> Tensor:
    """Compare, and leave it to the caller to hold the style."""
    apart = _gram(features) - _gram(style)
    return apart.square().sum(dim=(1, 2)).mean()


def _draw_style(draw: Draw) -> Case:
    """Draw maps of a picture, and of a style of another size."""
    b, c = draw.integer(2, 3), draw.side(2)
    h, w = draw.side(1), draw.side(1)
    return Case(
        {"features": _maps(draw, b, c, h, w), "style": _maps(draw, b, c, h + 2, w + 1)}
    )


def _styles(
    gram: Callable[[Tensor], Tensor],
) -> Callable[[Tensor, Tensor], Tensor]:
    """Compare other matrices than those of Gram."""
    return lambda features, style: (
        (gram(features) - gram(style)).square().sum(dim=(1, 2)).mean()
    )


def _sizes_of_the_picture(features: Tensor, style: Tensor) -> Tensor:
    scaled = _gram(style) * style[0].numel() / features[0].numel()
    return (_gram(features) - scaled).square().sum(dim=(1, 2)).mean()


def _means(features: Tensor) -> Tensor:
    return torch.diag_embed(features.mean(dim=(2, 3)))


style_loss = Check(
    task="style_loss",
    draw=_draw_style,
    reference=_style,
    mistakes=(
        Mistake(
            "the Gram matrices are not divided by the size",
            "The style may be larger than the picture: each matrix is divided by its own c h w.",
            _styles(lambda features: _gram(features) * features[0].numel()),
        ),
        Mistake(
            "the style's matrix is divided by the picture's size",
            "Each matrix is divided by the size of the maps it is made of.",
            _sizes_of_the_picture,
        ),
        Mistake(
            "the squares are averaged over the matrix",
            "Sum over its c by c entries, and average over the batch alone.",
            lambda features, style: _style(features, style) / features.shape[1] ** 2,
        ),
        Mistake(
            "the squares are summed over the batch as well",
            "Sum over the entries of each matrix, then average over the images.",
            lambda features, style: _style(features, style) * len(features),
        ),
        Mistake(
            "absolute differences are summed",
            "Square the differences.",
            lambda features, style: (
                (_gram(features) - _gram(style)).abs().sum(dim=(1, 2)).mean()
            ),
        ),
        Mistake(
            "only the diagonal is compared",
            "Which channels answer together stands beside the diagonal.",
            _styles(lambda x: torch.diag_embed(_gram(x).diagonal(dim1=1, dim2=2))),
        ),
        Mistake(
            "the means of the channels are compared",
            "Compare Gram matrices.",
            _styles(_means),
        ),
        Mistake(
            "the means of the channels are subtracted",
            "That compares covariances. A Gram matrix multiplies the maps as they are.",
            _styles(_centred),
        ),
    ),
    builds_on=(gram_matrix,),
    gradients=("features",),
)
