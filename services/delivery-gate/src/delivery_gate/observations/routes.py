"""HTTP routes of observations."""

from typing import Annotated

from common.auth import Caller, requires
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Transaction, router
from common.persistence.database import transaction_time
from delivery_gate.environments import store as environments
from delivery_gate.environments.context import EnvironmentContext
from delivery_gate.environments.schemas import EnvironmentRead
from delivery_gate.observations.commands import record_observation
from delivery_gate.observations.schemas import ObservationCreate
from delivery_gate.path_parameters import EnvironmentRef
from delivery_gate.products import store as products

routes = router("/v1/environments", ["environments"])


@routes.post("/{environment}/observations", status_code=201)
async def report_observation(
    ref: EnvironmentRef,
    body: ObservationCreate,
    tx: Transaction,
    caller: Annotated[Caller, requires("environments:report")],
) -> EnvironmentRead:
    """Report what runs on an environment. A digest that nothing explains is drift: an investigation
    is opened, and until it is confirmed the environment accepts no delivery."""
    environment = await environments.find(tx, ref, lock=True)
    if environment is None:
        raise NotFound(f"Environment {ref}")
    if await products.find(tx, body.product) is None:
        raise ValidationFailed(
            [Violation("/product", "unknown_reference", "register this product first")]
        )
    context = EnvironmentContext(tx, caller.actor, await transaction_time(tx), environment)
    return EnvironmentRead.model_validate(
        await record_observation(context, body.product, body.digest)
    )
