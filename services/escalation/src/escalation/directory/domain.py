"""A person: through which channels they are notified, and after which delays. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

ChannelKind = Literal["email", "sms"]

CHEAPEST_FIRST: tuple[ChannelKind, ...] = ("email", "sms")

FALLBACK_CONTACT = "fallback"
"""`sub` of the pseudo-person with the company's own address, notified when nobody else can be."""


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
    """Somebody who can be notified; `zone` is the IANA time zone in which they read times.

    `channels` hold the default first.
    """

    sub: str
    name: str
    zone: str
    channels: tuple[Channel, ...]
    rules: tuple[NotificationRule, ...] = AT_ONCE

    def channel(self, kind: ChannelKind | None) -> Channel | None:
        """The channel of this kind; the default where `kind` is None or the person has none of it."""
        matching = (c for c in self.channels if kind in (None, c.kind))
        return next(matching, self.channels[0] if self.channels else None)

    def cheapest_untried(self, tried: Sequence[str]) -> Channel | None:
        """The cheapest channel whose address is not in `tried` (E19); None when all were tried."""
        untried = [c for c in self.channels if c.address not in tried]
        return min(untried, key=lambda c: CHEAPEST_FIRST.index(c.kind), default=None)


@dataclass(frozen=True, slots=True)
class PersonalSettings:
    """How a person is notified: their own channels, the default first, and their rules."""

    channels: tuple[Channel, ...] = ()
    rules: tuple[NotificationRule, ...] = AT_ONCE


@dataclass(frozen=True, slots=True)
class StoredSettings:
    """A person's settings. `pending` are those that `pending_by`, somebody else, asked for at `pending_at`.

    `changed_by` and `confirmed_by` are the two people of the last change by others. `sequence` counts the
    changes; it is 0 while nobody has set anything.
    """

    present: PersonalSettings = PersonalSettings()
    pending: PersonalSettings | None = None
    pending_by: str | None = None
    pending_at: datetime | None = None
    changed_by: str | None = None
    confirmed_by: str | None = None
    sequence: int = 0


def change_settings(
    stored: StoredSettings, person: str, wanted: PersonalSettings, actor: str, at: datetime
) -> StoredSettings:
    """Change the settings of a person: at once by themselves, by two people else (R1).

    Whoever is paged at another address, or later, is not paged: so others' settings wait until
    a second person asks for the same. Another request replaces one that waits.
    """
    sequence = stored.sequence + 1
    if actor == person:
        return StoredSettings(wanted, sequence=sequence)
    if stored.pending == wanted and stored.pending_by not in (None, actor):
        return StoredSettings(
            wanted, changed_by=stored.pending_by, confirmed_by=actor, sequence=sequence
        )
    return replace(stored, pending=wanted, pending_by=actor, pending_at=at, sequence=sequence)
