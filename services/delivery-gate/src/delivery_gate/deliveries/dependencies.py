"""Setting the scene of a command: the environment is locked first, then what is on it."""

from fastapi import Request

from common.auth import Caller
from common.errors import NotFound
from common.http import if_match
from common.persistence.database import Connection, moment
from delivery_gate.deliveries.commands import Scene
from delivery_gate.deliveries.domain.delivery import Delivery
from delivery_gate.deliveries.schemas import told
from delivery_gate.deliveries.store import deliveries
from delivery_gate.denials import by
from delivery_gate.environments import store as environments


async def of_delivery(
    tx: Connection, ref: str, caller: Caller, request: Request
) -> tuple[Scene, Delivery]:
    """The delivery, locked, on its locked environment; the moment is read after both locks.

    Raises NotFound, and PreconditionFailed where `If-Match` names another state.
    """
    place = await deliveries.place(tx, ref)
    if place is None:
        raise NotFound(f"Delivery {ref}")
    id, environment_id = place
    environment = await environments.lock(tx, environment_id)
    delivery = await deliveries.lock(tx, id)
    if "if-match" in request.headers:
        if_match(request, delivery.sequence, await told(tx, delivery))
    return Scene(tx, environment, by(caller), await moment(tx)), delivery
