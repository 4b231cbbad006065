"""Table: the marks of a class in the terminal."""

from collections import Counter
from statistics import mean

from rich import box
from rich.markup import escape
from rich.table import Table

from .sheet import Row, Sheet

__all__ = ["make_summary", "make_table"]


def make_table(sheet: Sheet) -> Table:
    """Lay out a sheet: students in rows, tasks in numbered columns, named below."""
    # no-break spaces, so that a number stays with its name
    names = [f"{place}\u00a0{task}" for place, task in enumerate(sheet.full, start=1)]
    table = Table(
        title=f"{sheet.assignment}, {len(sheet.rows)} students",
        caption="  ".join(names),
        box=box.SIMPLE_HEAD,
    )
    table.add_column("student\n[dim]of[/dim]", no_wrap=True)
    for place, most in enumerate(sheet.full.values(), start=1):
        table.add_column(f"{place}\n[dim]{most:g}[/dim]", justify="right")
    table.add_column(f"total\n[dim]{sheet.most:g}[/dim]", justify="right")
    table.add_column("remark")
    for row in sheet.rows:
        table.add_row(*_cells(row, sheet))
    return table


def _cells(row: Row, sheet: Sheet) -> list[str]:
    points = [_number(row.points.get(task), most) for task, most in sheet.full.items()]
    total = _number(row.total, sheet.most)
    return [escape(row.student), *points, total, escape(row.remark)]


def _number(points: float | None, most: float) -> str:
    """Show points, dim where they are full so that the eye finds the lost ones."""
    if points is None:
        return "?"
    return f"[dim]{points:g}[/dim]" if points == most else f"[bold]{points:g}[/bold]"


def make_summary(sheet: Sheet) -> Table:
    """Lay out the tasks of a class: the mean, and how many fell short by which mistake."""
    table = Table(title="by task", box=box.SIMPLE_HEAD)
    table.add_column("task")
    table.add_column("mean", justify="right")
    table.add_column("of", justify="right", style="dim")
    table.add_column("fell short")
    for task, most in sheet.full.items():
        points = [row.points[task] for row in sheet.rows if task in row.points]
        average = f"{mean(points):.2f}" if points else "?"
        reasons = Counter(
            row.reasons[task] for row in sheet.rows if task in row.reasons
        )
        told = "; ".join(
            f"{count} {escape(text)}" for text, count in reasons.most_common()
        )
        table.add_row(task, average, f"{most:g}", told)
    return table
