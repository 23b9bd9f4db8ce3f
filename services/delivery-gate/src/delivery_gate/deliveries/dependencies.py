"""What the routes of deliveries load first, and what their responses show."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from fastapi import Request

from common.auth import Caller
from common.auth.persons import counted_as
from common.domain.allowed_act import AllowedAct
from common.errors import NotFound
from common.http import if_match
from common.persistence.database import Connection, transaction_time
from delivery_gate.deliveries.domain.acts import ACTS, Asker, allowed_acts
from delivery_gate.deliveries.domain.delivery import Delivery
from delivery_gate.deliveries.domain.evaluation import EvaluationInput
from delivery_gate.deliveries.domain.review import valid_approvals
from delivery_gate.deliveries.schemas import DeliveryRead, to_response
from delivery_gate.deliveries.store import deliveries, verdicts
from delivery_gate.deliveries.store.evaluation_input import load_evaluation_input
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


async def load_allowed_acts(
    tx: Connection, delivery: Delivery, environment_id: UUID, caller: Caller
) -> Iterator[AllowedAct]:
    """What the caller may do with a delivery now, and why not the rest."""
    environment = await environments.get(tx, environment_id)
    evaluation_input = await load_evaluation_input(tx, delivery.requested, environment)
    person = await counted_person(tx, delivery, evaluation_input, caller)
    held = {one.permission for one in ACTS if caller.has_permission(one.permission)}
    asker = Asker(person, caller.roles, held, await transaction_time(tx))
    return allowed_acts(delivery, evaluation_input, asker)


async def counted_person(
    tx: Connection, delivery: Delivery, evaluation_input: EvaluationInput, caller: Caller
) -> str:
    """Under which account the caller counts against the requester and those whose approvals count (R1)."""
    counting = valid_approvals(delivery, evaluation_input.criteria.version)
    others = [delivery.requested_by, *(approval.by for approval in counting)]
    return await counted_as(tx, caller.sub, *others)


async def load_response(tx: Connection, delivery: Delivery) -> DeliveryRead:
    """The response about a delivery, with its latest verdict."""
    return (await load_responses(tx, [delivery]))[0]


async def load_responses(tx: Connection, found: Sequence[Delivery]) -> list[DeliveryRead]:
    """The responses about deliveries, in their order, with their latest verdicts."""
    latest = await verdicts.get_latest(tx, [delivery.id for delivery in found])
    return [to_response(delivery, latest.get(delivery.id)) for delivery in found]
