"""What the routes of emergency changes load first."""

from fastapi import Request

from common.auth import Caller
from common.errors import NotFound
from common.http import if_match
from common.persistence.database import Connection, transaction_time
from delivery_gate.emergencies.domain import Blocker, EmergencyChange
from delivery_gate.emergencies.schemas import EmergencyRead
from delivery_gate.emergencies.store import blockers, emergency_changes
from delivery_gate.environments import store as environments
from delivery_gate.environments.context import EnvironmentContext


async def load_locked_change(
    tx: Connection, ref: str, caller: Caller, request: Request
) -> tuple[EnvironmentContext, EmergencyChange, Blocker | None]:
    """The change, locked, on its locked environment, with its Blocker.

    The environment is locked before the Blocker is read, so that nobody lifts it in between.
    Raises NotFound, and PreconditionFailed where `If-Match` names another state.
    """
    ids = await emergency_changes.ids_to_lock(tx, ref)
    if ids is None:
        raise NotFound(f"Emergency change {ref}")
    id, environment_id = ids
    environment = await environments.lock(tx, environment_id)
    change = await emergency_changes.lock(tx, id)
    if_match(request, change.sequence, EmergencyRead.model_validate(change))
    blocker = await blockers.get(tx, change.ticket_id)
    at = await transaction_time(tx)
    return EnvironmentContext(tx, caller.actor, at, environment), change, blocker
