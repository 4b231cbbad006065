"""VGG: the network that the paper paints with, as ImageNet left it or with random weights.

VGG-19 knows things and textures from a million photographs, and its weights fill half a gigabyte.
They are used if they are on this machine and fetched if one asks for it. Without them the same
layers can be drawn at random. Drawn plainly they see little but colour: a few channels shout and
drown the others. So every channel is brought to mean 0 and variance 1 on the pictures at hand,
layer after layer.

Axes:   b c h w, images with values in [0, 1]
Paper:  Simonyan & Zisserman 2015, "Very deep convolutional networks for large-scale image
        recognition"; Gatys, Ecker & Bethge 2016, "Image style transfer using convolutional neural
        networks"; Mishkin & Matas 2016, "All you need is a good init", for the variance
Torch:  torchvision.models.vgg19
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from dlcourse.axes import Images
from dlcourse.models.transfer import renamed
from dlcourse.models.vgg import DEPTHS, WIDTHS, convolutions

from .look import Features, Maps

__all__ = ["random_vgg", "vgg_activations", "vgg_pretrained"]

FILE = "vgg19-dcbb9e9d.pth"
"""The file under which torchvision keeps the weights."""

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of the colours of ImageNet, by which images are standardized."""


def vgg_activations(
    stages: nn.Sequential, images: Images, layers: Sequence[str]
) -> Maps:
    """Compute what the named layers of the stages give, and nothing beyond the last of them.

    Raises:
        KeyError: if there is no layer of that name.

    >>> stages = convolutions((1, 1), (4, 6))
    >>> maps = vgg_activations(stages, torch.zeros(1, 3, 8, 8), ["relu2_1"])
    >>> maps["relu2_1"].shape
    torch.Size([1, 6, 4, 4])
    """
    places = [name for name, _ in stages.named_children()]
    for name in layers:
        if name not in places:
            raise KeyError(
                f'no layer is called "{name}"; there are {", ".join(places)}'
            )
    mean, deviation = (
        images.new_tensor(values)[:, None, None] for values in (MEAN, DEVIATION)
    )
    x, found = (images - mean) / deviation, {}
    for name, layer in stages.named_children():
        x = layer(x)
        if name in layers:
            found[name] = x
        if len(found) == len(set(layers)):
            break
    return {name: found[name] for name in layers}


def _stages(depths: Sequence[int], widths: Sequence[int]) -> nn.Sequential:
    """Build the convolutions as the paper on style uses them: with means in place of maxima."""
    stages = convolutions(depths, widths)
    for name, layer in stages.named_children():
        if isinstance(layer, nn.MaxPool2d):
            setattr(stages, name, nn.AvgPool2d(2))
        if isinstance(layer, nn.ReLU):
            layer.inplace = False  # what a layer gave is kept
    return stages.eval().requires_grad_(False)


def vgg_pretrained(*, download: bool = False) -> Features:
    """Take VGG-19 with torchvision's ImageNet weights.

    Args:
        download: whether to fetch the weights, 548 MB, if they are not on this machine.

    Raises:
        FileNotFoundError: if they are not, or cannot be fetched.
    """
    path = Path(torch.hub.get_dir()) / "checkpoints" / FILE
    if download and not path.is_file():
        _fetch()
    if not path.is_file():
        raise FileNotFoundError(
            f"the weights of VGG-19 are not on this machine: no file {path}; "
            "vgg_pretrained(download=True) fetches them"
        )
    state = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    inner = {name: x for name, x in state.items() if name.startswith("features.")}
    stages = _stages(DEPTHS[19], WIDTHS)
    stages.load_state_dict(renamed(inner, stages))
    return partial(vgg_activations, stages)


def _fetch() -> None:
    """Let torchvision put its file where it looks for it."""
    from torchvision.models import VGG19_Weights

    try:
        VGG19_Weights.IMAGENET1K_V1.get_state_dict(progress=False, check_hash=True)
    except OSError as error:
        raise FileNotFoundError(
            "the weights of VGG-19 cannot be fetched: there is no way to download.pytorch.org"
        ) from error


@torch.no_grad()
def random_vgg(
    images: Sequence[Float[Tensor, "1 _c _h _w"]],
    generator: Generator,
    *,
    depths: Sequence[int] = DEPTHS[19][:3],
    widths: Sequence[int] = WIDTHS[:3],
    unit_variance: bool = True,
) -> Features:
    """Draw the convolutions by He's rule, then bring every channel to mean 0 and variance 1.

    Args:
        images: pictures on which mean and variance are measured, together.
        generator: source of the weights.
        depths: convolutions of each stage.
        widths: channels of each stage.
        unit_variance: whether to do the second; without it weights are as drawn.

    >>> two = [torch.rand(1, 3, 8, 8), torch.rand(1, 3, 6, 9)]
    >>> features = random_vgg(two, torch.Generator(), depths=(1,), widths=(4,))
    >>> bool((features(two[0], ["conv1_1"])["conv1_1"] ** 2).mean() < 2)
    True
    """
    stages = _stages(depths, widths)
    features = partial(vgg_activations, stages)
    for name, layer in stages.named_children():
        if not isinstance(layer, nn.Conv2d):
            continue
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
        nn.init.zeros_(layer.bias)
        if unit_variance:
            answers = [features(image, [name])[name] for image in images]
            all_places = torch.cat([x.transpose(0, 1).flatten(1) for x in answers], 1)
            spread, mean = torch.std_mean(all_places, dim=1)  # of each channel
            spread = spread.clamp(min=1e-6)  # a channel may be flat
            layer.weight /= spread[:, None, None, None]
            layer.bias -= mean / spread
    return features
