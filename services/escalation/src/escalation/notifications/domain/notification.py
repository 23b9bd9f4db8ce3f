"""One message to one person by one channel: when it goes, and what its outcome means. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid5

ChannelKind = Literal["email", "sms"]
State = Literal["waiting", "ready", "sent", "cancelled", "failed"]
Purpose = Literal["page", "exhausted", "duty", "all_clear"]

NOTICE_PURPOSES: frozenset[Purpose] = frozenset({"duty", "all_clear"})
"""What is owed to the reader whoever has taken the case: acknowledging does not stop it."""

FALLBACK_CONTACT = "house"
"""The last resort: a pseudo-person with the company's own address, told when nobody else can be."""

CHEAPEST_FIRST: tuple[ChannelKind, ...] = ("email", "sms")

FIRST_RETRY_DELAY = timedelta(seconds=5)
MAX_RETRY_DELAY = timedelta(minutes=5)
MAX_TEMPORARY_FAILURES = 6  # temporary failures on one channel before another one is tried as well


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach a person; `address` is where mail for this channel goes."""

    kind: ChannelKind
    address: str


@dataclass(frozen=True, slots=True)
class NotificationRule:
    """One message `delay` after each step, by a channel; None is the person's default (E13)."""

    delay: timedelta = timedelta(0)
    channel: ChannelKind | None = None


AT_ONCE = (NotificationRule(),)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be told. `channels` hold the default first; `zone` is how they read time."""

    sub: str
    name: str
    zone: str
    channels: tuple[Channel, ...]
    rules: tuple[NotificationRule, ...] = AT_ONCE

    def channel(self, kind: ChannelKind | None) -> Channel | None:
        """The wanted channel, the default where the person has none of that kind."""
        matching = (c for c in self.channels if kind in (None, c.kind))
        return next(matching, self.channels[0] if self.channels else None)

    def cheapest_untried(self, tried: Sequence[str]) -> Channel | None:
        """The next channel after permanent errors, by cost (E19); None when all were tried."""
        untried = [c for c in self.channels if c.address not in tried]
        return min(untried, key=lambda c: CHEAPEST_FIRST.index(c.kind), default=None)


@dataclass(frozen=True, slots=True)
class Notification:
    """`key` is the idempotency key and `id` made from it: every attempt carries it, so a receiver
    can drop repeats.

    `send_at` is on the service's own clock; attempts and pauses run on real time. `tried` are
    the addresses that refused for good.
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


@dataclass(frozen=True, slots=True)
class Delivered:
    """The provider took it."""


@dataclass(frozen=True, slots=True)
class TemporaryFailure:
    """Nobody knows whether it arrived, or the provider asks to try later (E19)."""

    reason: str


@dataclass(frozen=True, slots=True)
class PermanentFailure:
    """The provider will never take it for this address."""

    reason: str


SendOutcome = Delivered | TemporaryFailure | PermanentFailure


def plan_notifications(
    escalation_id: UUID,
    occasion: str,
    purpose: Purpose,
    people: Sequence[str],
    people_by_sub: Mapping[str, Person],
    at: datetime,
) -> tuple[Notification, ...]:
    """One notification per person and personal rule, at the step's time plus its delay (E13).

    `telling` names the occasion within the case. A notice is no page: it goes once, at once.
    When none of these people can be told, the house is: no page goes to nobody.
    """
    reached = [
        people_by_sub[sub] for sub in people if sub in people_by_sub and people_by_sub[sub].channels
    ]
    if people and not reached and FALLBACK_CONTACT in people_by_sub:
        reached = [people_by_sub[FALLBACK_CONTACT]]
    return tuple(
        Notification(
            f"{occasion}/{person.sub}/{number}",
            escalation_id,
            purpose,
            person.sub,
            channel,
            at + rule.delay,
            "waiting" if rule.delay > timedelta(0) else "ready",
        )
        for person in reached
        for number, rule in enumerate(AT_ONCE if purpose in NOTICE_PURPOSES else person.rules, 1)
        if (channel := person.channel(rule.channel))
    )


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after the n-th attempt (from 1): doubles up to five minutes."""
    doublings = max(0, min(attempts - 1, 10))
    return min(FIRST_RETRY_DELAY * (1 << doublings), MAX_RETRY_DELAY)


def next_after_failure(
    failed: Notification, person: Person, fallbacks: Sequence[Person]
) -> Notification | None:
    """What takes a rejected notification's place: the next channel, else the next person in line.

    `line` is who is told instead, in order: the policy's fallback, then the house. None when the
    last one's last channel failed: nobody is left to tell.
    """
    tried = (*failed.tried, failed.channel.address)
    if channel := person.cheapest_untried(tried):
        return _replacement(failed, person, channel, tried, failed.to_fallback)
    subs = [one.sub for one in fallbacks]
    later = fallbacks[subs.index(person.sub) + 1 :] if person.sub in subs else fallbacks
    for follower in later:
        if channel := follower.cheapest_untried(()):
            return _replacement(failed, follower, channel, (), True)
    return None


def _replacement(
    failed: Notification,
    person: Person,
    channel: Channel,
    tried: tuple[str, ...],
    fallback: bool,
) -> Notification:
    return replace(
        failed,
        key=f"{failed.key}+{person.sub}.{channel.kind}.{len(tried)}",
        person=person.sub,
        channel=channel,
        state="ready",
        attempts=0,
        tried=tried,
        to_fallback=fallback,
    )
