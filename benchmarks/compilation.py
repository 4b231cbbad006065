"""Compilation: what torch.compile makes of the textbook's layer norm, and what it costs to start.

The compiler turns the steps of the formula into one loop over memory. It needs a C++ compiler; the
book does not, since it only reads what this script has measured.

Run it with ``python -m benchmarks compilation``.
"""

import tempfile
import time
from collections.abc import Iterator
from functools import partial
from os import environ

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.family import Case, Pair, compared, run
from benchmarks.inputs import forward, with_backward
from benchmarks.place import Place
from benchmarks.result import Result

SHAPE, EPS, BAR = (64, 128, 512), 1e-5, 2.5


def textbook(x: Tensor) -> Tensor:
    """Write the formula down: mean, variance, quotient."""
    mean = x.mean(dim=-1, keepdim=True)
    variance = (x - mean).square().mean(dim=-1, keepdim=True)
    return (x - mean) / (variance + EPS).sqrt()


def _theirs(x: Tensor) -> Tensor:
    return F.layer_norm(x, SHAPE[-1:], eps=EPS)


def measure(place: Place) -> Iterator[Result]:
    """Time the first call, then compare plain and compiled with the library."""
    with tempfile.TemporaryDirectory() as folder:
        environ["TORCHINDUCTOR_CACHE_DIR"] = folder  # nothing is there from before
        compiled = torch.compile(textbook)
        x = place.draw(*SHAPE)
        began = time.perf_counter()
        compiled(x)
        first = time.perf_counter() - began
        yield Result("torch.compile", "nothing", "first call", first, "s")
        parts = {"forward": forward, "with backward": with_backward}
        forms = {"plain": (textbook, None), "compiled": (compiled, BAR)}
        for part, maker in parts.items():
            for form, (function, bar) in forms.items():
                case = Case(f"{part}, {form}", bar, partial(_pair, maker, function))
                title = "layer_norm as the textbook has it"
                yield from compared(title, "F.layer_norm", [case], place)


def _pair(maker, function, place: Place) -> Pair:
    return maker(function, _theirs, place.draw(*SHAPE), place)


if __name__ == "__main__":
    run("compilation", measure)
