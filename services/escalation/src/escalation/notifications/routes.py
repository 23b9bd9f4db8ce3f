"""`/v1/notifications`, and how each person wants to be told."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, needs
from common.errors import Forbidden, NotFound
from common.http import Asked, Told, router
from common.persistence.database import Transaction, moment
from escalation.cases.routes.escalations import found
from escalation.directory import store as directory
from escalation.notifications import store as notifications
from escalation.notifications.domain.notification import (
    AT_ONCE,
    HOUSE,
    Channel,
    ChannelKind,
    Person,
    Rule,
)

DAY = 24 * 3600

routes = router("/v1", tags=["notifications"])


class NotificationTold(Told):
    """Without the address: who it is, is enough. `problem` is why the last attempt failed."""

    id: UUID
    escalation_id: UUID
    purpose: str
    person: str
    channel: str
    send_at: datetime
    state: Literal["waiting", "ready", "sent", "cancelled", "failed"]
    attempts: int
    settled_at: datetime | None
    problem: str | None


class NotificationsTold(Told):
    items: list[NotificationTold]
    next: str | None = None


class ChannelAsked(Asked):
    """`sms` is an address of an e-mail-to-SMS gateway."""

    kind: ChannelKind
    address: Annotated[str, Field(max_length=254, pattern=r"^[^@\s<>,;:\"]+@[A-Za-z0-9.-]+$")]


class RuleAsked(Asked):
    delay_seconds: Annotated[int, Field(ge=0, le=DAY)] = 0
    channel: ChannelKind | None = None


class SettingsAsked(Asked):
    """The first channel is the default; the work address is always the last one (E13)."""

    channels: Annotated[tuple[ChannelAsked, ...], Field(max_length=5)] = ()
    rules: Annotated[tuple[RuleAsked, ...], Field(min_length=1, max_length=10)] = (RuleAsked(),)


class RuleTold(Told):
    delay_seconds: int
    channel: str | None


class SettingsTold(Told):
    person: str
    channels: list[str]
    rules: list[RuleTold]


@routes.get("/notifications", response_model=NotificationsTold)
async def list_notifications(
    tx: Transaction,
    escalation: Annotated[str, Query(min_length=1, max_length=100)],
    caller: Annotated[Caller, needs("escalations:read")],
) -> NotificationsTold:
    """Whom a case has told and how that went; `escalation` is its id or key."""
    case = await found(tx, escalation)
    rows = await notifications.of_case(tx, case.id)
    return NotificationsTold(items=[NotificationTold.model_validate(row) for row in rows])


@routes.get("/people/{sub}/notification-settings", response_model=SettingsTold)
async def show_settings(
    tx: Transaction, sub: str, caller: Annotated[Caller, needs("oncall:read")]
) -> SettingsTold:
    """Through which kinds of channels somebody is told, and after how long."""
    return _told(await _person(tx, sub))


@routes.put("/people/{sub}/notification-settings", response_model=SettingsTold)
async def change_settings(
    tx: Transaction,
    sub: str,
    wanted: SettingsAsked,
    caller: Annotated[Caller, needs("escalations:acknowledge")],
) -> SettingsTold:
    """Change how you yourself are told; for others only with the permission for rotas."""
    if sub != caller.sub and not caller.has("oncall:write"):
        raise Forbidden("Change your own settings, or ask somebody who keeps the rotas.")
    await _person(tx, sub)
    channels = tuple(Channel(c.kind, c.address) for c in wanted.channels)
    rules = tuple(Rule(timedelta(seconds=r.delay_seconds), r.channel) for r in wanted.rules)
    await directory.put_settings(tx, sub, channels, rules)
    entry = Entry(await moment(tx), caller.sub, "person.settings", f"person/{sub}", {})
    await record(tx, entry)
    return _told(await _person(tx, sub))


async def _person(tx: Transaction, sub: str) -> Person:
    known = await directory.known(tx, {sub})
    if sub == HOUSE or sub not in known:
        raise NotFound("This person")
    return known[sub]


def _told(person: Person) -> SettingsTold:
    rules = person.rules or AT_ONCE
    return SettingsTold(
        person=person.sub,
        channels=[channel.kind for channel in person.channels],
        rules=[
            RuleTold(delay_seconds=int(r.delay.total_seconds()), channel=r.channel) for r in rules
        ],
    )
