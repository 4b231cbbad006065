"""Desk: make a small notebook, and read what its checks say."""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from dlcourse.grading.verdicts import shortfall

__all__ = ["RIGHT", "WHERE", "cell", "check", "say", "text"]

PAGE = "convolution"
WHERE = {"nbgrader": {"student": "ada", "assignment": PAGE, "notebook": PAGE}}
"""What nbgrader tells a preprocessor."""

RIGHT = """
def output_size(n, kernel_size, stride, padding):
    return (n + 2 * padding - kernel_size) // stride + 1
"""

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
