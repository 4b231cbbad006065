"""Networks: inference of the classic networks against torchvision's, with the same weights.

Run it with ``python -m benchmarks networks``.
"""

from collections.abc import Callable, Iterator

import torch
from torch import nn
from torchvision import models

from benchmarks.family import Case, Pair, compared, run
from benchmarks.inputs import forward
from benchmarks.place import Place
from benchmarks.result import Result
from dlcourse.models.alexnet import alexnet
from dlcourse.models.densenet import densenet121
from dlcourse.models.efficientnet import efficientnet_b0
from dlcourse.models.inception import googlenet, inception_v3
from dlcourse.models.mobilenet import mobilenet_v2
from dlcourse.models.resnet import resnet18, resnet50, resnext50_32x4d
from dlcourse.models.transfer import renamed
from dlcourse.models.vgg import vgg11, vgg16_bn

BATCH, BAR = 8, 1.05
OURS: dict[str, tuple[Callable[..., nn.Module], int]] = {
    "alexnet": (alexnet, 224),
    "vgg11": (vgg11, 224),
    "vgg16_bn": (vgg16_bn, 224),
    "googlenet": (googlenet, 224),
    "inception_v3": (inception_v3, 299),
    "resnet18": (resnet18, 224),
    "resnet50": (resnet50, 224),
    "resnext50_32x4d": (resnext50_32x4d, 224),
    "densenet121": (densenet121, 224),
    "mobilenet_v2": (mobilenet_v2, 224),
    "efficientnet_b0": (efficientnet_b0, 224),
}
WITH_AUXILIARY = {"googlenet", "inception_v3"}


def _pair(name: str, place: Place) -> Pair:
    """Make both networks, with one set of weights."""
    build, side = OURS[name]
    options = {"init_weights": False} if name in WITH_AUXILIARY else {}
    theirs = getattr(models, name)(weights=None, **options).eval()
    ours = build().eval()
    ours.load_state_dict(renamed(theirs.state_dict(), ours))
    ours, theirs = place.settle(ours), place.settle(theirs)
    return forward(ours, theirs, place.draw(BATCH, 3, side, side), place)


@torch.no_grad()
def measure(place: Place) -> Iterator[Result]:
    """Compare every network."""
    cases = [Case(name, BAR, lambda place, n=name: _pair(n, place)) for name in OURS]
    yield from compared("inference, batch of 8", "torchvision.models", cases, place)


if __name__ == "__main__":
    run("networks", measure, threads=None)
