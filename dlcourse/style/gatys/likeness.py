"""Likeness: whether the things of a photograph can still be made out in a painting of it.

Colours may change and texture may come; what a person recognises things by is where their edges
are. So both pictures are made grey, their edges found, and the two drawings compared.

Axes:   c h w, images with values in [0, 1]
Paper:  Wang, Bovik, Sheikh & Simoncelli 2004, "Image quality assessment: from error visibility to
        structural similarity"
Torch:  none; scikit-image has structural_similarity and sobel
"""

import torch

from dlcourse.axes import Feature, Image

__all__ = ["edge_similarity"]


def edge_similarity(image: Image, photograph: Image) -> float:
    """Compare the edges of two pictures by their structural similarity.

    Edges are the lengths of Sobel's gradients of the luminance, after a blur of a pixel. Each
    drawing is brought to the same mean, since a bolder painting shows no other place.

    Returns:
        1 for the same edges; about 0 for those of an unrelated picture.

    Raises:
        ValueError: if the pictures differ in size, are not in colour, or have no edge at all.

    >>> picture = torch.rand(3, 16, 16, generator=torch.Generator())
    >>> edge_similarity(picture, picture)
    1.0
    """
    if image.shape != photograph.shape or len(image) != 3:
        raise ValueError(
            f"two colour pictures of one size are compared, not {tuple(image.shape)} and "
            f"{tuple(photograph.shape)}"
        )
    from skimage.metrics import structural_similarity

    ours, theirs = _edges(image), _edges(photograph)
    bound = float(max(ours.max(), theirs.max()))
    return float(structural_similarity(ours.numpy(), theirs.numpy(), data_range=bound))


def _edges(image: Image) -> Feature:
    """Draw the edges of the luminance, with a mean of 1."""
    from skimage.filters import gaussian, sobel

    weights = image.new_tensor(
        [0.299, 0.587, 0.114]
    )  # of the eye, for red, green and blue
    luminance = torch.tensordot(weights, image.detach(), dims=1).double()
    edges = torch.from_numpy(sobel(gaussian(luminance.numpy(), sigma=1.0)))
    if edges.max() < 1e-9:
        raise ValueError("a picture has no edge: it is one flat colour")
    return edges / edges.mean()
