"""Errors: what grading refuses to do, each in one sentence with the next step."""

__all__ = ["GradingError"]


class GradingError(Exception):
    """Grading cannot go on; the message says why and what to do, without a traceback."""
