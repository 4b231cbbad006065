"""Surfaces: five functions of two variables, each with one difficulty to watch.

A network's loss has too many variables to draw. On a surface of two, a method's whole path fits a
picture, and what goes wrong there goes wrong in a network as well.

Axes:   a point is a tensor of two entries, x and y
Paper:  Rosenbrock 1960, "An automatic method for finding the greatest or least value of a
        function"; Beale 1958, "On an iterative method for finding a local minimum of a function of
        more than one variable"
Torch:  none
"""

from collections.abc import Callable
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

__all__ = ["SURFACES", "Surface", "beale", "bowl", "ravine", "rosenbrock", "saddle"]

Point = Float[Tensor, "2"]
Height = Float[Tensor, ""]


def bowl(point: Point) -> Height:
    """Rise alike in all directions: ``(x^2 + y^2) / 2``, whose gradient is the point itself.

    >>> bowl(torch.tensor([3.0, 4.0])).item()
    12.5
    """
    x, y = point
    return (x**2 + y**2) / 2


def ravine(point: Point) -> Height:
    """Rise 25 times as steeply across as along: ``(x^2 + 25 y^2) / 2``.

    >>> ravine(torch.tensor([2.0, 2.0])).item()
    52.0
    """
    x, y = point
    return (x**2 + 25 * y**2) / 2


def saddle(point: Point) -> Height:
    """Have a flat point that is no minimum: ``x^2 / 2 - y^2 / 2 + y^4 / 4``.

    The gradient is zero at (0, 0), between two minima at (0, 1) and (0, -1).

    >>> saddle(torch.tensor([0.0, 0.0])).item(), saddle(torch.tensor([0.0, 1.0])).item()
    (0.0, -0.25)
    """
    x, y = point
    return x**2 / 2 - y**2 / 2 + y**4 / 4


def rosenbrock(point: Point) -> Height:
    """Lead along a narrow bent valley: ``(1 - x)^2 + 100 (y - x^2)^2``.

    >>> rosenbrock(torch.tensor([1.0, 1.0])).item(), rosenbrock(torch.tensor([-1.0, 1.0])).item()
    (0.0, 4.0)
    """
    x, y = point
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def beale(point: Point) -> Height:
    """Be nearly flat in the middle and steep in the corners.

    It is the sum of ``(c_n - x + x y^n)^2`` over n = 1, 2, 3, with c = 1.5, 2.25, 2.625.

    >>> beale(torch.tensor([3.0, 0.5])).item(), beale(torch.tensor([0.0, 0.0])).item()
    (0.0, 14.203125)
    """
    x, y = point
    return (
        (1.5 - x + x * y) ** 2
        + (2.25 - x + x * y**2) ** 2
        + (2.625 - x + x * y**3) ** 2
    )


@dataclass(frozen=True)
class Surface:
    """A function with the part of it worth looking at.

    Attributes:
        height: the function.
        start: a point from which its difficulty shows.
        window: least and greatest x, least and greatest y.
        minima: where it is lowest.
    """

    height: Callable[[Point], Height]
    start: tuple[float, float]
    window: tuple[float, float, float, float]
    minima: tuple[tuple[float, float], ...]


SURFACES: dict[str, Surface] = {
    "bowl": Surface(bowl, (-1.8, 1.2), (-2.4, 2.4, -1.6, 1.6), ((0.0, 0.0),)),
    "ravine": Surface(ravine, (-2.0, 0.6), (-2.4, 2.4, -1.6, 1.6), ((0.0, 0.0),)),
    "saddle": Surface(
        saddle, (-1.8, 0.01), (-2.4, 2.4, -1.6, 1.6), ((0.0, 1.0), (0.0, -1.0))
    ),
    "rosenbrock": Surface(
        rosenbrock, (-1.2, 1.0), (-2.1, 2.1, -0.8, 2.0), ((1.0, 1.0),)
    ),
    "beale": Surface(beale, (0.8, 1.5), (-0.9, 4.5, -1.4, 2.2), ((3.0, 0.5),)),
}
"""The surfaces by name; every window is half again as wide as it is high."""
