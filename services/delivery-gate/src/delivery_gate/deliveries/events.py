"""From what happened to the event that tells it. Each answer has the aggregate's new sequence."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from common.events.deliveries import (
    DeliveryEvent,
    EmergencyEvent,
    EnvironmentEvent,
    FollowUpEvent,
    Shortcoming,
    VersionRegistered,
)
from common.messaging.outbox import Announcement
from delivery_gate.criteria.domain.verdict import Reason
from delivery_gate.deliveries.domain.delivery import Delivery
from delivery_gate.emergencies.domain import EmergencyChange
from delivery_gate.environments.domain import Environment
from delivery_gate.follow_ups.domain import FollowUp
from delivery_gate.versions.domain import Version


def of_delivery(
    event: type[DeliveryEvent],
    delivery: Delivery,
    environment: Environment,
    at: datetime,
    by: str | None,
    **more: Any,
) -> tuple[Delivery, Announcement]:
    """A request without a version name tells an empty one."""
    told = replace(delivery, sequence=delivery.sequence + 1)
    said = event(
        at=at,
        delivery_id=told.id,
        delivery=told.key,
        version_id=told.version_id,
        product=told.wanted.product,
        version=told.wanted.name or "",
        digest=told.digest,
        environment_id=environment.id,
        environment=environment.key,
        customer=environment.customer,
        attempt=told.attempt,
        state=told.state,
        by=by,
        **more,
    )
    return told, Announcement(said, told.sequence)


def of_follow_up(
    event: type[FollowUpEvent], follow_up: FollowUp, at: datetime, by: str | None, **more: Any
) -> tuple[FollowUp, Announcement]:
    told = replace(follow_up, sequence=follow_up.sequence + 1)
    held = told.held
    said = event(
        at=at,
        follow_up_id=told.id,
        follow_up=told.key,
        kind=told.kind,
        product=held.product if held else None,
        version=held.name if held else None,
        environment=told.environment,
        reason=told.demand,
        by=by,
        **more,
    )
    return told, Announcement(said, told.sequence)


def of_emergency(
    event: type[EmergencyEvent],
    change: EmergencyChange,
    environment: Environment,
    at: datetime,
    by: str | None,
    **more: Any,
) -> tuple[EmergencyChange, Announcement]:
    told = replace(change, sequence=change.sequence + 1)
    said = event(
        at=at,
        emergency_id=told.id,
        emergency=told.key,
        environment_id=environment.id,
        environment=environment.key,
        customer=environment.customer,
        ticket_id=told.ticket_id,
        ticket=told.ticket,
        state=told.state,
        by=by,
        **more,
    )
    return told, Announcement(said, told.sequence)


def of_environment(
    event: type[EnvironmentEvent], environment: Environment, at: datetime, **more: Any
) -> tuple[Environment, Announcement]:
    told = replace(environment, sequence=environment.sequence + 1)
    said = event(
        at=at,
        environment_id=told.id,
        environment=told.key,
        customer=told.customer,
        **more,
    )
    return told, Announcement(said, told.sequence)


def of_version(version: Version) -> Announcement:
    """A version has one event in its life."""
    said = VersionRegistered(
        at=version.registered_at,
        version_id=version.id,
        product=version.product,
        version=version.name,
        digest=version.digest,
        by=version.registered_by,
    )
    return Announcement(said, 1)


def shortcomings(reasons: Iterable[Reason]) -> list[Shortcoming]:
    return [
        Shortcoming(code=reason.code, criterion=reason.criterion, argument=reason.argument)
        for reason in reasons
    ]
