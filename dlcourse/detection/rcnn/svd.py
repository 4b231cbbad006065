"""Singular values: a fully connected layer as two thin ones.

Where an image has hundreds of regions, the fully connected layers, which run once for each, cost
more than the convolutions, which run once. The largest singular values of a trained layer hold most
of what it does; with only those, one large product becomes two small ones.

Axes:   i numbers that enter, o that leave
Paper:  Girshick 2015, "Fast R-CNN", section 3.1
Torch:  torch.linalg.svd
"""

import torch
from torch import nn

__all__ = ["thin_heads", "truncated_svd"]


@torch.no_grad()
def truncated_svd(layer: nn.Linear, rank: int) -> nn.Sequential:
    """Replace ``W`` by the nearest matrix of a rank, written as two layers.

    ``W = U S V'``; the first layer is the first ``rank`` rows of ``S V'``, the second the first
    columns of ``U``, with the bias. ``i o`` weights become ``rank (i + o)``.

    Args:
        layer: stays as it is.
        rank: singular values that are kept.

    Raises:
        ValueError: if the layer has not so many.

    >>> layer = nn.Linear(3, 2)
    >>> layer.weight.data = torch.tensor([[4.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    >>> first, second = truncated_svd(layer, 1)
    >>> (second.weight @ first.weight).abs().tolist()
    [[4.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    most = min(layer.in_features, layer.out_features)
    if not 1 <= rank <= most:
        raise ValueError(f"rank ({rank}) must lie from 1 to {most}, the smaller side")
    u, s, v = torch.linalg.svd(layer.weight, full_matrices=False)
    first = nn.Linear(layer.in_features, rank, bias=False).to(layer.weight)
    second = nn.Linear(rank, layer.out_features, layer.bias is not None).to(u)
    first.weight.copy_(s[:rank, None] * v[:rank])
    second.weight.copy_(u[:, :rank])
    if layer.bias is not None:
        second.bias.copy_(layer.bias)
    return nn.Sequential(first, second)


def thin_heads(head: nn.Module, rank: int) -> nn.Module:
    """Replace both layers of a :class:`.TwoMLPHead`, each by two of at most the rank.

    Args:
        head: changed in place.
        rank: of both; a layer with fewer singular values stays as it is.

    Returns:
        The same head.
    """
    for name in ("fc6", "fc7"):
        layer = getattr(head, name)
        if rank < min(layer.in_features, layer.out_features):
            setattr(head, name, truncated_svd(layer, rank))
    return head
