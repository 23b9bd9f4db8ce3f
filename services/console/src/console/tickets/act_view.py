"""An act on a ticket: its form, what it is about, and whether it may be done now. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.tickets.act_form import ActForm
from console.tickets.offers import Act, Pending, acts_of, pending_of
from console.tickets.seen import changes, written_facts


@dataclass(frozen=True, slots=True)
class ActPage:
    """The page of an act. `ticket` is None where it cannot be shown; `changed` is what somebody changed.

    `problem` is what is on record of the problem that the act is about.
    """

    act: ActForm
    ticket: Mapping[str, Any] | None
    may: Act | None
    pending: Pending | None
    changed: tuple[tuple[str, str, str], ...]
    saw: str
    problem: Mapping[str, Any] | None

    @property
    def is_possible(self) -> bool:
        """Whether the form is worth sending: where nobody says no, the service decides."""
        return self.may is None or self.may.possible

    def name(self, sub: str | None) -> str | None:
        """Return how somebody is called; their account where that is not known."""
        names = (self.ticket or {}).get("names") or {}
        return None if sub is None else names.get(sub, sub)


def act_page(
    act: ActForm,
    ticket: Mapping[str, Any] | None,
    problem: Mapping[str, Any] | None,
    saw: str,
) -> ActPage:
    """Put together the page; `saw` are the facts that the form was drawn with, where it was overtaken."""
    if ticket is None:
        return ActPage(act, None, None, None, (), saw, None)
    may = acts_of(ticket).get(act.permission)
    noun = act.name.partition("_")[2] if act.takes_two else ""
    return ActPage(
        act,
        ticket,
        may,
        pending_of(ticket).get(noun),
        changes(saw, ticket) if saw else (),
        written_facts(ticket),
        problem,
    )
