"""Desk: make a small notebook, and read what its checks say."""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from dlcourse.grading.verdicts import shortfall

__all__ = ["LOOPS", "RIGHT", "WHERE", "cell", "check", "say", "text"]

PAGE = "convolution"
WHERE = {"nbgrader": {"student": "ada", "assignment": PAGE, "notebook": PAGE}}
"""What nbgrader tells a preprocessor."""

RIGHT = """
def output_size(n, kernel_size, stride, padding):
    return (n + 2 * padding - kernel_size) // stride + 1
"""

LOOPS = """
def naive_conv2d(x, weight, bias, stride, padding):
    x, (o, _, kh, kw) = zero_pad(x, padding), weight.shape
    oh = output_size(x.shape[2], kh, stride, 0)
    ow = output_size(x.shape[3], kw, stride, 0)
    y = x.new_zeros(len(x), o, oh, ow)
    for r in range(oh):
        for c in range(ow):
            window = x[:, None, :, r * stride :][..., :kh, c * stride : c * stride + kw]
            y[:, :, r, c] = (window * weight).sum(dim=(2, 3, 4)) + bias
    return y
"""
"""An answer to naive_conv2d that needs two of the tasks before it."""

cell = new_code_cell


def check(task: str = "output_size") -> NotebookNode:
    """A check cell of two points; its text is never run."""
    mark = {"grade": True, "solution": False, "grade_id": task, "points": 2}
    return new_code_cell("raise SystemExit", metadata={"nbgrader": mark})


def text(cell: NotebookNode) -> str:
    """What a cell shows as text."""
    return "".join(output.get("text", "") for output in cell.outputs)


def say(nb: NotebookNode) -> list[str]:
    """Why each check cell is not worth its points; "" for other cells and right answers."""
    return [shortfall(cell) if "nbgrader" in cell.metadata else "" for cell in nb.cells]
