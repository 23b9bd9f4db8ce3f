"""The text of a notification: what broke, when, where, and what to do. Pure.

It holds keys, times and our own sentences; no words of a customer and no contact data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from common.domain.mail_headers import one_line
from common.wording import format_instant
from escalation.notifications.domain.notification import PAGING_PURPOSES, Purpose
from escalation.policies.domain.trigger import Trigger


@dataclass(frozen=True, slots=True)
class NotificationText:
    """Subject and body of a mail, in plain text."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses in a message. `look` has more about the cause, `case` is the escalation's page where that is
    another one. `acknowledge` takes the case without a sign-in, once, until `acknowledge_until`.
    """

    look: str
    case: str | None = None
    acknowledge: str | None = None
    acknowledge_until: datetime | None = None


def render(
    purpose: Purpose,
    key: str,
    trigger: Trigger,
    zone: str,
    links: Links,
    closing_reason: str | None = None,
    items: tuple[str, ...] = (),
) -> NotificationText:
    """The text for one reader, whose time zone is `zone`. `key` is the escalation's (ESC-17).

    `closing_reason` says why it ended, for an all-clear. `items` are the lines of a digest.
    """
    subject = f"[{key}] {_HEADINGS[purpose].format(title=trigger.title)}"
    lines = (
        *_cause_lines(purpose, trigger, closing_reason),
        *(f"- {item}" for item in items),
        "",
        *_detail_lines(trigger, zone),
        "",
        *_instruction_lines(purpose, key, zone, links),
        f"Look: {links.look}",
        *((f"Escalation: {links.case}",) if links.case else ()),
        "",
    )
    return NotificationText(one_line(subject), "\n".join(lines))


_HEADINGS: dict[Purpose, str] = {
    "page": "{title}",
    "exhausted": "NOBODY ANSWERED: {title}",
    "duty": "For your information: {title}",
    "all_clear": "All clear: {title}",
}


def _cause_lines(purpose: Purpose, trigger: Trigger, closing_reason: str | None) -> Iterator[str]:
    yield f"{trigger.title}."
    if purpose == "exhausted":
        yield "Everybody in the policy was notified and nobody has acknowledged. You are the last."
    if trigger.kind == "waiver_requested" and purpose != "all_clear":
        yield "A general manager approves or refuses it. Approved after the promise broke, it counts"
        yield "for nothing."
    if purpose == "all_clear":
        yield f"This is over, you need not do anything: {closing_reason or 'it was withdrawn'}."


def _detail_lines(trigger: Trigger, zone: str) -> Iterator[str]:
    if trigger.expected_breach_at:
        verb = "Broke" if trigger.expected_breach_at <= trigger.at else "Breaks"
        yield f"{verb}: {_in_zone(trigger.expected_breach_at, zone)}"
    yield f"Since: {_in_zone(trigger.at, zone)}"
    named = {
        "Severity": trigger.severity,
        "Customer": trigger.customer,
        "Environment": trigger.environment,
        "Ticket": trigger.ticket,
    }
    yield from (f"{name}: {value}" for name, value in named.items() if value)


def _instruction_lines(purpose: Purpose, key: str, zone: str, links: Links) -> Iterator[str]:
    if purpose not in PAGING_PURPOSES:
        return
    yield "Take it, and it stops waking others:"
    if links.acknowledge and links.acknowledge_until:
        yield f"    {links.acknowledge}"
        until = _in_zone(links.acknowledge_until, zone)
        yield f"    (yours alone, without signing in, until {until}; it asks before it does anything)"
    yield f"    opsdesk escalations acknowledge {key}"


def _in_zone(at: datetime, zone: str) -> str:
    """In the reader's zone, and in UTC, in which colleagues elsewhere and logs have it."""
    here, utc = (format_instant(at, each, seconds=False) for each in (ZoneInfo(zone), UTC))
    return here if zone == "UTC" else f"{here} ({utc})"
