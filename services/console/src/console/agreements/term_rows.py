"""The rows of targets and goals of an agreement's form, as sla takes them. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.agreements.term_values import NOTHING
from console.agreements.typed_terms import NO_CREDITS, NO_PERCENT, typed_credits, typed_share
from console.agreements.view import CONDITIONS, PRIORITIES
from console.forms.reading import NEEDED
from console.forms.rows import Row, rows_of
from console.language.marked import marked
from console.language.typed_lengths import typed_length
from console.upstream.problems import Violation

NO_TIME: Final = marked(
    "Write hours and minutes, such as 4:00 or 0:15; - where nothing is promised."
)
NO_AMOUNT: Final = marked("Write an amount such as 13000.00.")
DASHES: Final = frozenset({NOTHING, "\u2013", "\u2014"})
OF_CELL: Final = frozenset({"", "target_seconds", "priority"})
"""What sla says of these belongs to the field of the time."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Items for sla, and for each the row and the field of the form that it comes from."""

    name: str
    items: tuple[Mapping[str, Any], ...]
    cells: tuple[tuple[int, str], ...]
    wrong: tuple[Violation, ...]

    def name_of(self, index: int, part: str) -> str:
        """Return the form's field for a part of an item."""
        if index >= len(self.cells):
            return f"{self.name}.0.metric"
        row, cell = self.cells[index]
        if part == "priorities":
            part = PRIORITIES[0]
        return f"{self.name}.{row}.{cell if part in OF_CELL else part}"


@dataclass(frozen=True, slots=True)
class _Item:
    """An item of a row, or what is wrong with the row's field `cell`."""

    cell: str
    value: Mapping[str, Any] | None
    wrong: str = ""


def targets_of(values: Mapping[str, str]) -> Fields:
    """A target for each time that is filled in. A row without any is left out."""
    return _fields("targets", values)


def goals_of(values: Mapping[str, str]) -> Fields:
    """A goal for each row that says something."""
    return _fields("goals", values)


def _fields(name: str, values: Mapping[str, str]) -> Fields:
    read = {"targets": _targets, "goals": _goals}[name]
    found = [(at, one) for at, row in enumerate(rows_of(values, name)) for one in read(row)]
    good = [(at, one.cell, one.value) for at, one in found if one.value is not None]
    wrong = tuple(
        Violation(f"{name}.{at}.{one.cell}", one.wrong) for at, one in found if one.value is None
    )
    items = tuple(value for _, _, value in good if value is not None)
    return Fields(name, items, tuple((at, cell) for at, cell, _ in good), wrong)


def _targets(row: Row) -> Iterator[_Item]:
    times = {one: row[one].strip() for one in PRIORITIES if row.get(one, "").strip()}
    if times and not row.get("metric"):
        yield _Item("metric", None, NEEDED)
        return
    about = {name: row[name].strip() for name in CONDITIONS if row.get(name, "").strip()}
    about |= {"metric": row.get("metric", "")}
    for priority, text in times.items():
        seconds = None if text in DASHES else typed_length(text)
        if seconds is None and text not in DASHES:
            yield _Item(priority, None, NO_TIME)
        else:
            more = {"priority": priority, "target_seconds": seconds, "pausable": "pausable" in row}
            yield _Item(priority, about | more)


def _goals(row: Row) -> Iterator[_Item]:
    if not any(value.strip() for value in row.values()):
        return
    share, credits = typed_share(row.get("share", "")), typed_credits(row.get("credits", ""))
    fee = row.get("fee", "").strip().replace(",", ".")
    if not row.get("metric"):
        yield _Item("metric", None, NEEDED)
    elif share is None:
        yield _Item("share", None, NO_PERCENT)
    elif credits is None:
        yield _Item("credits", None, NO_CREDITS)
    elif fee and not re.fullmatch(r"\d{1,10}(\.\d{1,2})?", fee):
        yield _Item("fee", None, NO_AMOUNT)
    else:
        goal = {"metric": row["metric"], "share": share, "credits": credits}
        goal |= {"priorities": [one for one in PRIORITIES if one in row]}
        goal |= {"service": row["service"].strip()} if row.get("service", "").strip() else {}
        yield _Item("metric", goal | ({"fee": fee} if fee else {}))
