"""Axes: one letter for one meaning, and the tensor types that several modules share.

A shape is written as the letters of its axes, in order: ``"b c h w"`` is a batch of images.
The letters mean the same in every module, chapter and exercise:

===========  ===============================================  ====
letter       meaning                                          unit
===========  ===============================================  ====
``b``        samples of the batch
``c``        channels of a feature map
``i`` ``o``  channels that enter and leave a layer
``g``        groups the channels are divided into
``h w``      height and width of the input                    pixels
``oh ow``    height and width of the output                   pixels
``kh kw``    height and width of the kernel                   pixels
``n m``      boxes
``k``        classes
``d``        entries of an embedding
===========  ===============================================  ====

Types:  jaxtyping, https://docs.kidger.site/jaxtyping; checked by beartype when the tests run
"""

from jaxtyping import Float
from torch import Tensor

__all__ = ["Feature", "Image", "Images"]

Feature = Float[Tensor, "h w"]
"""One channel."""

Image = Float[Tensor, "c h w"]
"""One picture, channels first, usually with values in [0, 1]."""

Images = Float[Tensor, "b c h w"]
"""A batch of pictures or feature maps."""
