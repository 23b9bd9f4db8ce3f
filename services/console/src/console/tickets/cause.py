"""What is on record of a problem as a form, and its cause row by row: five whys or a timeline. Pure."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from console.forms.reading import NEEDED, WRONG_INSTANTS, Read
from console.forms.rows import Row, Values, rows_of, with_rows
from console.language.local_times import FORMAT, NoInstant, read_local
from console.language.marked import marked
from console.tickets.act_form import ActForm
from console.tickets.problem_acts import BLANK_ROWS, TIMELINE, WHYS
from console.upstream.problems import Violation

BOTH: Final = marked("Give either five whys or a timeline. Take the rows of the other one out.")
NEITHER: Final = marked("Say how the cause was found: by five whys or by a timeline.")
_Step = Mapping[str, Any] | Violation


def record_values(
    act: ActForm, problem: Mapping[str, Any] | None, zone: ZoneInfo
) -> dict[str, str]:
    """Return what the form of an act begins with: what is on record, where it corrects that."""
    if problem is None or not act.begins_with_record:
        return {}
    if act.rows:
        return _cause_values(problem, zone)
    recorded = {"workaround": "workaround", "reference": "backlog_reference"}
    names = [one.name for one in act.fields]
    return {name: problem[recorded[name]] or "" for name in names}


def _cause_values(problem: Mapping[str, Any], zone: ZoneInfo) -> dict[str, str]:
    """Return what is on record of a cause, as the form begins; a first why where nothing is."""
    values = {"root_cause": problem["root_cause"] or ""}
    steps = problem["cause_steps"]
    if problem["method"] == TIMELINE:
        moments = [{"at": _local(one["at"], zone), "what": one["what"]} for one in steps]
        return with_rows(values, TIMELINE, moments)
    return with_rows(values, WHYS, steps or [BLANK_ROWS[WHYS]])


def read_steps(values: Values, zone: ZoneInfo) -> Read:
    """Return the whys or the timeline that were typed, for the body; a row without anything is left out."""
    whys = list(_steps(values, WHYS, _why))
    timeline = list(_steps(values, TIMELINE, lambda begin, row: _moment(begin, row, zone)))
    if whys and timeline:
        return Read({}, (Violation(WHYS, BOTH),))
    if not whys and not timeline:
        return Read({}, (Violation(WHYS, NEITHER),))
    steps = whys or timeline
    wrong = tuple(one for one in steps if isinstance(one, Violation))
    return Read({WHYS if whys else TIMELINE: steps}, wrong)


def _steps(values: Values, name: str, read: Callable[[str, Row], _Step]) -> Iterator[_Step]:
    for number, row in enumerate(rows_of(values, name)):
        if any(value.strip() for value in row.values()):
            yield read(f"{name}.{number}.", row)


def _why(begin: str, row: Row) -> _Step:
    return _empty(begin, row, "question", "answer") or {
        name: row[name].strip() for name in ("question", "answer")
    }


def _moment(begin: str, row: Row, zone: ZoneInfo) -> _Step:
    if (empty := _empty(begin, row, "at", "what")) is not None:
        return empty
    at = read_local(row["at"], zone, row.get("hour", ""))
    if isinstance(at, NoInstant):
        return Violation(f"{begin}at", WRONG_INSTANTS[at.why])
    return {"at": at.isoformat(), "what": row["what"].strip()}


def _empty(begin: str, row: Row, *names: str) -> Violation | None:
    lacking = (name for name in names if not row.get(name, "").strip())
    return next((Violation(begin + name, NEEDED) for name in lacking), None)


def _local(instant: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(instant).astimezone(zone).strftime(FORMAT)
