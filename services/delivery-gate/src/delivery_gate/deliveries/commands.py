"""The second half of every edge: row, verdict, follow-ups, events and audit trail, together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common import audit
from common.audit import JSON
from common.events.deliveries import DeliveryEvent, FollowUpOpened
from common.messaging.outbox import publish
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from delivery_gate.criteria.domain.verdict import FollowUpKind, Rejection
from delivery_gate.deliveries import events
from delivery_gate.deliveries.domain.delivery import WAITING_STATES, Delivery, Evaluation
from delivery_gate.deliveries.store import deliveries, verdicts
from delivery_gate.environments.domain import Environment
from delivery_gate.follow_ups import store as follow_ups
from delivery_gate.follow_ups.domain import FollowUp, HeldVersion, follow_up_work
from delivery_gate.keys import next_key

APPROVAL_TIMEOUT = "patience"
DEBT = "debt"
SYSTEM_SUB = "opsdesk"
"""Who acts when nobody asked for it: a timer, an event."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it, by `sub`; `behind` is the machine that speaks for them."""

    sub: str
    via_machine: str | None = None


@dataclass(frozen=True, slots=True)
class CommandContext:
    """Where and when something is decided, and by whom.

    The environment is locked, unless only a waiting request expires on it.
    """

    tx: Connection
    environment: Environment
    actor: Actor
    at: datetime

    async def audit(self, action: str, subject: str, **grounds: JSON) -> None:
        """One line of the audit trail."""
        await audit_action(self.tx, self.at, self.actor, action, subject, **grounds)


async def audit_action(
    tx: Connection, at: datetime, actor: Actor, action: str, subject: str, **grounds: JSON
) -> None:
    entry = audit.Entry(at, actor.sub, action, subject, grounds, actor.via_machine)
    await audit.record(tx, entry)


async def audit_denial(
    tx: Connection, at: datetime, actor: Actor, action: str, subject: str, rejection: Rejection
) -> None:
    """A denial changes nothing, but who tried what stays known."""
    await audit_action(tx, at, actor, action, subject, denied=rejection.code.value)


async def save_step(
    context: CommandContext,
    delivery: Delivery,
    event: type[DeliveryEvent],
    action: str,
    **more: Any,
) -> Delivery:
    """Store a step of a locked delivery that no verdict belongs to, and tell it."""
    stored, outbox_event = events.delivery_event(
        event, delivery, context.environment, context.at, context.actor.sub, **more
    )
    await deliveries.save(context.tx, stored)
    await publish(context.tx, outbox_event)
    await context.audit(action, f"delivery/{stored.id}", state=stored.state, attempt=stored.attempt)
    await _cancel_approval_timeout(context.tx, stored)
    return stored


async def save_verdict(
    context: CommandContext,
    evaluation: Evaluation,
    event: type[DeliveryEvent] | None,
    action: str,
    holding: tuple[FollowUp, ...],
) -> Delivery:
    """Store what a verdict made of a locked delivery: it, the verdict, its work; tell all of it.

    `holding`: the follow-ups that held the version before this verdict. `event` None: a request
    whose submission says it all.
    """
    opened = await _open_follow_ups(context, evaluation)
    stored = await _emit_evaluation(context, evaluation, event)
    await deliveries.save(context.tx, stored)
    work = [follow_up.key for follow_up in (*holding, *opened)] if evaluation.is_refusal else []
    await verdicts.record(
        context.tx,
        stored.id,
        context.environment.customer,
        evaluation.verdict,
        work,
        context.actor.sub,
    )
    await context.audit(
        action,
        f"delivery/{stored.id}",
        outcome=evaluation.verdict.outcome,
        reasons=[reason.code.value for reason in evaluation.verdict.reasons],
        follow_ups=work,
        state=stored.state,
    )
    await _cancel_approval_timeout(context.tx, stored)
    return stored


async def _emit_evaluation(
    context: CommandContext, evaluation: Evaluation, event: type[DeliveryEvent] | None
) -> Delivery:
    if event is None:
        return evaluation.delivery
    more = _reasons_payload(evaluation) if "reasons" in event.model_fields else {}
    stored, outbox_event = events.delivery_event(
        event, evaluation.delivery, context.environment, context.at, context.actor.sub, **more
    )
    await publish(context.tx, outbox_event)
    return stored


async def _open_follow_ups(context: CommandContext, evaluation: Evaluation) -> list[FollowUp]:
    due = follow_up_work(evaluation.verdict, evaluation.work)
    delivery = evaluation.delivery
    held = HeldVersion(delivery.requested.product, delivery.requested.name, delivery.digest)
    return [await open_follow_up(context, kind, due[kind], delivery, held) for kind in sorted(due)]


async def open_follow_up(
    context: CommandContext,
    kind: FollowUpKind,
    demand: str,
    delivery: Delivery | None,
    held: HeldVersion | None,
) -> FollowUp:
    """Oblige to some work; announced, so that whoever has to do it hears of it."""
    follow_up = FollowUp(
        id=uuid7(),
        key=await next_key(context.tx, "FUP"),
        kind=kind,
        task=demand,
        delivery_id=delivery.id if delivery else None,
        environment=context.environment.key,
        held=held,
        opened_at=context.at,
    )
    stored, event = events.follow_up_event(FollowUpOpened, follow_up, context.at, context.actor.sub)
    await follow_ups.add(context.tx, stored, context.environment.id)
    await publish(context.tx, event)
    return stored


async def save_new(context: CommandContext, delivery: Delivery, *, counted: bool) -> None:
    """A request's row, before anything is said about it."""
    await deliveries.add(context.tx, delivery, context.environment, counted=counted)


async def schedule_approval_timeout(tx: Connection, delivery: Delivery, until: datetime) -> None:
    """A request that waits for longer expires."""
    await schedule(tx, [Deadline(APPROVAL_TIMEOUT, delivery.id, until)])


async def _cancel_approval_timeout(tx: Connection, delivery: Delivery) -> None:
    if delivery.state not in WAITING_STATES:
        await schedule(tx, [Deadline(APPROVAL_TIMEOUT, delivery.id, None)])


def _reasons_payload(evaluation: Evaluation) -> Mapping[str, Any]:
    return {"reasons": events.to_violations(evaluation.verdict.reasons)}
