"""Emergency changes and debts: lists, and what may be done with one in its state. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from console.paged_list import PagedList, paged_list
from console.promises import Mark, mark
from console.upstream.part import Part, items_of

STATES: Final = ("everything", "requested", "authorized", "applied", "settled", "lapsed", "revoked")
ACTS: Final[Mapping[str, tuple[str, ...]]] = {"authorize": (), "apply": (), "revoke": ("reason",)}
"""The acts, with the fields that each needs."""
MARKS: Final[Mapping[str, Mark]] = {
    "requested": "soon",
    "authorized": "soon",
    "applied": "broken",
    "settled": "fine",
}


@dataclass(frozen=True, slots=True)
class Debt:
    """An environment that owes a version which contains an emergency change."""

    environment: str
    customer: str
    change: str
    due_at: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class EmergencyList:
    """`debts` are those of the first 200 environments, what is due next first."""

    listed: PagedList
    state: str
    views: tuple[tuple[str, str], ...]
    debts: tuple[Debt, ...]
    environments: Part


@dataclass(frozen=True, slots=True)
class EmergencyPage:
    """`is_own`: the reader asked for it, so that somebody else authorizes it."""

    mark: Mark
    acts: tuple[str, ...]
    is_own: bool


def emergency_list(parts: Mapping[str, Part], state: str, moment: datetime) -> EmergencyList:
    path = "/emergency-changes"
    owing = [one for one in items_of(parts["environments"]) if one["debt"]]
    owing.sort(key=lambda one: datetime.fromisoformat(one["debt"]["due_at"]))
    return EmergencyList(
        paged_list(parts["list"], path, {"state": state}),
        state,
        tuple((one, f"{path}?state={one}") for one in STATES),
        tuple(_debt(one, moment) for one in owing),
        parts["environments"],
    )


def emergency_page(change: Mapping[str, Any], sub: str) -> EmergencyPage:
    acts = {"requested": ("authorize", "revoke"), "authorized": ("apply", "revoke")}
    state = change["state"]
    return EmergencyPage(
        MARKS.get(state, "none"), acts.get(state, ()), change["requested_by"] == sub
    )


def _debt(environment: Mapping[str, Any], moment: datetime) -> Debt:
    debt = environment["debt"]
    return Debt(
        environment["key"],
        environment["customer"],
        debt["change"],
        debt["due_at"],
        mark(debt["due_at"], moment),
    )
