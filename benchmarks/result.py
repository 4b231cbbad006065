"""Result: one measured number beside its bar, and the file that a family of them is kept in."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.place import Place, machine

__all__ = ["FOLDER", "Curve", "Result", "read", "write"]

FOLDER = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Result:
    """A number, and what it ought to be."""

    operation: str
    against: str
    case: str
    value: float
    unit: str = "ratio"
    low: float | None = None
    high: float | None = None
    bar: float | None = None
    at_least: bool = False
    """Whether the bar is to be exceeded rather than kept below."""
    theirs: float | None = None
    """The other side's own figure, in seconds or in the unit of the value."""
    threads: int = 1
    rounds: int = 0

    @property
    def met(self) -> bool:
        """Whether the value keeps its bar; one without a bar does."""
        if self.bar is None:
            return True
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    def __str__(self) -> str:
        spread = "" if self.low is None else f"[{self.low:.2f} to {self.high:.2f}]"
        bar = "" if self.bar is None else f"bar {self.bar:g}"
        sign = "" if self.met else "  missed"
        title = f"{self.operation}, {self.case}"
        return f"{title:60} {self.value:8.2f} {self.unit:7} {spread:18} {bar}{sign}"


@dataclass(frozen=True)
class Curve:
    """Seconds of one form of an operation over sizes, and how they grow."""

    operation: str
    form: str
    sizes: list[int]
    seconds: list[float]
    exponent: float
    """Of the size, fitted to the seconds."""
    expected: float
    axis: str
    """What a size counts."""

    def __str__(self) -> str:
        grown = f"grows with the power {self.exponent:.2f}; expected {self.expected:g}"
        return f"{self.operation + ', ' + self.form:60} {grown}"


def write(family: str, place: Place, found: Iterable[Result | Curve]) -> Path:
    """Print each result as it comes, and keep all of them if none fails."""
    kept: dict[str, list] = {"rows": [], "curves": []}
    for each in found:
        print(each, flush=True)
        kept["curves" if isinstance(each, Curve) else "rows"].append(asdict(each))
    FOLDER.mkdir(exist_ok=True)
    name = "-".join(filter(None, (family, place.name)))
    path = FOLDER / f"{name}.json"
    text = json.dumps(
        {"family": family, "machine": machine(place), **_rounded(kept)}, indent=1
    )
    path.write_text(text + "\n", encoding="utf-8")
    return path


def read(path: Path) -> dict:
    """Read a file of results back, its rows and curves as objects."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    kept["rows"] = [Result(**row) for row in kept["rows"]]
    kept["curves"] = [Curve(**curve) for curve in kept["curves"]]
    return kept


def _rounded(value: object) -> object:
    """Keep four digits: the spread of every measurement is wider."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return value
