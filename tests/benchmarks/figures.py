"""The figures of the last run, stored in the state folder, and which of them have moved since.

`docs/figures.md` stays by hand: there the reasons stand beside the figures.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.benchmarks.result import Result

FILE_NAME = "benchmarks.json"
MOVED_BY = 0.1
"""The share by which a figure moves before it is named; the machine alone moves some by a third."""

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Figure:
    """What a run stored of a result: texts with their units."""

    ours: str
    rival: str
    ratio: str


Figures = Mapping[str, Figure]
"""Figures by what was measured."""


def figures_of(results: Sequence[Result]) -> dict[str, Figure]:
    """Return the figures by what was measured, without the counts that follow a semicolon."""
    return {one.work.partition(";")[0]: Figure(one.ours, one.rival, one.ratio) for one in results}


def read(folder: Path, scale: str) -> dict[str, Figure]:
    """Read the figures of the last run at this scale; none where there was no such run."""
    stored = _read_all(folder / FILE_NAME).get(scale, {})
    return {work: Figure(**figure) for work, figure in stored.items()}


def write(folder: Path, scale: str, figures: Figures) -> None:
    """Store these figures; those of sections that did not run stay."""
    file = folder / FILE_NAME
    everything = _read_all(file)
    everything[scale] = everything.get(scale, {}) | {
        work: asdict(figure) for work, figure in figures.items()
    }
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps(everything, indent=2, ensure_ascii=False) + "\n")
    draft.rename(file)


def moved(before: Figures, now: Figures) -> Iterator[str]:
    """Yield a sentence for every figure that has moved, up or down, and for every new one."""
    for work, figure in now.items():
        if (last := before.get(work)) is None:
            yield f"{work}: {figure.ours}, for the first time"
            continue
        changes = [
            f"{name} {old} -> {new} ({change:+.0%})"
            for name, old, new in (
                ("OpsDesk", last.ours, figure.ours),
                ("rival", last.rival, figure.rival),
                ("ratio", last.ratio, figure.ratio),
            )
            if (change := _change(old, new)) is not None and abs(change) >= MOVED_BY
        ]
        if changes:
            yield f"{work}: {', '.join(changes)}"


def _change(old: str, new: str) -> float | None:
    """Return the relative change of the first number; None where either has none."""
    numbers = [_first_number(text) for text in (old, new)]
    if numbers[0] is None or numbers[1] is None or numbers[0] == 0:
        return None
    return numbers[1] / numbers[0] - 1


def _first_number(text: str) -> float | None:
    found = _NUMBER.search(text)
    return float(found[0].replace(",", "")) if found else None


def _read_all(file: Path) -> dict[str, dict[str, dict[str, str]]]:
    return dict(json.loads(file.read_text())) if file.exists() else {}
