"""Style: how fast a photograph of 256 rows takes over a style, and whether it stays recognisable.

Run it with ``python -m benchmarks.style``, or name a number of steps.
"""

import sys
import time

import torch

from dlcourse.data.patterns import strokes
from dlcourse.data.photos import photo
from dlcourse.style.gatys import edge_similarity, network_features, stylize
from dlcourse.style.gatys.sweep import STYLE_LAYERS
from dlcourse.training import generator

HEIGHT, STEPS = 256, 20
BOUNDS = {"fall": 20.0, "seconds": 60.0, "edges": 0.4}
"""Style loss at the start over that at the end, time, and similarity of edges."""


def main(steps: int = STEPS) -> None:
    """Paint once and print what was measured."""
    content = photo("china", height=HEIGHT)
    style = strokes(HEIGHT, HEIGHT, generator(0))
    network = network_features()
    start, worked = time.perf_counter(), time.process_time()
    painting = stylize(
        content,
        style,
        network,
        content_layer="relu2_1",
        style_layers=STYLE_LAYERS,
        content_weight=0.06,
        variation_weight=0.07,
        steps=steps,
    )
    seconds, processor = time.perf_counter() - start, time.process_time() - worked
    losses = [entry["style"] for entry in painting.history]
    reached = next(n for n, x in enumerate(losses) if x < losses[0] / BOUNDS["fall"])
    edges = edge_similarity(painting.image, content)
    print(
        f"torch {torch.__version__}, {torch.get_num_threads()} threads, "
        f"{content.shape[1]} x {content.shape[2]} pixels"
    )
    print(
        f"{len(losses)} looks in {seconds:.1f} s, {processor:.1f} s of processor time"
    )
    fall = losses[0] / losses[-1]
    print(f"style loss {losses[0]:.3f} to {losses[-1]:.4f}, {fall:.0f} times lower")
    about = seconds * reached / len(losses)
    print(
        f"{BOUNDS['fall']:.0f} times after {reached} looks, {about:.0f} s; "
        f"bound {BOUNDS['seconds']:.0f} s"
    )
    print(f"similarity of edges {edges:.2f}, bound {BOUNDS['edges']}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
