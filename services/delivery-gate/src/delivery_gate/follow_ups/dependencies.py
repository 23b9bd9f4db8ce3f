"""What the routes of follow-ups load first."""

from fastapi import Request

from common.auth import Caller
from common.errors import NotFound
from common.http import if_match
from common.persistence.database import Connection, transaction_time
from delivery_gate.environments import store as environments
from delivery_gate.environments.context import EnvironmentContext
from delivery_gate.follow_ups import store
from delivery_gate.follow_ups.domain import FollowUp
from delivery_gate.follow_ups.owners import load_owners
from delivery_gate.follow_ups.schemas import to_response


async def load_locked_follow_up(
    tx: Connection, ref: str, caller: Caller, request: Request
) -> tuple[EnvironmentContext, FollowUp]:
    """The follow-up, locked, on its locked environment; the moment is read after both locks.

    Raises NotFound, and PreconditionFailed where `If-Match` names another state.
    """
    ids = await store.ids_to_lock(tx, ref)
    if ids is None:
        raise NotFound(f"Follow-up {ref}")
    id, environment_id = ids
    environment = await environments.lock(tx, environment_id)
    follow_up = await store.lock(tx, id)
    owners = (await load_owners(tx, [follow_up.id]))[follow_up.id]
    if_match(request, follow_up.sequence, to_response(follow_up, owners))
    at = await transaction_time(tx)
    return EnvironmentContext(tx, caller.actor, at, environment), follow_up
