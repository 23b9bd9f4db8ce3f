"""What the routes of emergency changes load first."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from fastapi import FastAPI, Request

from common.auth import Caller
from common.errors import NotFound
from common.events.tickets import TicketEvent
from common.http import if_match, state_of
from common.messaging.consumed_offsets import load_offsets
from common.messaging.subject_status import is_waiting
from common.persistence.database import Connection, transaction_time
from delivery_gate.emergencies.domain import Blocker, EmergencyChange
from delivery_gate.emergencies.schemas import EmergencyRead
from delivery_gate.emergencies.store import blockers, emergency_changes
from delivery_gate.environments import store as environments
from delivery_gate.environments.context import EnvironmentContext

CATCH_UP_TIMEOUT_S: Final = 2.0
"""Seconds that a step waits for events about its ticket that are sent and not applied yet."""


@dataclass(frozen=True, slots=True)
class KnownBlocker:
    """What the gate knows of a Blocker. `is_current`: everything that was sent about it before the
    environment was locked is applied (G8)."""

    blocker: Blocker | None
    is_current: bool


async def load_with_blocker(
    tx: Connection, ref: str, caller: Caller, request: Request
) -> tuple[EnvironmentContext, EmergencyChange, KnownBlocker]:
    """The change as `load_locked_change`, with its Blocker.

    The broker is asked before anything is locked; the environment is locked before the Blocker is
    read, so that nobody lifts it in between.
    """
    _, _, ticket_id = await _ids(tx, ref)
    is_current = await _is_current(tx, request.app, ticket_id)
    context, change = await load_locked_change(tx, ref, caller, request)
    return context, change, KnownBlocker(await blockers.get(tx, ticket_id), is_current)


async def load_locked_change(
    tx: Connection, ref: str, caller: Caller, request: Request
) -> tuple[EnvironmentContext, EmergencyChange]:
    """The change, locked, on its locked environment.

    Raises NotFound, and PreconditionFailed where `If-Match` names another state.
    """
    id, environment_id, _ = await _ids(tx, ref)
    environment = await environments.lock(tx, environment_id)
    change = await emergency_changes.lock(tx, id)
    if_match(request, change.sequence, EmergencyRead.model_validate(change))
    at = await transaction_time(tx)
    return EnvironmentContext(tx, caller.actor, at, environment), change


async def _ids(tx: Connection, ref: str) -> tuple[UUID, UUID, UUID]:
    ids = await emergency_changes.ids_to_lock(tx, ref)
    if ids is None:
        raise NotFound(f"Emergency change {ref}")
    return ids


async def _is_current(tx: Connection, app: FastAPI, ticket_id: UUID) -> bool:
    """Whether all events of this ticket are applied: none is on its way, none waits or is dead."""
    consumer = state_of(app).consumer
    if consumer is not None and not await consumer.is_current(
        TicketEvent.topic, str(ticket_id), CATCH_UP_TIMEOUT_S, lambda: load_offsets(tx)
    ):
        return False
    return not await is_waiting(tx, TicketEvent.source, f"ticket/{ticket_id}")
