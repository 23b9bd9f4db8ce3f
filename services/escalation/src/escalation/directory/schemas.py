"""Request and response models of people."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from common.http import RequestModel, ResponseModel
from escalation.directory.domain import (
    AT_ONCE,
    Channel,
    ChannelKind,
    NotificationRule,
    Person,
    PersonalSettings,
)

DAY_SECONDS = 24 * 3600


class ChannelUpdate(RequestModel):
    """A way to reach the person; for `sms` the address of an e-mail-to-SMS gateway."""

    kind: ChannelKind
    address: Annotated[str, Field(max_length=254, pattern=r"^[^@\s<>,;:\"]+@[A-Za-z0-9.-]+$")]

    def to_channel(self) -> Channel:
        return Channel(self.kind, self.address)


class RuleUpdate(RequestModel):
    """One message, `delay_seconds` after a step; without `channel` by the person's default."""

    delay_seconds: Annotated[int, Field(ge=0, le=DAY_SECONDS)] = 0
    channel: ChannelKind | None = None

    def to_rule(self) -> NotificationRule:
        return NotificationRule(timedelta(seconds=self.delay_seconds), self.channel)


class NotificationSettingsUpdate(RequestModel):
    """The channels and rules of a person.

    The first channel is the default; the work address is always added as the last one.
    """

    channels: Annotated[tuple[ChannelUpdate, ...], Field(max_length=5)] = ()
    rules: Annotated[tuple[RuleUpdate, ...], Field(min_length=1, max_length=10)] = (RuleUpdate(),)

    def to_settings(self) -> PersonalSettings:
        return PersonalSettings(
            tuple(channel.to_channel() for channel in self.channels),
            tuple(rule.to_rule() for rule in self.rules),
        )


class RuleRead(ResponseModel):
    delay_seconds: int
    channel: str | None


class NotificationSettingsRead(ResponseModel):
    """How a person is notified: the kinds of their channels, without the addresses, and the rules.

    `pending_by` asked for other settings of this person, which wait for a second person.
    """

    person: str
    channels: list[str]
    rules: list[RuleRead]
    pending_by: str | None = None


def to_response(person: Person, pending_by: str | None = None) -> NotificationSettingsRead:
    rules = person.rules or AT_ONCE
    return NotificationSettingsRead(
        person=person.sub,
        channels=[channel.kind for channel in person.channels],
        rules=[
            RuleRead(delay_seconds=int(rule.delay.total_seconds()), channel=rule.channel)
            for rule in rules
        ],
        pending_by=pending_by,
    )
