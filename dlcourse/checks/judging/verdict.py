"""Verdict: what all calls came to, in words for the person who wrote the answer."""

from dataclasses import dataclass

__all__ = ["Verdict", "WrongAnswer"]


@dataclass(frozen=True)
class Verdict:
    """The result of one check.

    Attributes:
        task: name of the task.
        passed: cases answered rightly.
        total: cases put.
        stage: where the speaking case failed; "" if none did.
        mistake: name of the known mistake that explains the failures; "" if none does.
        helped: whether it is right only once the tasks it builds on are.
        message: what happened and what to try; "" if all is right.
    """

    task: str
    passed: int
    total: int
    stage: str = ""
    mistake: str = ""
    message: str = ""
    helped: bool = False

    @property
    def right(self) -> bool:
        """Whether every case passed."""
        return self.passed == self.total

    def __str__(self) -> str:
        """One line to print."""
        if self.right and self.helped:
            return f"✓ {self.task}: right in all {self.total} cases once the tasks before it are."
        if self.right:
            return f"✓ {self.task}: right in all {self.total} cases."
        return f"✗ {self.task}: {self.message}"


class WrongAnswer(AssertionError):  # noqa: N818 - it is the student's answer, not an error
    """Raised in a notebook when an answer is wrong; IPython shows the verdict and no traceback."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(str(verdict))
        self.verdict = verdict

    def _render_traceback_(self) -> list[str]:
        """Tell IPython what to show; the frames of the check would only bury the message."""
        return [str(self)]
