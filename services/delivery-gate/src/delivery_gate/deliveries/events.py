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
from common.messaging.outbox import OutboxEvent
from delivery_gate.criteria.domain.verdict import Reason
from delivery_gate.deliveries.domain.delivery import Delivery
from delivery_gate.emergencies.domain import EmergencyChange
from delivery_gate.environments.domain import Environment
from delivery_gate.follow_ups.domain import FollowUp
from delivery_gate.versions.domain import Version


def delivery_event(
    event: type[DeliveryEvent],
    delivery: Delivery,
    environment: Environment,
    at: datetime,
    actor: str | None,
    **more: Any,
) -> tuple[Delivery, OutboxEvent]:
    """A request without a version name tells an empty one."""
    updated = replace(delivery, sequence=delivery.sequence + 1)
    payload = event(
        at=at,
        delivery_id=updated.id,
        delivery=updated.key,
        version_id=updated.version_id,
        product=updated.requested.product,
        version=updated.requested.name or "",
        digest=updated.digest,
        environment_id=environment.id,
        environment=environment.key,
        customer=environment.customer,
        attempt=updated.attempt,
        state=updated.state,
        by=actor,
        **more,
    )
    return updated, OutboxEvent(payload, updated.sequence)


def follow_up_event(
    event: type[FollowUpEvent], follow_up: FollowUp, at: datetime, actor: str | None, **more: Any
) -> tuple[FollowUp, OutboxEvent]:
    updated = replace(follow_up, sequence=follow_up.sequence + 1)
    held = updated.held
    payload = event(
        at=at,
        follow_up_id=updated.id,
        follow_up=updated.key,
        kind=updated.kind,
        product=held.product if held else None,
        version=held.name if held else None,
        environment=updated.environment,
        reason=updated.task,
        by=actor,
        **more,
    )
    return updated, OutboxEvent(payload, updated.sequence)


def emergency_event(
    event: type[EmergencyEvent],
    change: EmergencyChange,
    environment: Environment,
    at: datetime,
    actor: str | None,
    **more: Any,
) -> tuple[EmergencyChange, OutboxEvent]:
    updated = replace(change, sequence=change.sequence + 1)
    payload = event(
        at=at,
        emergency_id=updated.id,
        emergency=updated.key,
        environment_id=environment.id,
        environment=environment.key,
        customer=environment.customer,
        ticket_id=updated.ticket_id,
        ticket=updated.ticket,
        state=updated.state,
        by=actor,
        **more,
    )
    return updated, OutboxEvent(payload, updated.sequence)


def environment_event(
    event: type[EnvironmentEvent], environment: Environment, at: datetime, **more: Any
) -> tuple[Environment, OutboxEvent]:
    updated = replace(environment, sequence=environment.sequence + 1)
    payload = event(
        at=at, environment_id=updated.id, environment=updated.key, customer=updated.customer, **more
    )
    return updated, OutboxEvent(payload, updated.sequence)


def version_event(version: Version) -> OutboxEvent:
    """A version has one event in its life."""
    payload = VersionRegistered(
        at=version.registered_at,
        version_id=version.id,
        product=version.product,
        version=version.name,
        digest=version.digest,
        by=version.registered_by,
    )
    return OutboxEvent(payload, 1)


def to_violations(reasons: Iterable[Reason]) -> list[Shortcoming]:
    return [
        Shortcoming(
            code=reason.code, criterion=reason.criterion, justification=reason.justification
        )
        for reason in reasons
    ]
