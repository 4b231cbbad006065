"""Networks: inference of the classic networks against torchvision's, with the same weights.

Run it with ``python -m benchmarks.networks``, or name some of them.
"""

import sys
from collections.abc import Callable

import torch
from torch import nn
from torchvision import models

from benchmarks.rounds import Ratio, compare
from dlcourse.models.alexnet import alexnet
from dlcourse.models.densenet import densenet121
from dlcourse.models.efficientnet import efficientnet_b0
from dlcourse.models.inception import googlenet, inception_v3
from dlcourse.models.mobilenet import mobilenet_v2
from dlcourse.models.resnet import resnet18, resnet50, resnext50_32x4d
from dlcourse.models.transfer import renamed
from dlcourse.models.vgg import vgg11, vgg16_bn
from dlcourse.training import generator

BATCH, ROUNDS = 8, 9
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


def measure(name: str) -> Ratio:
    """Compare one network, once both say the same."""
    build, side = OURS[name]
    options = {"init_weights": False} if name in WITH_AUXILIARY else {}
    theirs = getattr(models, name)(weights=None, **options).eval()
    ours = build().eval()
    ours.load_state_dict(renamed(theirs.state_dict(), ours))
    x = torch.randn(BATCH, 3, side, side, generator=generator(0))
    with torch.no_grad():
        expected = theirs(x)
        bound = 1e-4 * expected.abs().max().item()
        torch.testing.assert_close(ours(x), expected, rtol=1e-4, atol=bound)
        return compare(lambda: ours(x), lambda: theirs(x), ROUNDS)


def main(*names: str) -> None:
    """Print a table of ratios."""
    print(
        f"torch {torch.__version__}, {torch.get_num_threads()} threads, batches of {BATCH}; "
        "ours over torchvision's in time, median [quartiles], torchvision's time"
    )
    for name in names or OURS:
        print(f"{name:18}{measure(name)}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
