"""`/v1/notifications`, and how each person wants to be told."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Forbidden, NotFound
from common.http import RequestModel, ResponseModel, router
from common.persistence.database import Transaction, transaction_time
from escalation.cases.routes.escalations import get_case
from escalation.directory import store as directory
from escalation.notifications import store as notifications
from escalation.notifications.domain.notification import (
    AT_ONCE,
    FALLBACK_CONTACT,
    Channel,
    ChannelKind,
    NotificationRule,
    Person,
)

DAY_SECONDS = 24 * 3600

routes = router("/v1", tags=["notifications"])


class NotificationRead(ResponseModel):
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


class NotificationList(ResponseModel):
    items: list[NotificationRead]
    next: str | None = None


class ChannelUpdate(RequestModel):
    """`sms` is an address of an e-mail-to-SMS gateway."""

    kind: ChannelKind
    address: Annotated[str, Field(max_length=254, pattern=r"^[^@\s<>,;:\"]+@[A-Za-z0-9.-]+$")]


class RuleUpdate(RequestModel):
    delay_seconds: Annotated[int, Field(ge=0, le=DAY_SECONDS)] = 0
    channel: ChannelKind | None = None


class NotificationSettingsUpdate(RequestModel):
    """The first channel is the default; the work address is always the last one (E13)."""

    channels: Annotated[tuple[ChannelUpdate, ...], Field(max_length=5)] = ()
    rules: Annotated[tuple[RuleUpdate, ...], Field(min_length=1, max_length=10)] = (RuleUpdate(),)


class RuleRead(ResponseModel):
    delay_seconds: int
    channel: str | None


class NotificationSettingsRead(ResponseModel):
    person: str
    channels: list[str]
    rules: list[RuleRead]


@routes.get("/notifications", response_model=NotificationList)
async def list_notifications(
    tx: Transaction,
    escalation: Annotated[str, Query(min_length=1, max_length=100)],
    caller: Annotated[Caller, requires("escalations:read")],
) -> NotificationList:
    """Whom a case has told and how that went; `escalation` is its id or key."""
    case = await get_case(tx, escalation)
    rows = await notifications.list_of_case(tx, case.id)
    return NotificationList(items=[NotificationRead.model_validate(row) for row in rows])


@routes.get("/people/{sub}/notification-settings", response_model=NotificationSettingsRead)
async def get_settings(
    tx: Transaction, sub: str, caller: Annotated[Caller, requires("oncall:read")]
) -> NotificationSettingsRead:
    """Through which kinds of channels somebody is told, and after how long."""
    return to_response(await _get_person(tx, sub))


@routes.put("/people/{sub}/notification-settings", response_model=NotificationSettingsRead)
async def update_settings(
    tx: Transaction,
    sub: str,
    body: NotificationSettingsUpdate,
    caller: Annotated[Caller, requires("escalations:acknowledge")],
) -> NotificationSettingsRead:
    """Change how you yourself are told; for others only with the permission for rotas."""
    if sub != caller.sub and not caller.has_permission("oncall:write"):
        raise Forbidden("Change your own settings, or ask somebody who keeps the rotas.")
    await _get_person(tx, sub)
    channels = tuple(Channel(c.kind, c.address) for c in body.channels)
    rules = tuple(
        NotificationRule(timedelta(seconds=r.delay_seconds), r.channel) for r in body.rules
    )
    await directory.upsert_settings(tx, sub, channels, rules)
    entry = Entry(await transaction_time(tx), caller.sub, "person.settings", f"person/{sub}", {})
    await record(tx, entry)
    return to_response(await _get_person(tx, sub))


async def _get_person(tx: Transaction, sub: str) -> Person:
    people = await directory.load_people(tx, {sub})
    if sub == FALLBACK_CONTACT or sub not in people:
        raise NotFound("This person")
    return people[sub]


def to_response(person: Person) -> NotificationSettingsRead:
    rules = person.rules or AT_ONCE
    return NotificationSettingsRead(
        person=person.sub,
        channels=[channel.kind for channel in person.channels],
        rules=[
            RuleRead(delay_seconds=int(r.delay.total_seconds()), channel=r.channel) for r in rules
        ],
    )
