"""HTTP routes of verdicts: those of one delivery, and every refusal for quality control (R6)."""

from typing import Annotated

from fastapi import Depends

from common.auth import Caller, requires
from common.errors import NotFound
from common.http import Page, Paging, Transaction, router
from delivery_gate.deliveries.schemas import (
    RefusalRead,
    VerdictHistoryRead,
    refusal_to_response,
    verdict_to_response,
)
from delivery_gate.deliveries.store import deliveries, verdicts
from delivery_gate.fields import EnvironmentFilter
from delivery_gate.path_parameters import DeliveryRef

routes = router("/v1", ["verdicts"])


@routes.get("/deliveries/{delivery}/verdict")
async def get_verdict(
    ref: DeliveryRef, tx: Transaction, caller: Annotated[Caller, requires("deliveries:read")]
) -> VerdictHistoryRead:
    """Get the latest verdict on a delivery, with the earlier ones."""
    ids = await deliveries.ids_to_lock(tx, ref)
    recorded = [] if ids is None else await verdicts.list_of_delivery(tx, ids[0])
    if not recorded:
        raise NotFound(f"Delivery {ref}")
    latest, *earlier = [verdict_to_response(verdict) for verdict in recorded]
    return VerdictHistoryRead(delivery=recorded[0].delivery, earlier=earlier, **dict(latest))


@routes.get("/refusals")
async def list_refusals(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("deliveries:read")],
    environment: EnvironmentFilter = None,
) -> Page[RefusalRead]:
    """List refusals with their reasons, latest first."""
    after = page.after_as(int)
    rows = await verdicts.list_refusals(tx, environment, after, page.limit)
    return page.page_of(rows, refusal_to_response, lambda refusal: (refusal.position,))
