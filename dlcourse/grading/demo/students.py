"""Students: the demo class, and what each of them hands in."""

from dataclasses import dataclass

from .edits import Edit, answer, copy_cell, delete_cell

__all__ = ["ASSIGNMENT", "CLASS", "Student"]

ASSIGNMENT = "convolution"


@dataclass(frozen=True)
class Student:
    """Someone who hands in the exercise.

    Attributes:
        name: who.
        edits: where the work differs from the reference.
        wrote: whether anything was written at all.
        sent: share of the file that arrived.
    """

    name: str
    edits: tuple[Edit, ...] = ()
    wrote: bool = True
    sent: float = 1.0


ONE_SIDED = (
    answer("zero_pad", "h + 2 * padding, w + 2 * padding", "h + padding, w + padding"),
    answer("zero_pad", "padding : padding + h, padding : padding + w", ":h, :w"),
)
FIRST_UNCOUNTED = answer("output_size", "// stride + 1", "// stride")
BIAS_EVERYWHERE = answer("single_step", ").sum() + bias", " + bias).sum()")
CHANNELS_LAST = answer("im2col", "dim=2", "dim=1")
STRIDE_IGNORED = answer("naive_conv2d", "r * stride, c * stride", "r, c")
NO_BIAS = answer("conv2d", " + bias[:, None]", "")
BIAS_PER_PIXEL = answer("conv2d_backward", "dy.sum(dim=(0, 2, 3))", "dy.sum(dim=0)")
NO_COLON = answer("conv2d_backward", "stride, padding):", "stride, padding)")
ENDLESS = answer(
    "naive_conv2d",
    "for r in range(oh):",
    "r = 0\n            while r < oh:",
)
NOISE = answer(
    "zero_pad",
    "return padded",
    'import warnings\n    warnings.warn("slow")\n    print(padded)\n    return padded',
)

CLASS = (
    Student("ada"),
    Student("ben", wrote=False),
    Student("chen", (*ONE_SIDED, FIRST_UNCOUNTED)),
    Student("dana", (BIAS_EVERYWHERE, CHANNELS_LAST)),
    Student("emil", (STRIDE_IGNORED, NO_BIAS, BIAS_PER_PIXEL)),
    Student("fatima", (NO_COLON,)),
    Student("goran", (ENDLESS,)),
    Student("hiro", (NOISE, delete_cell("im2col"))),
    Student("ines", (copy_cell("zero_pad"),)),
    Student("jo", sent=0.5),
)
"""A perfect notebook, a blank one, seven mistakes, a syntax error, a loop without an end,
a deleted check under honest noise, a copied check, and a file that broke off."""
