"""Run the demo: ``python -m dlcourse.grading.demo [--course FOLDER]``.

Exit code 0 if the class was graded, 1 with one sentence if it could not be.
"""

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

__all__ = ["main"]

TOOLS = ("ipykernel", "nbgrader", "papermill", "rich")


def main(arguments: list[str] | None = None) -> None:
    """Make the class, grade it, show the marks.

    Raises:
        SystemExit: with a sentence, if a tool is missing or grading cannot go on.
    """
    parser = argparse.ArgumentParser(
        "dlcourse.grading.demo", description="Grade a demo class."
    )
    parser.add_argument(
        "--course",
        type=Path,
        default=Path("_build/course"),
        help="folder to make the course in (default: %(default)s)",
    )
    folder = parser.parse_args(arguments).course
    missing = [tool for tool in TOOLS if find_spec(tool) is None]
    if missing:
        sys.exit(
            f"grading needs {' and '.join(missing)}: install with pip install "
            "'dlcourse[teaching]', or run make grade"
        )
    _run(folder)


def _run(folder: Path) -> None:
    # the tools these modules need may be missing until here
    from dlcourse.grading.demo.show import grade_demo
    from dlcourse.grading.errors import GradingError

    try:
        grade_demo(folder, Path.cwd())
    except GradingError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
