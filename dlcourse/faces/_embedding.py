"""Embedding: a small network that turns a face of 32 pixels into a short list of numbers.

Faces are compared by the distance of these numbers, so losses can only be compared if one network
learned with each of them. It ends with 4 x 4 places and not with their mean, since on a face that
is centred the place of an edge says what it belongs to.

Axes:   b pictures of three channels, d entries of an embedding
Paper:  Schroff, Kalenichenko & Philbin 2015, "FaceNet: a unified embedding for face recognition and
        clustering", whose networks are far larger
Torch:  none
"""

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import normalize

from dlcourse.axes import Images
from dlcourse.models._convolution import conv_norm_activation

__all__ = ["Embedding"]


class Embedding(nn.Module):
    """Three convolutions, of which two halve the picture, means over 4 x 4 places, a linear layer.

    Args:
        d: entries of an embedding.
        width: channels after the first convolution; each later one doubles them.
        normalize: whether an embedding is divided by its length, so that all lie on a sphere.

    Raises:
        ValueError: if ``d`` or ``width`` is below 1.

    >>> tuple(Embedding(d=8)(torch.zeros(2, 3, 32, 32)).shape)
    (2, 8)
    """

    def __init__(self, d: int = 32, width: int = 16, *, normalize: bool = True) -> None:
        super().__init__()
        if d < 1 or width < 1:
            raise ValueError(f"d ({d}) and width ({width}) must be at least 1")
        self.normalize = normalize
        self.features = nn.Sequential(
            conv_norm_activation(3, width, 5, stride=2),
            conv_norm_activation(width, 2 * width, stride=2),
            conv_norm_activation(2 * width, 4 * width),
            nn.AdaptiveAvgPool2d(4),  # from 8 x 8, if the face has 32 pixels a side
            nn.Flatten(),
        )
        self.fc = nn.Linear(4 * width * 4 * 4, d)

    def forward(self, images: Images) -> Float[Tensor, "b d"]:
        """Embed each picture; pictures have values in [0, 1]."""
        # The layers start better with values around 0.
        x = self.fc(self.features(4 * (images - 0.5)))
        return normalize(x, dim=1) if self.normalize else x
