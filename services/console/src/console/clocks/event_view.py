"""What happened to a promise, as sentences: what it was, and what it changed about the time. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from console.service_text import NO_FACTS, Facts, ServiceText


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` has words of the kind `clock_event`; `sentences` say it, and `reason` is what somebody wrote."""

    at: str
    kind: str
    sentences: tuple[ServiceText, ...]
    reason: str | None
    by: tuple[str, ...]


def event_of(item: Mapping[str, Any]) -> Event:
    """Return an event; of a sla that gives no code for it, in its own words."""
    facts: Facts = item.get("parameters") or NO_FACTS
    code = item.get("code") or ""
    first = ServiceText(code, item["text"], facts, "event")
    parts = tuple(_parts(item["kind"], facts)) if code else ()
    # Reasons of moved beginnings and of terms are sla's own, and said by the code.
    reason = facts.get("reason") if item["kind"] in {"cancelled", "stopped"} else None
    return Event(item["at"], item["kind"], (first, *parts), reason, tuple(item["by"]))


def _parts(kind: str, facts: Facts) -> Iterator[ServiceText]:
    for name in ("left_seconds", "late_seconds", "passed_at"):
        if name in facts:
            yield _part(name, facts)
    if kind == "breached" and "waiver" in facts:
        yield _part("covered", facts)
    if kind == "terms_changed":
        yield from _terms(facts)


def _terms(facts: Facts) -> Iterator[ServiceText]:
    had, has = "was_target_seconds" in facts, "target_seconds" in facts
    if has:
        yield _part("target_changed" if had else "target_new", facts)
    elif had:
        yield _part("unpromised", facts)
    if "pausable" in facts:
        yield _part(f"pausable_{facts['pausable']}", facts)
    if "deadline_at" in facts:
        yield _part("deadline_changed" if "was_deadline_at" in facts else "deadline_new", facts)


def _part(code: str, facts: Facts) -> ServiceText:
    return ServiceText(code, "", facts, "event_part")
