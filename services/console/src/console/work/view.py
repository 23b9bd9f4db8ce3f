"""My work: what waits for somebody, from all services, in groups, the most urgent first. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from console.promises import Mark, Promise, mark, promise
from console.service_text import NO_FACTS, ServiceText
from console.upstream.part import Missing, Part, ServiceName, data_of, items_of

SERVICES: Final = ("intake", "sla", "escalation", "delivery-gate")

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "on_you_now": ("acknowledge_escalation", "answer_escalation", "acknowledge_hand_over"),
    "second_eyes": ("verify", "check_fix", "confirm_"),
    "decisions": ("decide_", "approve_", "authorize_", "publish_", "agree_", "recertify_"),
    "tasks": ("",),
}
"""The headings, in their order, and how the kinds below them begin."""

_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Row:
    """Something that waits. `path` is its page, None while there is none. `mark` says how urgent it is.

    `key` is what people call it by; None where it has an id alone.
    """

    kind: str
    key: str | None
    title: str
    customer: str | None
    due_at: str | None
    since: str
    why: ServiceText
    path: str | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """The page. `count` counts what is known; `is_whole`: it counts everything."""

    promises: tuple[Promise, ...]
    groups: tuple[Group, ...]
    count: int
    is_whole: bool
    on_call: tuple[str, ...]
    missing: tuple[Missing, ...]


def my_work(
    parts: Mapping[str, Part], sub: str, moment: datetime, page_of: Callable[[str], str | None]
) -> Work:
    """Put together what the services answered. `parts`: `queue`, one by each service's name, `on_call`.

    `page_of` knows the page for an address of the API, None where there is none.
    What was not asked for, as a contact sees less, is missing from `parts`.
    """
    waiting = [parts[name] for name in SERVICES if name in parts]
    on_call = parts.get("on_call")
    rows = [_row(item, moment, page_of) for part in waiting for item in items_of(part)]
    rows.sort(key=_urgency)
    promises = tuple(promise(item, moment) for item in items_of(parts["queue"]))
    missing = _one_a_service([*waiting, parts["queue"], *([on_call] if on_call else [])])
    return Work(
        promises,
        tuple(_groups(rows)),
        len(promises) + sum(map(_count, waiting)),
        not missing and not _has_more(parts["queue"]),
        tuple(_own_rotas(on_call, sub)) if on_call else (),
        missing,
    )


def _row(item: Mapping[str, Any], moment: datetime, page_of: Callable[[str], str | None]) -> Row:
    return Row(
        item["kind"],
        None if _ID.fullmatch(item["key"]) else item["key"],
        item["title"],
        item.get("customer"),
        item.get("due_at"),
        item["since"],
        _why(item),
        page_of(item["href"]),
        mark(item.get("due_at"), moment),
    )


def _why(item: Mapping[str, Any]) -> ServiceText:
    first = item.get("first")
    return ServiceText(item["kind"], item["why"], {"first": first} if first else NO_FACTS, "why")


def _urgency(row: Row) -> tuple[bool, datetime]:
    """What has a moment at which something happens comes first, the earliest first; then the oldest."""
    return row.due_at is None, datetime.fromisoformat(row.due_at or row.since)


def _groups(rows: Iterable[Row]) -> Iterable[Group]:
    left = list(rows)
    for name, beginnings in GROUPS.items():
        found = tuple(row for row in left if row.kind.startswith(beginnings))
        left = [row for row in left if row not in found]
        if found:
            yield Group(name, found)


def _count(part: Part) -> int:
    data = data_of(part)
    counts = data.get("counts") if isinstance(data, dict) else None
    return sum(counts.values()) if isinstance(counts, dict) else 0


def _has_more(part: Part) -> bool:
    data = data_of(part)
    return isinstance(data, dict) and data.get("next") is not None


def _own_rotas(part: Part, sub: str) -> Iterable[str]:
    return (item["rota"] for item in items_of(part) if sub in item.get("people", ()))


def _one_a_service(parts: Iterable[Part]) -> tuple[Missing, ...]:
    """A service that is away is said once, however many parts it owes."""
    found: dict[ServiceName, Missing] = {}
    for part in parts:
        if isinstance(part, Missing):
            found.setdefault(part.service, part)
    return tuple(found.values())
