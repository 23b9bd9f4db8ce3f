"""HTTP routes of observations."""

from typing import Annotated, Final

from fastapi import Response

from common.auth import Caller, requires
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Transaction, router
from common.persistence.database import transaction_time
from delivery_gate.denials import deny
from delivery_gate.environments import store as environments
from delivery_gate.environments.context import EnvironmentContext
from delivery_gate.environments.domain import check_report
from delivery_gate.environments.schemas import EnvironmentRead
from delivery_gate.observations.commands import record_observation
from delivery_gate.observations.schemas import ObservationCreate
from delivery_gate.path_parameters import EnvironmentRef
from delivery_gate.products import store as products

routes = router("/v1/environments", ["environments"])


MONITOR_SCOPE: Final = "environments:report"


@routes.post("/{environment}/observations", status_code=201, response_model=EnvironmentRead)
async def report_observation(
    ref: EnvironmentRef,
    body: ObservationCreate,
    tx: Transaction,
    caller: Annotated[Caller, requires("environments:report")],
) -> EnvironmentRead | Response:
    """Report what runs on an environment. A digest that nothing explains is drift: an investigation
    is opened, and until it is confirmed the environment accepts no delivery. Only a monitor's report
    of the known digest ends a drift, not a person's."""
    environment = await environments.find(tx, ref, lock=True)
    if environment is None:
        raise NotFound(f"Environment {ref}")
    if await products.find(tx, body.product) is None:
        raise ValidationFailed(
            [Violation("/product", "unknown_reference", "register this product first")]
        )
    context = EnvironmentContext(tx, caller.actor, await transaction_time(tx), environment)
    if MONITOR_SCOPE not in caller.scopes and (
        rejection := check_report(environment, body.product, body.digest)
    ):
        subject = f"environment/{environment.id}"
        return await deny(context, "environment.observe", subject, rejection)
    return EnvironmentRead.model_validate(
        await record_observation(context, body.product, body.digest)
    )
