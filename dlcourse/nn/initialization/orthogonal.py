"""Orthogonal: a first weight that turns its input and stretches nothing.

Independent random numbers keep the size of a signal on average, yet stretch some directions and
crush others, and a product of many layers does so ever more. The rows of an orthogonal matrix are
perpendicular and of length 1, so all directions keep their length, through any number of layers.

Axes:   o units or channels out, i in; the kernel's sides count as inputs
Paper:  Saxe, McClelland & Ganguli 2014, "Exact solutions to the nonlinear dynamics of learning in
        deep linear neural networks"; Mezzadri 2007, "How to generate random matrices from the
        classical compact groups"
Torch:  torch.nn.init.orthogonal_
"""

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from .fans import refuse_vector

__all__ = ["orthogonal_"]


@torch.no_grad()
def orthogonal_(
    tensor: Float[Tensor, "o i *kernel"],
    gain: float = 1.0,
    generator: Generator | None = None,
) -> Float[Tensor, "o i *kernel"]:
    """Fill with ``gain`` times a random matrix whose rows, or columns if fewer, are orthonormal.

    Draw normal numbers, take Q of their QR decomposition, and give each column of Q the sign of R's
    diagonal entry. All axes after the first count as one.

    Raises:
        ValueError: if the tensor has fewer than two axes.

    >>> weight = orthogonal_(torch.empty(2, 3))
    >>> torch.allclose(weight @ weight.T, torch.eye(2), atol=1e-6)
    True
    """
    refuse_vector(tensor)
    if tensor.numel() == 0:
        return tensor
    rows = torch.empty_like(tensor).flatten(start_dim=1)
    noise = rows.normal_(generator=generator)
    # QR makes columns orthonormal, which a wide matrix has too many of.
    wide = noise.shape[0] < noise.shape[1]
    q, r = torch.linalg.qr(noise.T if wide else noise)
    # Its signs follow a rule of the routine; with those of R, no matrix is preferred.
    q = q * r.diagonal().sign()
    return tensor.copy_(gain * (q.T if wide else q).reshape(tensor.shape))
