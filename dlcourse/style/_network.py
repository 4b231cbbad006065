"""Network: six convolutions that learned to tell the bundled photographs apart.

Pictures are looked at and painted here through what a trained network sees in them. The usual one,
VGG-19, has to be fetched and weighs half a gigabyte. This one is small enough to ship and learned
from photographs that are shipped as well (``_pretrain``); what it has seen of the world is thirteen
pictures, so it knows edges, colours and textures, and no things.

Axes:   b c h w, images with values in [0, 1]; h and w at least 4
Paper:  Simonyan & Zisserman 2015, "Very deep convolutional networks for large-scale image
        recognition", for the names of its layers; Ioffe & Szegedy 2015, "Batch normalization"
Torch:  torchvision.models.feature_extraction.create_feature_extractor for the activations
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images
from dlcourse.data.photos import PHOTOS
from dlcourse.training import load_shipped

__all__ = [
    "ACCURACY",
    "CHECKSUM",
    "WEIGHTS",
    "Network",
    "activations",
    "network_pretrained",
]

WEIGHTS = Path(__file__).with_name("_network.safetensors")
"""The file that is shipped."""

CHECKSUM = "794b974e55b0fbc886385dbc0ef76e24bcc2383b036ecffd10d4814f419ec630"
"""SHA-256 of the file, as the script printed it."""

ACCURACY = 0.7782
"""Share of test patches that it assigns to their photograph, as the script printed it."""


class Network(nn.Module):
    """Three stages of two convolutions, a mean over the picture and a linear layer.

    Its ``layers`` are ``conv1_1, norm1_1, relu1_1, conv1_2, ..., pool1, conv2_1, ..., relu3_2``.

    Args:
        num_classes: pictures to tell apart.
        widths: channels of the stages.

    >>> list(Network().layers)[:4]
    ['conv1_1', 'norm1_1', 'relu1_1', 'conv1_2']
    """

    slope = 4.0
    """What :meth:`scaled` multiplies by."""

    def __init__(
        self, num_classes: int = len(PHOTOS), widths: Sequence[int] = (32, 64, 128)
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleDict(OrderedDict(_layers(widths)))
        self.fc = nn.Linear(widths[-1], num_classes)

    def scaled(self, images: Images) -> Images:
        """Move values from [0, 1] to around 0, where the layers start better."""
        return self.slope * (images - 0.5)

    def forward(self, images: Images) -> Float[Tensor, "b k"]:
        """Give one logit a photograph."""
        x = self.scaled(images)
        for layer in self.layers.values():
            x = layer(x)
        return self.fc(x.mean(dim=(2, 3)))


def _layers(widths: Sequence[int]) -> Iterator[tuple[str, nn.Module]]:
    """Name and make the layers, a pooling before every stage but the first."""
    channels, kernel_size = (
        3,
        7,
    )  # the first kernels are large, so that they can be looked at
    for stage, width in enumerate(widths, 1):
        if stage > 1:
            yield f"pool{stage - 1}", nn.MaxPool2d(2)
        for place in (1, 2):
            name = f"{stage}_{place}"
            padding = kernel_size // 2
            # The normalization shifts, so the convolution has no bias.
            yield (
                f"conv{name}",
                nn.Conv2d(channels, width, kernel_size, 1, padding, bias=False),
            )
            yield f"norm{name}", nn.BatchNorm2d(width)
            yield f"relu{name}", nn.ReLU()
            channels, kernel_size = width, 3


def activations(
    model: Network, images: Images, layers: Sequence[str]
) -> dict[str, Float[Tensor, "_b _c _h _w"]]:
    """Compute what the named layers answer to the images, and nothing beyond the last of them.

    Raises:
        KeyError: if the model has no layer of that name; the message lists those it has.

    >>> maps = activations(Network(), torch.zeros(1, 3, 8, 8), ["relu2_1", "relu1_1"])
    >>> [(name, tuple(x.shape[1:])) for name, x in maps.items()]
    [('relu2_1', (64, 4, 4)), ('relu1_1', (32, 8, 8))]
    """
    _refuse_unknown(model, layers)
    found: dict[str, Tensor] = {}
    x = model.scaled(images)
    for name, layer in model.layers.items():
        if len(found) == len(set(layers)):
            break
        x = layer(x)
        if name in layers:
            found[name] = x
    return {name: found[name] for name in layers}


def _refuse_unknown(model: Network, layers: Sequence[str]) -> None:
    for name in layers:
        if name not in model.layers:
            raise KeyError(
                f'no layer is called "{name}"; there are {", ".join(model.layers)}'
            )


def network_pretrained() -> Network:
    """Build the network with the shipped weights, in evaluation mode.

    Raises:
        ValueError: if the file is not the one that was shipped.

    >>> network_pretrained().fc.out_features
    13
    """
    return load_shipped(Network(), WEIGHTS, CHECKSUM, "dlcourse.style._pretrain")
