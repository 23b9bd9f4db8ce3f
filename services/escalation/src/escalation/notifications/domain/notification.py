"""One message to one person by one channel: when it is sent, and what its outcome means. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid5

from escalation.directory.domain import (
    AT_ONCE,
    FALLBACK_CONTACT,
    Channel,
    NotificationRule,
    Person,
)

State = Literal["waiting", "ready", "sent", "cancelled", "failed"]
Purpose = Literal["page", "exhausted", "duty", "all_clear"]

LONGEST_URGENT_DELAY = timedelta(minutes=15)
"""The longest that a personal rule delays a page of a blocker or a critical case."""

NOTICE_PURPOSES: frozenset[Purpose] = frozenset({"duty", "all_clear"})
"""What everybody concerned must learn: an acknowledgement does not stop it."""

PAGING_PURPOSES: frozenset[Purpose] = frozenset({"page", "exhausted"})
"""What asks somebody to take the case."""

DEADLINE_KIND = "notification"
"""The deadline at which the delay of a personal rule is over."""

MAX_TEMPORARY_FAILURES = 6
"""Temporary failures by one channel before another one is tried as well."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One message. Every attempt carries the same `id`, so that a receiver can drop repeats.

    `key` is unique within the escalation, and `id` is made from both. `send_at` is on the service's
    own clock; attempts and retries run on real time. `tried` are the addresses of this person that
    failed permanently; `to_fallback` says that it replaces a message to somebody else.
    """

    key: str
    escalation_id: UUID
    purpose: Purpose
    person: str
    channel: Channel
    send_at: datetime
    state: State = "ready"
    attempts: int = 0
    tried: tuple[str, ...] = ()
    to_fallback: bool = False

    @property
    def id(self) -> UUID:
        return uuid5(self.escalation_id, self.key)


def plan_notifications(
    escalation_id: UUID,
    occasion: str,
    purpose: Purpose,
    people: Sequence[str],
    people_by_sub: Mapping[str, Person],
    at: datetime,
    longest_delay: timedelta | None = None,
) -> tuple[Notification, ...]:
    """One notification per person and personal rule, at the time of the step plus its delay (E13).

    A delay over `longest_delay` is cut to it: a page that waits for a day is none.

    `occasion` is unique within the escalation. A notice is sent once and at once, whatever the rules
    say. When none of these people can be notified, the fallback contact is.
    """
    reached = [
        people_by_sub[sub] for sub in people if sub in people_by_sub and people_by_sub[sub].channels
    ]
    if people and not reached and FALLBACK_CONTACT in people_by_sub:
        reached = [people_by_sub[FALLBACK_CONTACT]]

    def delay_of(rule: NotificationRule) -> timedelta:
        return rule.delay if longest_delay is None else min(rule.delay, longest_delay)

    return tuple(
        Notification(
            f"{occasion}/{person.sub}/{number}",
            escalation_id,
            purpose,
            person.sub,
            channel,
            at + delay_of(rule),
            "waiting" if delay_of(rule) > timedelta(0) else "ready",
        )
        for person in reached
        for number, rule in enumerate(AT_ONCE if purpose in NOTICE_PURPOSES else person.rules, 1)
        if (channel := person.channel(rule.channel))
    )


def next_after_failure(
    failed: Notification, person: Person, fallbacks: Sequence[Person]
) -> Notification | None:
    """What replaces a failed notification: the person's next channel, else the next fallback.

    `person` is its recipient; `fallbacks` are those notified instead, in order: the policy's
    fallback person, then the fallback contact. None when nobody is left.
    """
    tried = (*failed.tried, failed.channel.address)
    if channel := person.cheapest_untried(tried):
        return _replacement(failed, person, channel, tried, failed.to_fallback)
    subs = [fallback.sub for fallback in fallbacks]
    later = fallbacks[subs.index(person.sub) + 1 :] if person.sub in subs else fallbacks
    for fallback in later:
        if channel := fallback.cheapest_untried(()):
            return _replacement(failed, fallback, channel, (), True)
    return None


def _replacement(
    failed: Notification,
    person: Person,
    channel: Channel,
    tried: tuple[str, ...],
    to_fallback: bool,
) -> Notification:
    return replace(
        failed,
        key=f"{failed.key}+{person.sub}.{channel.kind}.{len(tried)}",
        person=person.sub,
        channel=channel,
        state="ready",
        attempts=0,
        tried=tried,
        to_fallback=to_fallback,
    )
