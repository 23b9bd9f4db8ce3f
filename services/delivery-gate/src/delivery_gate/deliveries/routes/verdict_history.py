"""What was said about deliveries: one delivery's verdicts, and every refusal for QC (R6)."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.errors import NotFound
from common.http import Page, Paging, ResponseModel, encode_cursor, router
from common.persistence.database import Transaction
from delivery_gate.deliveries.schemas import VerdictRead, verdict_to_response
from delivery_gate.deliveries.store import deliveries, verdicts
from delivery_gate.fields import PathReference

routes = router("/v1", ["verdicts"])


class VerdictHistoryRead(VerdictRead):
    """The latest verdict, and those before it, latest first. None of them ever changes."""

    delivery: str
    earlier: Sequence[VerdictRead]


class RefusalRead(ResponseModel):
    """A refusal with everything that QC needs to weigh it."""

    delivery_id: UUID
    delivery: str
    product: str
    version: str | None
    environment: str
    customer: str
    attempt: int
    verdict: VerdictRead


@routes.get("/deliveries/{ref}/verdict")
async def get_verdict(
    ref: PathReference, tx: Transaction, caller: Annotated[Caller, requires("deliveries:read")]
) -> VerdictHistoryRead:
    ids = await deliveries.ids_to_lock(tx, ref)
    recorded = [] if ids is None else await verdicts.list_of_delivery(tx, ids[0])
    if not recorded:
        raise NotFound(f"Delivery {ref}")
    latest, *earlier = [verdict_to_response(one) for one in recorded]
    return VerdictHistoryRead(delivery=recorded[0].delivery, earlier=earlier, **dict(latest))


@routes.get("/refusals")
async def list_refusals(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("deliveries:read")],
    environment: Annotated[str | None, Query(max_length=200)] = None,
) -> Page[RefusalRead]:
    """Every refusal with its reasons, latest first."""
    after = page.after_as(int)
    rows = await verdicts.list_refusals(
        tx, environment, after[0] if after else None, page.limit + 1
    )
    items = [
        RefusalRead(
            delivery_id=one.delivery_id,
            delivery=one.delivery,
            product=one.product,
            version=one.version,
            environment=one.environment,
            customer=one.customer,
            attempt=one.attempt,
            verdict=verdict_to_response(one),
        )
        for one in rows[: page.limit]
    ]
    more = len(rows) > page.limit
    return Page(items=items, next=encode_cursor(rows[page.limit - 1].position) if more else None)
