"""What the gate asks, for everybody to read before they submit a delivery."""

from typing import Annotated

from common.auth import Caller, requires
from common.http import Transaction, router
from delivery_gate.criteria.schemas import CriteriaRead, to_response
from delivery_gate.criteria.store import get_current_criteria

routes = router("/v1/criteria", ["criteria"])


@routes.get("")
async def get_criteria(
    tx: Transaction, caller: Annotated[Caller, requires("deliveries:read")]
) -> CriteriaRead:
    """Get the present criteria. An approval counts only under the version it was given for."""
    return to_response(await get_current_criteria(tx))
