"""Losses: how far a picture is from another one's content, and from another one's style.

Content is what the maps of a layer say at each place. Style is what they say on the whole: which
channels answer together, wherever that may be. A Gram matrix counts this and forgets the places.

Axes:   b images, c channels of a layer (a row and a column of the Gram matrix for each), h w places
Paper:  Gatys, Ecker & Bethge 2016, "Image style transfer using convolutional neural networks";
        Johnson, Alahi & Fei-Fei 2016, "Perceptual losses for real-time style transfer and
        super-resolution", for the division by c, h and w
Torch:  torch.nn.functional.mse_loss for the content; none for the style
"""

from collections.abc import Mapping

from jaxtyping import Float
from torch import Tensor

from dlcourse.axes import Images

__all__ = [
    "Gram",
    "content_loss",
    "gram_matrix",
    "relative_weights",
    "style_loss",
    "total_variation",
]

Gram = Float[Tensor, "b c c"]
Loss = Float[Tensor, ""]
Maps = Mapping[str, Float[Tensor, "_b _c _h _w"]]
"""By layer; each has channels and a size of its own."""

Grams = Mapping[str, Float[Tensor, "_b _c _c"]]


def gram_matrix(features: Images) -> Gram:
    r"""Multiply each channel with each, summed over the places, and divide by c h w.

    :math:`G_{ij} = \frac{1}{chw} \sum_{yx} F_{iyx} F_{jyx}`. The division makes matrices of maps
    of any size comparable: a picture laid twice side by side keeps its matrix.

    Raises:
        ValueError: if the maps have no entries.

    >>> gram_matrix(torch.tensor([[[[1.0, 3.0]], [[2.0, 0.0]]]])).tolist()  # 10, 2, 4 over 4
    [[[2.5, 0.5], [0.5, 1.0]]]
    """
    if features.numel() == 0:
        raise ValueError(
            f"features have no entries: their shape is {tuple(features.shape)}"
        )
    rows = features.flatten(2)  # b c hw
    return rows @ rows.mT / rows[0].numel()


def content_loss(features: Images, target: Images) -> Loss:
    """Average the squared differences to the target, which stays as it is.

    Args:
        features: of the picture that is painted.
        target: of the content; no gradient flows into it.

    Raises:
        ValueError: if the shapes differ.

    >>> seen, wanted = torch.tensor([1.0, 3.0]), torch.tensor([1.0, 1.0])
    >>> content_loss(seen.view(1, 1, 1, 2), wanted.view(1, 1, 1, 2)).item()  # (0 + 4) / 2
    2.0
    """
    if features.shape != target.shape:
        raise ValueError(
            f"features have shape {tuple(features.shape)} and the content's have "
            f"{tuple(target.shape)}: content is compared place by place"
        )
    return (features - target.detach()).square().mean()


def style_loss(
    features: Maps,
    targets: Grams,
    weights: Mapping[str, float] | None = None,
) -> Loss:
    """Sum the squared differences of the Gram matrices, layer by layer, each with its weight.

    Args:
        features: of the picture that is painted, by layer; those of other layers are passed over.
        targets: Gram matrices of the style, by layer; no gradient flows into them.
        weights: of the layers; without them each of L layers has 1/L.

    Returns:
        The mean over the batch.

    Raises:
        ValueError: if a layer has no features or no weight, or if two matrices differ in size.

    >>> seen = {"one": torch.tensor([[[[1.0, 3.0]]]])}  # its Gram matrix is 5
    >>> style_loss(seen, {"one": torch.tensor([[[3.0]]])}).item()
    4.0
    """
    if not targets:
        raise ValueError("targets are empty: a style has at least one layer")
    if weights is None:
        weights = dict.fromkeys(targets, 1 / len(targets))
    for what, given in {"features": features, "weights": weights}.items():
        missing = [name for name in targets if name not in given]
        if missing:
            raise ValueError(f"{what} lack the layer {missing[0]!r} of the targets")
    return sum(
        weights[name] * _apart(features[name], target, name)
        for name, target in targets.items()
    )


def _apart(features: Images, target: Float[Tensor, "_b _c _c"], name: str) -> Loss:
    """Sum the squared differences between the Gram matrix of the features and the target."""
    if features.shape[1] != target.shape[-1]:
        raise ValueError(
            f"layer {name!r} has {features.shape[1]} channels, its target "
            f"{target.shape[-1]}"
        )
    difference = gram_matrix(features) - target.detach()
    return difference.square().sum(dim=(1, 2)).mean()


def relative_weights(targets: Grams) -> dict[str, float]:
    """Weigh each layer by one over the squares of its target, so that all L count alike.

    The loss then is the mean over the layers of |G - A|² / |A|²: 1 for a picture that no filter
    answers to, whatever the scale of a layer.

    Raises:
        ValueError: if a target is zero throughout.

    >>> relative_weights({"one": torch.tensor([[[2.0]]]), "two": torch.tensor([[[1.0]]])})
    {'one': 0.125, 'two': 0.5}
    """
    sizes = {
        name: target.square().sum(dim=(1, 2)).mean().item()
        for name, target in targets.items()
    }
    for name, size in sizes.items():
        if size == 0:
            raise ValueError(
                f"the target of layer {name!r} is zero: nothing to compare with"
            )
    return {name: 1 / (len(sizes) * size) for name, size in sizes.items()}


def total_variation(images: Images) -> Loss:
    """Sum the absolute differences of pixels side by side, and divide by the number of values.

    Raises:
        ValueError: if there are no pixels.

    >>> total_variation(torch.tensor([[[[0.0, 1.0], [0.0, 3.0]]]])).item()  # (1 + 3 + 0 + 2) / 4
    1.5
    """
    if images.numel() == 0:
        raise ValueError(f"images have no pixels: their shape is {tuple(images.shape)}")
    right, down = images.diff(dim=3), images.diff(dim=2)
    return (right.abs().sum() + down.abs().sum()) / images.numel()
