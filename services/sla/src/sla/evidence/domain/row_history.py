"""The history of a row, version by version: what may not have happened to it, in words (R16). Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sla.evidence.domain.fact_tables import EVERYTHING, FactTable

Body = Mapping[str, Any]

ERASED: Final = "[erased]"
COMMITMENT: Final = "commitment"
LONGEST_TRANSACTION: Final = timedelta(minutes=15)
"""What is written down may be so much older than its seal's predecessor: its transaction was open then."""
MAX_VALUE_LENGTH: Final = 60


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a row. `audited`: the audit trail has an entry of the same transaction.

    `not_before`: when what was sealed before it was sealed; None at first.
    """

    position: int
    operation: str
    body: Body
    written_by: str
    audited: bool
    not_before: datetime | None = None


def row_name(relation: str, table: FactTable, body: Body) -> str:
    """Return the name of a row for people: `waivers WVR-17`."""
    names = [table.name] if table.name else table.key
    return f"{relation} {' '.join(str(body.get(one)) for one in names)}"


def check_version(
    table: FactTable, service_role: str, previous: Version | None, version: Version
) -> Iterator[str]:
    """Yield what should not have happened between two versions of a row, each the end of a sentence."""
    if version.written_by != service_role:
        yield f"was written by the role {version.written_by}, not by the service"
    if version.operation == "delete":
        yield "was deleted"
        return
    if version.operation == "insert" and previous is not None:
        yield "was inserted a second time, after it had been deleted"
    if version.operation == "update" and previous is None:
        yield "was changed without ever having been inserted"
    before = previous.body if previous is not None else {}
    changed = {name for name in version.body if version.body[name] != before.get(name)}
    if previous is not None and (refused := changed - _allowed(table, before, version.body)):
        yield f"had {_names(refused)} changed, though that never changes"
    yield from _acts(table, previous, changed, version)
    yield from _backdated(table, changed, version)


def describe_difference(version: Body | None, present: Body | None) -> str | None:
    """Return how a row differs from its last version, the end of a sentence; None where it does not.

    A column that was added later and is null is no difference.
    """
    if version is None:
        return "was put in: no statement of the service has written it"
    if present is None:
        return "is gone: it was deleted past all rules of the table"
    differing = [
        f"{name} is {_short(present.get(name))}, and was {_short(version.get(name))} when it was written"
        for name in sorted(version.keys() | present.keys())
        if version.get(name) != present.get(name)
    ]
    return "; ".join(differing) or None


def _allowed(table: FactTable, before: Body, after: Body) -> frozenset[str]:
    if table.changing == EVERYTHING:
        return frozenset(after) - set(table.key)
    if table.frozen_once is not None and before.get(table.frozen_once) is None:
        return frozenset(after) - set(table.key)
    return table.changing | _erasure(table, after)


def _erasure(table: FactTable, after: Body) -> frozenset[str]:
    """Return what an erasure changes: the text, and what was promised of it."""
    if table.erasable is None:
        return frozenset()
    if after.get(table.erasable) == ERASED:
        return frozenset({table.erasable})
    # Of figures the version has all but the titles: these alone may change with the commitment.
    return frozenset({COMMITMENT}) if table.erasable in after else frozenset()


def _acts(
    table: FactTable, previous: Version | None, changed: set[str], version: Version
) -> Iterator[str]:
    if version.audited:
        return
    if previous is None and table.audited:
        yield "was put in without an act: the audit trail has no entry of that transaction"
    acts = [name for name in table.acts if name in changed and version.body[name] is not None]
    if acts and (previous is not None or not table.audited):
        yield f"had {_names(acts)} set without an act: the audit trail has no entry of that transaction"


def _backdated(table: FactTable, changed: set[str], version: Version) -> Iterator[str]:
    if version.not_before is None:
        return
    for name in table.recorded:
        value = version.body.get(name)
        if name not in changed or value is None:
            continue
        if is_backdated(datetime.fromisoformat(str(value)), version.not_before):
            yield (
                f"says that it is from {value} ({name}), and was written after"
                f" {version.not_before.isoformat()}: it was dated back"
            )


def is_backdated(recorded_at: datetime, not_before: datetime) -> bool:
    """Return whether something says that it was written down long before it can have been."""
    return recorded_at < not_before - LONGEST_TRANSACTION


def _names(columns: "set[str] | list[str]") -> str:
    return " and ".join(sorted(columns))


def _short(value: object) -> str:
    text = "empty" if value is None else str(value)
    return text if len(text) <= MAX_VALUE_LENGTH else text[:MAX_VALUE_LENGTH] + "…"
