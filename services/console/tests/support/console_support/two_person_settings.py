"""What intake and sla answer about what two people set, with something that waits in each."""

from typing import Any, Final

from console_support.services import FakeServices

PERSON: dict[str, Any] = {
    "id": "0190a000-0000-7000-8000-0000000000f8",
    "sub": "mia",
    "name": "Mia",
    "email": "mia@meridian.example",
    "phone": None,
    "timezone": "Europe/Amsterdam",
    "roles": ["second_level"],
    "retired": False,
    "pending": {
        "roles": ["tom"],
        "ends": False,
        "requested_by": "theo",
        "requested_at": "2026-03-01T08:00:00Z",
    },
    "sequence": 3,
}
_CELLS: Final = {"high": "blocker", "medium": "critical", "low": "major"}
MATRIX: dict[str, Any] = {
    "version": 1,
    "priorities": {"high": _CELLS, "medium": _CELLS, "low": _CELLS},
    "changed_by": "gina",
    "confirmed_by": "theo",
    "pending": {
        "version": 2,
        "priorities": {"high": _CELLS, "medium": _CELLS, "low": _CELLS | {"low": "trivial"}},
        "lowers": ["low/low"],
        "requested_by": "theo",
        "requested_at": "2026-03-01T08:00:00Z",
        "reason": "Too many majors.",
    },
}
RULE: dict[str, Any] = {
    "effect": "down",
    "source": "monitoring",
    "levels": ["critical"],
    "monitors": [],
    "environments": [],
    "tiers": ["production"],
    "services": [],
    "name_prefix": "probe",
}
RULES: dict[str, Any] = {
    "version": 3,
    "rules": [RULE],
    "created_by": "gina",
    "created_at": "2026-02-01T08:00:00Z",
    "confirmed_by": None,
    "waiting": {
        "rules": [RULE | {"effect": None, "source": None}],
        "requested_by": "theo",
        "requested_at": "2026-03-01T08:00:00Z",
    },
}


def person(sub: str, **changed: Any) -> dict[str, Any]:
    """One of our people, as the directory lists them."""
    return PERSON | {"sub": sub, "name": sub.title(), "pending": None} | changed


def say_settings(services: FakeServices) -> None:
    """Let something wait for a second person in what two people set."""
    services.say("intake", "/v1/people/mia", PERSON, etag='"3"')
    services.say("intake", "/v1/priority-matrix", MATRIX)
    services.say("sla", "/v1/outage-rules", RULES, etag='"3"')
