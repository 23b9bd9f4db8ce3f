"""What the routes of deliveries load first, and what their responses show."""

from collections.abc import Sequence

from fastapi import Request

from common.auth import Caller
from common.errors import NotFound
from common.http import if_match
from common.persistence.database import Connection, transaction_time
from delivery_gate.deliveries.domain.delivery import Delivery
from delivery_gate.deliveries.schemas import DeliveryRead, to_response
from delivery_gate.deliveries.store import deliveries, verdicts
from delivery_gate.environments import store as environments
from delivery_gate.environments.context import EnvironmentContext


async def load_locked_delivery(
    tx: Connection, ref: str, caller: Caller, request: Request
) -> tuple[EnvironmentContext, Delivery]:
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
        if_match(request, delivery.sequence, await load_response(tx, delivery))
    at = await transaction_time(tx)
    return EnvironmentContext(tx, caller.actor, at, environment), delivery


async def load_response(tx: Connection, delivery: Delivery) -> DeliveryRead:
    """The response about a delivery, with its latest verdict."""
    return (await load_responses(tx, [delivery]))[0]


async def load_responses(tx: Connection, found: Sequence[Delivery]) -> list[DeliveryRead]:
    """The responses about deliveries, in their order, with their latest verdicts."""
    latest = await verdicts.get_latest(tx, [delivery.id for delivery in found])
    return [to_response(delivery, latest.get(delivery.id)) for delivery in found]
