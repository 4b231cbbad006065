"""Pretrain: learn the weights that are shipped, from the pretrained backbone to the files.

Run it by ``python -m dlcourse.detection.rcnn.pretrain``, or with the names of some detectors; it
needs some minutes a detector and seed on one core, prints its log, and tells for each the mean
average precision of its seeds and the checksum that :mod:`.shipped` keeps. The files hold the first
seed's weights.

Torch:  none
"""

import sys
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from dlcourse.data.scenes import Scenes, scenes
from dlcourse.detection._backbone import backbone_pretrained
from dlcourse.detection.precision import mean_average_precision
from dlcourse.training import fixed_seed, generator, save_shipped

from .selective import selective_search
from .shipped import fast_small, faster_small, rcnn_small, spp_small, weights
from .training import train_fast, train_in_turns, train_jointly

__all__ = ["SEEDS", "WAYS", "judged", "main", "test_scenes"]

SEEDS = (0, 1, 2)
EPOCHS = 6
COUNT = 1000
FEW = 200
"""Scenes from which R-CNN and SPP-Net learn; their features fill the memory."""

Proposals = Sequence[Tensor]


def test_scenes() -> Scenes:
    """Draw the scenes on which every detector is judged."""
    return scenes(200, split="test", seed=1)


@torch.no_grad()
def judged(model: nn.Module, data: Scenes, proposals: Proposals | None = None) -> float:
    """Measure the mean average precision at an IoU of 0.5."""
    found = []
    for places in torch.arange(len(data)).split(50):
        own = None if proposals is None else [proposals[i] for i in places.tolist()]
        more = {} if own is None else {"proposals": own}
        found += model(data.images[places], **more)
    return mean_average_precision(found, data.targets)


def slow(build: Callable[[nn.Module], nn.Module]) -> Callable[..., nn.Module]:
    """Make the training of a detector that has judges."""

    def trained(data: Scenes, proposals: Proposals, seed: int) -> nn.Module:
        model = build(backbone_pretrained())
        some = data.images[:FEW], data.targets[:FEW], proposals[:FEW]
        machines = model.fit(*some, generator(seed))
        print("negatives", *(machine.kept for machine in machines))
        return model

    return trained


def fast(data: Scenes, proposals: Proposals, seed: int) -> nn.Module:
    """Train Fast R-CNN."""
    with fixed_seed(seed):
        model = fast_small(backbone_pretrained())
    lessons = data.images, data.targets, proposals
    _tell(train_fast(model, *lessons, EPOCHS, generator(seed)))
    return model


def faster(data: Scenes, _: Proposals, seed: int) -> nn.Module:
    """Train Faster R-CNN on all losses at once."""
    with fixed_seed(seed):
        model = faster_small(backbone_pretrained())
    _tell(train_jointly(model, data.images, data.targets, EPOCHS, generator(seed)))
    return model


def turns(data: Scenes, _: Proposals, seed: int) -> nn.Module:
    """Train Faster R-CNN in four steps of half as many passes, and keep nothing of it."""
    with fixed_seed(seed):
        model = faster_small(backbone_pretrained())
    lessons = data.images, data.targets
    for losses in train_in_turns(model, *lessons, EPOCHS // 2, generator(seed)):
        _tell(losses)
    return model


WAYS = {
    "rcnn": slow(rcnn_small),
    "spp": slow(spp_small),
    "fast": fast,
    "faster": faster,
    "turns": turns,
}
"""The detectors, and Faster R-CNN in turns, which is measured and not shipped."""

SEARCHING = ("rcnn", "spp", "fast")
"""Those that need the proposals of selective search."""


def _tell(losses: Sequence[float]) -> None:
    print("losses", *(f"{loss:.3f}" for loss in losses), flush=True)


def _searched(data: Scenes) -> Proposals:
    return [selective_search(image) for image in data.images]


def _learned_part(model: nn.Module) -> nn.Module:
    """Leave out a backbone that is shipped already."""
    return getattr(model, "judges", model)


def main(names: Sequence[str]) -> None:
    """Train, print the log, write the files."""
    torch.set_num_threads(1)  # so that sums are taken in one order
    train, test = scenes(COUNT), test_scenes()
    search = any(name in SEARCHING for name in names)
    boxes = (_searched(train), _searched(test)) if search else ([], [])
    known = boxes[1] if search else None
    values: dict[str, list[float]] = {name: [] for name in names}
    for seed in SEEDS:
        for name in names:
            # R-CNN and SPP-Net draw nothing but their first negatives: one seed will do.
            if seed != SEEDS[0] and name in ("rcnn", "spp"):
                continue
            model = WAYS[name](train, boxes[0], seed)
            value = judged(model, test, known if name in SEARCHING else None)
            values[name].append(value)
            print(f"{name}   seed {seed}   mAP {value:.4f}", flush=True)
            if seed == SEEDS[0] and name != "turns":
                checksum = save_shipped(_learned_part(model), weights(name))
                print(f"{name}   checksum   {checksum}", flush=True)
    for name, found in values.items():
        print(f"{name}   mean of {len(found)}   mAP {sum(found) / len(found):.4f}")


if __name__ == "__main__":
    main(sys.argv[1:] or tuple(WAYS))
