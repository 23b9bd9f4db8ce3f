"""Setting the scene of a command: the environment is locked first, then what is on it."""

from fastapi import Request

from common.auth import Caller
from common.errors import NotFound
from common.http import if_match
from common.persistence.database import Connection, transaction_time
from delivery_gate.deliveries.commands import CommandContext
from delivery_gate.deliveries.domain.delivery import Delivery
from delivery_gate.deliveries.schemas import to_response
from delivery_gate.deliveries.store import deliveries
from delivery_gate.denials import actor_of
from delivery_gate.environments import store as environments


async def load_locked_delivery(
    tx: Connection, ref: str, caller: Caller, request: Request
) -> tuple[CommandContext, Delivery]:
    """The delivery, locked, on its locked environment; the moment is read after both locks.

    Raises NotFound, and PreconditionFailed where `If-Match` names another state.
    """
    ids = await deliveries.ids_to_lock(tx, ref)
    if ids is None:
        raise NotFound(f"Delivery {ref}")
    id, environment_id = ids
    environment = await environments.lock(tx, environment_id)
    delivery = await deliveries.lock(tx, id)
    if "if-match" in request.headers:
        if_match(request, delivery.sequence, await to_response(tx, delivery))
    return CommandContext(tx, environment, actor_of(caller), await transaction_time(tx)), delivery
