"""Clocks and their inputs as canonical JSON: the same clock is the same bytes (C9). Pure.

Instants are RFC 3339 in UTC, durations whole microseconds; what has its usual value is left out.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sla.agreements.agreement import SHARES, Terms
from sla.clocks.clock import Clock, Firing, Input, Stretch, Waived

_MICRO = timedelta(microseconds=1)
Write = Callable[[Any], Any]


def written(clock: Clock) -> str:
    """The clock as text. `read` of it is the same clock."""
    told = {name: write(getattr(clock, name)) for name, (write, _) in ALWAYS.items()}
    for name, (write, _) in UNLESS_USUAL.items():
        if value := getattr(clock, name):
            told[name] = write(value)
    return _dumped(told)


def read(course: str) -> Clock:
    told = json.loads(course)
    return Clock(**{name: READ[name](value) for name, value in told.items()})


def written_body(heard: Input) -> str | None:
    """What an input says beyond its kind and times; None where that is all."""
    told: dict[str, Any] = {}
    if heard.terms is not None:
        told["terms"] = _terms(heard.terms)
    if heard.waiting:
        told["waiting"] = True
    if heard.firing is not None:
        told["firing"] = _firing(heard.firing)
    if heard.waived is not None:
        told["waived"] = _waived(heard.waived)
    if heard.reason is not None:
        told["reason"] = heard.reason
    return _dumped(told) if told else None


def read_input(
    ordinal: int, kind: Any, at: datetime, known_at: datetime, body: str | None
) -> Input:
    told = json.loads(body) if body else {}
    return Input(
        ordinal,
        kind,
        at,
        known_at,
        terms=_read_terms(told["terms"]) if "terms" in told else None,
        waiting=told.get("waiting", False),
        firing=_read_firing(told["firing"]) if "firing" in told else None,
        waived=_read_waived(told["waived"]) if "waived" in told else None,
        reason=told.get("reason"),
    )


def _terms(terms: Terms) -> dict[str, Any]:
    told: dict[str, Any] = {"calendar": str(terms.calendar)}
    if terms.target is not None:
        told["target"] = terms.target // _MICRO
    if not terms.pausable:
        told["pausable"] = False
    if terms.shares != SHARES:
        told["shares"] = terms.shares
    if terms.ahead:
        told["ahead"] = [ahead // _MICRO for ahead in terms.ahead]
    return told


def _read_terms(told: Mapping[str, Any]) -> Terms:
    return Terms(
        told["target"] * _MICRO if "target" in told else None,
        UUID(told["calendar"]),
        told.get("pausable", True),
        tuple(told.get("shares", SHARES)),
        tuple(ahead * _MICRO for ahead in told.get("ahead", ())),
    )


def _firing(firing: Firing) -> list[str]:
    return [firing.kind, _told(firing.due_at), _told(firing.reached_at), firing.reason]


def _read_firing(told: list[str]) -> Firing:
    return Firing(told[0], _instant(told[1]), _instant(told[2]), told[3])


def _waived(waived: Waived) -> list[str]:
    return [str(waived.waiver), _told(waived.at), _told(waived.expires_at)]


def _read_waived(told: list[str]) -> Waived:
    return Waived(UUID(told[0]), _instant(told[1]), _instant(told[2]))


def _stretch(stretch: Stretch) -> list[str | int]:
    start, end = _told(stretch.start), _told(stretch.end)
    return [start, end, stretch.why, str(stretch.calendar), stretch.worked // _MICRO]


def _read_stretch(told: list[Any]) -> Stretch:
    start, end, why, calendar, worked = told
    return Stretch(_instant(start), _instant(end), why, UUID(calendar), worked * _MICRO)


def _told(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _dumped(told: Mapping[str, Any]) -> str:
    return json.dumps(told, separators=(",", ":"))


def _each(one: Write) -> Write:
    return lambda several: tuple(one(each) for each in several)


def _same(value: Any) -> Any:
    return value


def _micros(span: timedelta) -> int:
    return span // _MICRO


def _span(micros: int) -> timedelta:
    return micros * _MICRO


_AT = (_told, _instant)
_SPAN = (_micros, _span)
_SAME = (_same, _same)

ALWAYS: Mapping[str, tuple[Write, Write]] = {
    "metric": _SAME,
    "terms": (_terms, _read_terms),
    "opened_at": _AT,
    "since": _AT,
    "open": _SAME,
    "moved_by": _SAME,
}
UNLESS_USUAL: Mapping[str, tuple[Write, Write]] = {
    "waiting": _SAME,
    "ended": _SAME,
    "cancelled": _SAME,
    "stopped_at": _AT,
    "counted": _SPAN,
    "paused": _SPAN,
    "worst": _SPAN,
    "deadline": _AT,
    "generation": _SAME,
    "fired": (list, tuple),
    "breached_at": _AT,
    "breach_reason": _SAME,
    "earlier_breach": _AT,
    "waivers": (_each(_waived), _each(_read_waived)),
    "stretches": (_each(_stretch), _each(_read_stretch)),
    "cycle": _SAME,
}
READ = {name: reads for name, (_, reads) in {**ALWAYS, **UNLESS_USUAL}.items()}
