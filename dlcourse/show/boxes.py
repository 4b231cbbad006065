"""Boxes: rectangles drawn over a picture, each with its name and score."""

from collections.abc import Sequence

from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from torch import Tensor

from .palette import ORANGE

__all__ = ["show_boxes"]


def show_boxes(
    ax: Axes,
    boxes: Float[Tensor, "n 4"],
    labels: Sequence[str] | None = None,
    scores: Float[Tensor, "n"] | None = None,
    *,
    color: str = ORANGE,
    dashed: bool = False,
) -> Axes:
    """Draw boxes onto a picture that :func:`show_image` has drawn.

    Args:
        ax: with the picture.
        boxes: xyxy in pixels; the first pixel reaches from 0 to 1.
        labels: a name for each box.
        scores: a number for each box, written after its name with two decimals.
        color: of lines and letters' ground.
        dashed: whether the lines are broken, for boxes that are expected rather than found.

    Raises:
        ValueError: if there are not as many labels or scores as boxes.
    """
    for name, words in (("labels", labels), ("scores", scores)):
        if words is not None and len(words) != len(boxes):
            raise ValueError(
                f"there are {len(boxes)} boxes and {len(words)} {name}; give one each"
            )
    # Axes count from the middle of the first pixel.
    for index, (left, top, right, bottom) in enumerate((boxes.cpu() - 0.5).tolist()):
        ax.add_patch(
            Rectangle(
                (left, top),
                right - left,
                bottom - top,
                fill=False,
                edgecolor=color,
                linewidth=2,
                linestyle="--" if dashed else "-",
            )
        )
        words = [] if labels is None else [labels[index]]
        words += [] if scores is None else [f"{float(scores[index]):.2f}"]
        if words:
            _tag(ax, left, top, " ".join(words), color)
    return ax


def _tag(ax: Axes, left: float, top: float, text: str, color: str) -> None:
    """Write above the box, or inside where the picture ends."""
    ax.annotate(
        text,
        (left, max(top, -0.5)),
        color="white",
        fontsize=10,
        va="bottom" if top > 4 else "top",
        annotation_clip=False,
        bbox={"facecolor": color, "edgecolor": "none", "pad": 1.5},
    )
