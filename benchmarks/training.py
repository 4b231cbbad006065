"""Training: a whole step with our convolution and batch normalization against torch.nn's.

Everything else in the network is torch's on both sides. Both gradients are compared in double
precision first: in single precision a ReLU that flips makes them differ by more than rounding.

Run it with ``python -m benchmarks training``.
"""

import copy
from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.family import Case, Pair, compared, run
from benchmarks.place import Place
from benchmarks.result import Result
from dlcourse.models.alexnet import alexnet
from dlcourse.models.lenet import LeNet5
from dlcourse.models.resnet import resnet18
from dlcourse.models.vgg import vgg11
from dlcourse.nn.convolution import Conv2d
from dlcourse.nn.normalization import BatchNorm2d

BAR, CLASSES = 1.2, 10
NETWORKS: dict[str, tuple[Callable[..., nn.Module], tuple[int, ...]]] = {
    "ResNet-18, 8 of 112 px": (resnet18, (8, 3, 112, 112)),
    "VGG-11, 4 of 112 px": (vgg11, (4, 3, 112, 112)),
    "AlexNet, 16 of 224 px": (alexnet, (16, 3, 224, 224)),
    "LeNet-5, 64 of 32 px": (LeNet5, (64, 1, 32, 32)),
}


def _ours(layer: nn.Module) -> nn.Module:
    """Make the layer of this package that stands for one of torch's."""
    if isinstance(layer, nn.Conv2d):
        return Conv2d(
            layer.in_channels,
            layer.out_channels,
            layer.kernel_size,
            layer.stride,
            layer.padding,
            layer.dilation,
            layer.groups,
            bias=layer.bias is not None,
        )
    return BatchNorm2d(layer.num_features, eps=layer.eps, momentum=layer.momentum)


def by_hand(model: nn.Module) -> nn.Module:
    """Copy a network, its convolutions and batch normalizations replaced by ours."""
    model = copy.deepcopy(model)
    for parent in list(model.modules()):
        for name, layer in list(parent.named_children()):
            if isinstance(layer, nn.Conv2d | nn.BatchNorm2d):
                new = _ours(layer).to(next(layer.parameters()))
                new.load_state_dict(layer.state_dict())
                setattr(parent, name, new)
    return model


def _step(model: nn.Module, x: Tensor, labels: Tensor) -> Callable[[], list[Tensor]]:
    """Make a call that gives the gradients of the loss."""
    parameters = list(model.parameters())

    def gradients() -> list[Tensor]:
        loss = F.cross_entropy(model(x), labels)
        return list(torch.autograd.grad(loss, parameters))

    return gradients


def _agree(theirs: nn.Module, x: Tensor, labels: Tensor) -> None:
    """See that both have one gradient, on two small images in double precision."""
    theirs, x = copy.deepcopy(theirs).double(), x[:2].double()
    ours = by_hand(theirs)
    pairs = zip(*(_step(m, x, labels[:2])() for m in (ours, theirs)), strict=True)
    for mine, other in pairs:
        torch.testing.assert_close(mine, other, rtol=1e-6, atol=1e-10)


def _pair(name: str, place: Place) -> Pair:
    """Make a step of both networks."""
    build, shape = NETWORKS[name]
    theirs = build(num_classes=CLASSES).to(place.device)
    for layer in theirs.modules():
        if isinstance(layer, nn.Dropout):  # draws differ from call to call
            layer.p = 0.0
    x = place.draw(*shape)
    labels = torch.arange(shape[0], device=place.device) % CLASSES
    _agree(theirs, x, labels)
    theirs = place.settle(theirs)
    return _step(by_hand(theirs), x, labels), _step(theirs, x, labels)


def measure(place: Place) -> Iterator[Result]:
    """Compare a step of each network."""
    cases = [
        Case(name, BAR, lambda place, n=name: _pair(n, place)) for name in NETWORKS
    ]
    yield from compared("training step", "torch.nn", cases, place)


if __name__ == "__main__":
    run("training", measure)
