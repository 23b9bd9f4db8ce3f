"""One line of the table: what was measured, the rival's figure, the ratio, and what was to reach."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Result:
    """`reached` is None where nothing was promised. Figures come with their unit, as text."""

    work: str
    ours: str
    rival: str
    ratio: str
    target: str
    reached: bool | None


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def show(results: Sequence[Result], machine: str) -> None:
    """Print the table. Nothing here fails a build: a figure is to be read."""
    table = Table(title=f"OpsDesk, measured on {machine}", title_justify="left")
    for heading in ("work", "OpsDesk", "rival", "ratio", "to reach", ""):
        table.add_column(heading)
    for result in results:
        mark = {True: "[green]reached", False: "[red]short", None: ""}[result.reached]
        table.add_row(result.work, result.ours, result.rival, result.ratio, result.target, mark)
    Console(width=150).print(table)
