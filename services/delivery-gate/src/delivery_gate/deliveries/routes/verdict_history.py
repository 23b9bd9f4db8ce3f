"""What was said about deliveries: one delivery's verdicts, and every refusal for QC (R6)."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from common.auth import Caller, needs
from common.errors import NotFound
from common.http import Page, Paging, Told, cursor, router
from common.persistence.database import Transaction
from delivery_gate.deliveries.schemas import VerdictTold, verdict_told
from delivery_gate.deliveries.store import deliveries, verdicts
from delivery_gate.fields import Said

routes = router("/v1", ["verdicts"])


class VerdictsTold(VerdictTold):
    """The latest verdict, and those before it, latest first. None of them ever changes."""

    delivery: str
    earlier: Sequence[VerdictTold]


class RefusalTold(Told):
    """A refusal with everything that QC needs to weigh it."""

    delivery_id: UUID
    delivery: str
    product: str
    version: str | None
    environment: str
    customer: str
    attempt: int
    verdict: VerdictTold


@routes.get("/deliveries/{ref}/verdict")
async def get_verdict(
    ref: Said, tx: Transaction, caller: Annotated[Caller, needs("deliveries:read")]
) -> VerdictsTold:
    place = await deliveries.place(tx, ref)
    said = [] if place is None else await verdicts.of_delivery(tx, place[0])
    if not said:
        raise NotFound(f"Delivery {ref}")
    latest, *earlier = [verdict_told(one) for one in said]
    return VerdictsTold(delivery=said[0].delivery, earlier=earlier, **dict(latest))


@routes.get("/refusals")
async def list_refusals(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, needs("deliveries:read")],
    environment: Annotated[str | None, Query(max_length=200)] = None,
) -> Page[RefusalTold]:
    """Every refusal with its reasons, latest first."""
    after = page.after_as(int)
    found = await verdicts.refusals(tx, environment, after[0] if after else None, page.limit + 1)
    items = [
        RefusalTold(
            delivery_id=one.delivery_id,
            delivery=one.delivery,
            product=one.product,
            version=one.version,
            environment=one.environment,
            customer=one.customer,
            attempt=one.attempt,
            verdict=verdict_told(one),
        )
        for one in found[: page.limit]
    ]
    more = len(found) > page.limit
    return Page(items=items, next=cursor(found[page.limit - 1].position) if more else None)
