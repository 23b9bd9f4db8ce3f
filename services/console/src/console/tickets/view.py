"""One ticket: its conversation, facts, promises, and who has been escalations. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from console.promises import Mark, mark
from console.tickets.acts import PERMITTED_AS
from console.upstream.part import Denied, Here, Missing, Part, data_of, items_of

Voice = Literal["customer", "us", "internal"]


@dataclass(frozen=True, slots=True)
class Message:
    """A message. `voice`: of the customer, ours to the customer, or among us. `mail`: what became of it."""

    voice: Voice
    author: str
    at: str
    text: str
    automatic: bool
    files: tuple[tuple[str, int], ...]
    mail: str | None
    doubt: str | None
    partner: str | None


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
class Act:
    """Something that may be done on the ticket; `why_not` in words where it may not be now."""

    name: str
    possible: bool
    why_not: str | None


@dataclass(frozen=True, slots=True)
class TicketPage:
    """The page of a ticket for the account `sub`; `messages` is None where they cannot be shown."""

    sub: str
    ticket: Mapping[str, Any]
    names: Mapping[str, str]
    messages: tuple[Message, ...] | None
    has_more_messages: bool
    clocks: tuple[Clock, ...]
    escalations: tuple[Mapping[str, Any], ...]
    environment: Mapping[str, Any] | None
    acts: Mapping[str, Act]
    parts: Mapping[str, Part]

    def may(self, name: str) -> Act | None:
        """Return whether an act may be done now; None where intake does not say, or it is done already."""
        if name == "take" and self.ticket.get("assignee") == self.sub:
            return None
        return self.acts.get(PERMITTED_AS.get(name, name))

    def waits_for_two(self, name: str) -> bool:
        """Whether this act of a second person is what the ticket waits for, so that its refusal teaches."""
        if name in {"verify", "reject"}:
            return bool(self.ticket["state"] == "resolved")
        return name == "confirm_blocker" and self.ticket["priority"] == "blocker"

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
    ticket = data_of(parts["ticket"])
    assert ticket is not None, "without the ticket there is another page"
    messages = parts["messages"]
    found = messages.data if isinstance(messages, Here) else None
    clocks = [_clock(one, moment) for one in items_of(parts["clocks"])] if "clocks" in parts else []
    escalations = items_of(parts["escalations"]) if "escalations" in parts else []
    return TicketPage(
        sub,
        ticket,
        ticket.get("names") or {},
        None if found is None else tuple(map(_message, items_of(messages))),
        found is not None and found.get("next") is not None,
        tuple(sorted(clocks, key=_by_urgency)),
        tuple(escalations),
        data_of(parts["environment"]) if "environment" in parts else None,
        _acts(ticket.get("allowed") or ()),
        parts,
    )


def changes(before: str, ticket: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """Return which facts differ from those that a form was drawn with: name, then, now."""
    then = dict(part.partition("=")[::2] for part in before.split("|") if part)
    now = facts_seen(ticket)
    return tuple(
        (name, then[name], value)
        for name, value in now.items()
        if name in then and then[name] != value
    )


SEEN = ("state", "priority", "assignee", "team")


def facts_seen(ticket: Mapping[str, Any]) -> dict[str, str]:
    """Return the facts that a form remembers, to tell what somebody changed meanwhile."""
    return {name: str(ticket.get(name) or "") for name in SEEN}


def written_facts(ticket: Mapping[str, Any]) -> str:
    """Write these facts into a hidden field."""
    return "|".join(f"{name}={value}" for name, value in facts_seen(ticket).items())


def _acts(allowed: Sequence[Mapping[str, Any]]) -> dict[str, Act]:
    return {
        one["act"]: Act(one["act"], one["possible"], (one.get("why_not") or {}).get("detail"))
        for one in allowed
    }


def _message(item: Mapping[str, Any]) -> Message:
    voice: Voice = "customer" if item["direction"] == "inbound" else "us"
    if item["visibility"] == "internal":
        voice = "internal"
    files = tuple((one["name"], one["size"]) for one in item.get("attachments") or ())
    return Message(
        voice,
        item.get("author_name") or item["author"],
        item["at"],
        item["text"],
        item["automatic"],
        files,
        _mail(item),
        item.get("sender_doubt"),
        item.get("partner"),
    )


def _mail(item: Mapping[str, Any]) -> str | None:
    """Return what became of the mails of a message: the worst of them."""
    states = {one["state"] for one in item.get("mails") or () if one["purpose"] != "receipt"}
    for state in ("bounced", "failed", "withheld", "waiting", "cancelled", "sent"):
        if state in states:
            return state
    mailing = item.get("mailing")
    return mailing if mailing in {"nobody", "off"} else None


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
