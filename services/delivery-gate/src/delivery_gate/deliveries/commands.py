"""The second half of every edge: row, verdict, follow-ups, events and audit trail, together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common import audit
from common.audit import JSON
from common.events.deliveries import DeliveryEvent, FollowUpOpened
from common.messaging.outbox import announce
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, arm
from delivery_gate.criteria.domain.verdict import Denied, FollowUpKind
from delivery_gate.deliveries import events
from delivery_gate.deliveries.domain.delivery import WAITING, Delivery, Judged
from delivery_gate.deliveries.store import deliveries, verdicts
from delivery_gate.environments.domain import Environment
from delivery_gate.follow_ups import store as follow_ups
from delivery_gate.follow_ups.domain import FollowUp, Held, work_due
from delivery_gate.keys import next_key

PATIENCE = "patience"
DEBT = "debt"
ITSELF = "opsdesk"
"""Who acts when nobody asked for it: a timer, an event."""


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, by `sub`; `behind` is the machine that speaks for them."""

    sub: str
    behind: str | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and when something is decided, and by whom.

    The environment is locked, unless only a waiting request expires on it.
    """

    tx: Connection
    environment: Environment
    by: By
    at: datetime

    async def note(self, action: str, subject: str, **grounds: JSON) -> None:
        """One line of the audit trail."""
        await note(self.tx, self.at, self.by, action, subject, **grounds)


async def note(
    tx: Connection, at: datetime, by: By, action: str, subject: str, **grounds: JSON
) -> None:
    entry = audit.Entry(at, by.sub, action, subject, grounds, by.behind)
    await audit.record(tx, entry)


async def note_denied(
    tx: Connection, at: datetime, by: By, action: str, subject: str, denied: Denied
) -> None:
    """A denial changes nothing, but who tried what stays known."""
    await note(tx, at, by, action, subject, denied=denied.code.value)


async def record(
    scene: Scene, delivery: Delivery, event: type[DeliveryEvent], action: str, **more: Any
) -> Delivery:
    """Store a step of a locked delivery that no verdict belongs to, and tell it."""
    kept, told = events.of_delivery(
        event, delivery, scene.environment, scene.at, scene.by.sub, **more
    )
    await deliveries.save(scene.tx, kept)
    await announce(scene.tx, told)
    await scene.note(action, f"delivery/{kept.id}", state=kept.state, attempt=kept.attempt)
    await _mind_patience(scene.tx, kept)
    return kept


async def record_judged(
    scene: Scene,
    judged: Judged,
    event: type[DeliveryEvent] | None,
    action: str,
    holding: tuple[FollowUp, ...],
) -> Delivery:
    """Store what a verdict made of a locked delivery: it, the verdict, its work; tell all of it.

    `holding`: the follow-ups that held the version before this verdict. `event` None: a request
    whose submission says it all.
    """
    opened = await _open_work(scene, judged)
    kept = await _tell_judged(scene, judged, event)
    await deliveries.save(scene.tx, kept)
    work = [follow_up.key for follow_up in (*holding, *opened)] if judged.refuses else []
    await verdicts.speak(
        scene.tx, kept.id, scene.environment.customer, judged.verdict, work, scene.by.sub
    )
    await scene.note(
        action,
        f"delivery/{kept.id}",
        outcome=judged.verdict.outcome,
        reasons=[reason.code.value for reason in judged.verdict.reasons],
        follow_ups=work,
        state=kept.state,
    )
    await _mind_patience(scene.tx, kept)
    return kept


async def _tell_judged(scene: Scene, judged: Judged, event: type[DeliveryEvent] | None) -> Delivery:
    if event is None:
        return judged.delivery
    more = _reasons(judged) if "reasons" in event.model_fields else {}
    kept, told = events.of_delivery(
        event, judged.delivery, scene.environment, scene.at, scene.by.sub, **more
    )
    await announce(scene.tx, told)
    return kept


async def _open_work(scene: Scene, judged: Judged) -> list[FollowUp]:
    due = work_due(judged.verdict, judged.work)
    delivery = judged.delivery
    held = Held(delivery.wanted.product, delivery.wanted.name, delivery.digest)
    return [await open_follow_up(scene, kind, due[kind], delivery, held) for kind in sorted(due)]


async def open_follow_up(
    scene: Scene, kind: FollowUpKind, demand: str, delivery: Delivery | None, held: Held | None
) -> FollowUp:
    """Oblige to some work; announced, so that whoever has to do it hears of it."""
    follow_up = FollowUp(
        id=uuid7(),
        key=await next_key(scene.tx, "FUP"),
        kind=kind,
        demand=demand,
        delivery_id=delivery.id if delivery else None,
        environment=scene.environment.key,
        held=held,
        opened_at=scene.at,
    )
    kept, told = events.of_follow_up(FollowUpOpened, follow_up, scene.at, scene.by.sub)
    await follow_ups.add(scene.tx, kept, scene.environment.id)
    await announce(scene.tx, told)
    return kept


async def record_new(scene: Scene, delivery: Delivery, *, counted: bool) -> None:
    """A request's row, before anything is said about it."""
    await deliveries.add(scene.tx, delivery, scene.environment, counted=counted)


async def expect_patience(tx: Connection, delivery: Delivery, until: datetime) -> None:
    """A request that waits for longer expires."""
    await arm(tx, [Deadline(PATIENCE, delivery.id, until)])


async def _mind_patience(tx: Connection, delivery: Delivery) -> None:
    if delivery.state not in WAITING:
        await arm(tx, [Deadline(PATIENCE, delivery.id, None)])


def _reasons(judged: Judged) -> Mapping[str, Any]:
    return {"reasons": events.shortcomings(judged.verdict.reasons)}
