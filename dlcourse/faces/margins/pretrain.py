"""Pretrain: learn one network with each of five losses, and see what each is worth.

Run it by ``python -m dlcourse.faces.margins.pretrain``; it needs about a minute and a half for each
of its three seeds on one core. It prints its log, and the checksums that :mod:`.small` keeps. The
files hold the first seed's weights. The scale was chosen on people of another seed, not on those by
whom the log judges. Another processor may round differently and end at other weights of the same
worth.

Torch:  none
"""

from collections.abc import Sequence

import torch
from jaxtyping import Int
from torch import Tensor, nn
from torch.nn.functional import normalize

from dlcourse.axes import Images
from dlcourse.data.portraits import Portraits, portraits
from dlcourse.faces._fit import embedded, fit, verification_accuracy
from dlcourse.training import fixed_seed, generator, save_shipped

from .pairs import pair_angles
from .small import HEADS, D, HeadLoss, embedder, held_out_people, weights

__all__ = ["judged", "learned", "main"]

STEPS = 900


def learned(data: Portraits, name: str, steps: int, seed: int) -> nn.Module:
    """Train one network; the seed draws its first weights and its batches."""
    k = 1 + int(data.identities.max())
    with fixed_seed(seed):
        model, head = embedder(), HEADS[name](D, k)
    source = generator(seed)
    fit(model, HeadLoss(head), data.images, data.identities, steps, generator=source)
    return model


def judged(
    model: nn.Module, images: Images, identities: Int[Tensor, "b"]
) -> tuple[float, float, float]:
    """Measure the verification accuracy, and the mean angles within and between people."""
    found = normalize(embedded(model, images))
    within, between = pair_angles(found, identities)
    accuracy = verification_accuracy(found, identities)
    return accuracy, within.mean().item(), between.mean().item()


def main(seeds: Sequence[int] = (0, 1, 2), steps: int = STEPS) -> None:
    """Train, print the log, write the files."""
    torch.set_num_threads(1)  # so that sums are taken in one order
    train, test = portraits(300, 10), held_out_people()
    for seed in seeds:
        for name in HEADS:
            model = learned(train, name, steps, seed)
            for kind, data in (("test", test), ("train", train)):
                part = slice(len(test.images))  # as many of those it learned from
                measured = judged(model, data.images[part], data.identities[part])
                accuracy, within, between = measured
                angles = f"within {within:.1f} between {between:.1f}"
                told = f"accuracy {accuracy:.4f} {angles}"
                print(f"{name} seed {seed} {kind} {told}", flush=True)
            if seed == seeds[0]:
                print(f"checksum {name} {save_shipped(model, weights(name))}")


if __name__ == "__main__":
    main()
