"""One ticket: its conversation, facts, promises, and who has been told. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from console.promises import Mark, mark
from console.tickets.conversation import Message, conversation
from console.tickets.offers import Offers, Pending, offers, pending_of
from console.tickets.problem import with_problem
from console.upstream.part import Denied, Missing, Part, data_of, items_of


@dataclass(frozen=True, slots=True)
class Clock:
    """A promise on the ticket. `share`: how much of its time is used, from 0 to 1."""

    id: str
    metric: str
    contract: str
    partner: str | None
    state: str
    outcome: str | None
    mark: Mark
    due_at: str | None
    used: timedelta
    target: timedelta | None
    overrun: timedelta

    @property
    def share(self) -> float:
        if not self.target:
            return 0.0
        return min(1.0, self.used / self.target)

    @property
    def is_over(self) -> bool:
        """Whether it does not run any more, kept or broken."""
        return self.outcome is not None


@dataclass(frozen=True, slots=True)
class TicketPage:
    """The page of a ticket for the account `sub`; `messages` is None where they cannot be shown.

    `later` is the cursor of the messages that follow.
    """

    sub: str
    ticket: Mapping[str, Any]
    names: Mapping[str, str]
    messages: tuple[Message, ...] | None
    later: str | None
    clocks: tuple[Clock, ...]
    escalations: tuple[Mapping[str, Any], ...]
    environment: Mapping[str, Any] | None
    problem: Mapping[str, Any] | None
    offers: Offers
    pending: tuple[Pending, ...]
    parts: Mapping[str, Part]

    def name(self, sub: str | None) -> str | None:
        """Return how somebody is called; their account where that is not known."""
        return None if sub is None else self.names.get(sub, sub)

    def missing(self, name: str) -> Missing | None:
        """Return why a part is not there; None where it is, or was not asked for."""
        part = self.parts.get(name)
        return part if isinstance(part, Missing) else None

    def denied(self, name: str) -> Denied | None:
        part = self.parts.get(name)
        return part if isinstance(part, Denied) else None


def ticket_page(parts: Mapping[str, Part], sub: str, moment: datetime) -> TicketPage:
    """Put together what the services answered about a ticket, of which `ticket` must be known; `sub`: who reads."""
    found = data_of(parts["ticket"])
    assert found is not None, "without the ticket there is another page"
    ticket = with_problem(found, parts.get("problem"))
    written = conversation(parts.get("messages"))
    clocks = [_clock(one, moment) for one in items_of(parts["clocks"])] if "clocks" in parts else []
    escalations = items_of(parts["escalations"]) if "escalations" in parts else []
    return TicketPage(
        sub,
        ticket,
        ticket.get("names") or {},
        written.messages,
        written.later,
        tuple(sorted(clocks, key=_by_urgency)),
        tuple(escalations),
        data_of(parts["environment"]) if "environment" in parts else None,
        data_of(parts["problem"]) if "problem" in parts else None,
        offers(ticket, sub),
        tuple(pending_of(ticket).values()),
        parts,
    )


def _clock(item: Mapping[str, Any], moment: datetime) -> Clock:
    return Clock(
        item["id"],
        item["metric"],
        item["contract"],
        item.get("partner"),
        item["state"],
        item.get("outcome"),
        _clock_mark(item, moment),
        item.get("deadline"),
        timedelta(seconds=item["elapsed_seconds"]),
        _seconds(item.get("target_seconds")),
        timedelta(seconds=item["overrun_seconds"]),
    )


def _clock_mark(item: Mapping[str, Any], moment: datetime) -> Mark:
    if item["breached"]:
        return "broken"
    if item.get("outcome") is not None:
        return "fine"
    return "paused" if item["state"] == "paused" else mark(item.get("deadline"), moment)


def _seconds(value: int | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)


def _by_urgency(clock: Clock) -> tuple[bool, str, str]:
    return clock.is_over, clock.due_at or "9", clock.metric
