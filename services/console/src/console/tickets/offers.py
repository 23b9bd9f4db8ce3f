"""What may be done on a ticket now, what not and why, and what waits for a second person. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.service_text import ServiceText, text_of_act
from console.tickets.act_form import ActForm
from console.tickets.acts import ACT_FORMS

PENDING: Final[Mapping[str, str]] = {
    "priority": "pending_downgrade",
    "classification": "pending_reclassification",
    "detection": "pending_detection",
    "unmerge": "pending_unmerge",
    "giving_up": "pending_giving_up",
}
WANTED: Final = ("priority", "kind", "nature", "service", "detected_by")
"""What somebody may have asked for that is changed once a second person agrees."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What one person asked for, and another decides: each fact as it is and as it would be."""

    noun: str
    facts: tuple[tuple[str, str | None, str], ...]
    requested_by: str
    requested_at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something that may be done on the ticket; `why_not` in words where it may not be now."""

    name: str
    possible: bool
    why_not: ServiceText | None


@dataclass(frozen=True, slots=True)
class Offer:
    """An act with its form; `why_not` in words where it may not be done now."""

    form: ActForm
    why_not: ServiceText | None = None


@dataclass(frozen=True, slots=True)
class Offers:
    """`now` may be done. `taught` may not, by this person, and is what the ticket waits for; `not_now` the rest."""

    now: tuple[Offer, ...]
    taught: tuple[Offer, ...]
    not_now: tuple[Offer, ...]


def offers(ticket: Mapping[str, Any], sub: str) -> Offers:
    """Sort the acts by whether they may be done; what intake does not name is not offered."""
    acts = acts_of(ticket)
    known = [(form, acts[form.permission]) for form in ACT_FORMS if form.permission in acts]
    known = [
        (form, act) for form, act in known if form.name != "take" or ticket.get("assignee") != sub
    ]
    waits = {form.name for form, _ in known if _waits_for_two(ticket, form)}
    refused = [(form, act) for form, act in known if not act.possible]
    return Offers(
        tuple(Offer(form) for form, act in known if act.possible),
        tuple(Offer(form, act.why_not) for form, act in refused if form.name in waits),
        tuple(Offer(form, act.why_not) for form, act in refused if form.name not in waits),
    )


def _waits_for_two(ticket: Mapping[str, Any], form: ActForm) -> bool:
    """Whether this act of a second person is what the ticket waits for, so that its refusal teaches."""
    if form.name in {"verify", "reject"}:
        return bool(ticket["state"] == "resolved")
    if form.name in {"verify_on_staging", "verify_in_production"}:
        return ticket.get("problem_state") == "fix_requested"
    if form.name == "confirm_blocker":
        return bool(ticket["priority"] == "blocker")
    return form.takes_two and ticket.get(PENDING[form.name.partition("_")[2]]) is not None


def acts_of(ticket: Mapping[str, Any]) -> dict[str, Act]:
    """Return what intake says may be done on a ticket, and why not the rest."""
    return {
        one["act"]: Act(one["act"], one["possible"], text_of_act(one))
        for one in ticket.get("allowed") or ()
    }


def pending_of(ticket: Mapping[str, Any]) -> dict[str, Pending]:
    """Return what waits for a second person on this ticket, by what it is about."""
    found: dict[str, Pending] = {}
    for noun, name in PENDING.items():
        if asked := ticket.get(name):
            facts = tuple(
                (fact, ticket.get(fact), asked[fact]) for fact in WANTED if asked.get(fact)
            )
            found[noun] = Pending(
                noun, facts, asked["requested_by"], asked["requested_at"], asked["reason"]
            )
    return found
