"""Backbone: the small network on which every detector of this part stands.

Detectors can be compared only if they see the same features. This is a residual network of half a
million parameters, which first learned to name single things (``_pretrain``), as the detectors of
the papers start from a network that knows ImageNet. What trains a whole detector stands in
``_fit``, and how its weights are kept in ``_weights``.

Axes:   b images of three channels; maps of strides 8, 16 and 32
Paper:  He, Zhang, Ren & Sun 2016, "Deep residual learning for image recognition"
Torch:  torchvision.models.detection.backbone_utils.resnet_fpn_backbone, without its pyramid
"""

from pathlib import Path

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images
from dlcourse.models._convolution import conv_norm_activation
from dlcourse.models.resnet import BasicBlock
from dlcourse.training import load_shipped

__all__ = ["CHECKSUM", "WEIGHTS", "Backbone", "backbone_pretrained"]

WEIGHTS = Path(__file__).with_name("_backbone.safetensors")
"""The file that is shipped."""

CHECKSUM = "d2c192d2eacd30360bf104861ab577e5244a0121f68115604c3eff6426b873ee"
"""SHA-256 of the file, as the script printed it."""


class Backbone(nn.Module):
    """Halve the picture five times; give the maps after the third, fourth and fifth.

    Args:
        width: channels after the first convolution.

    >>> [tuple(c.shape[1:]) for c in Backbone()(torch.zeros(1, 3, 96, 96))]
    [(48, 12, 12), (96, 6, 6), (96, 3, 3)]
    """

    strides = (8, 16, 32)

    def __init__(self, width: int = 12) -> None:
        super().__init__()
        self.channels = (4 * width, 8 * width, 8 * width)
        self.stem = conv_norm_activation(3, width, stride=2)
        self.stage1 = _stage(width, 2 * width)
        self.stage2 = _stage(2 * width, 4 * width)
        self.stage3 = _stage(4 * width, 8 * width)
        self.stage4 = _stage(8 * width, 8 * width)

    def forward(
        self, images: Images
    ) -> tuple[
        Float[Tensor, "b c3 h3 w3"],
        Float[Tensor, "b c4 h4 w4"],
        Float[Tensor, "b c5 h5 w5"],
    ]:
        """Compute the three maps, the finest first."""
        # Pictures lie in [0, 1]; the layers start better around 0.
        x = self.stage1(self.stem(4 * (images - 0.5)))
        c3 = self.stage2(x)
        c4 = self.stage3(c3)
        return c3, c4, self.stage4(c4)


def _stage(in_channels: int, channels: int) -> nn.Sequential:
    """Halve by one convolution, then add one residual block."""
    return nn.Sequential(
        conv_norm_activation(in_channels, channels, stride=2),
        BasicBlock(channels, channels),
    )


def backbone_pretrained() -> Backbone:
    """Build the backbone with the shipped weights.

    Raises:
        ValueError: if the file is not the one that was shipped.

    >>> backbone_pretrained().channels
    (48, 96, 96)
    """
    return load_shipped(Backbone(), WEIGHTS, CHECKSUM, "dlcourse.detection._pretrain")
