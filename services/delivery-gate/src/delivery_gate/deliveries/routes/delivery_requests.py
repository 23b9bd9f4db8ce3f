"""HTTP routes to submit, list and read deliveries."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Response

from common.auth import Caller, requires
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Page, Paging, Transaction, router, set_etag
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from common.persistence.keys import next_key
from delivery_gate.deliveries.commands import record_submission
from delivery_gate.deliveries.dependencies import (
    load_allowed_acts,
    load_response,
    load_responses,
)
from delivery_gate.deliveries.domain.delivery import Delivery, DeliveryState, evaluate_delivery
from delivery_gate.deliveries.schemas import (
    DeliveryCreate,
    DeliveryDetail,
    DeliveryRead,
    to_detail,
)
from delivery_gate.deliveries.store import deliveries as store
from delivery_gate.deliveries.store.evaluation_input import load_evaluation_input
from delivery_gate.environments import store as environments
from delivery_gate.environments.context import EnvironmentContext
from delivery_gate.environments.domain import Environment
from delivery_gate.fields import (
    EnvironmentFilter,
    ProductFilter,
    VersionFilter,
    check_version_filter,
)
from delivery_gate.path_parameters import DeliveryRef
from delivery_gate.products import store as products
from delivery_gate.versions.domain import Reference

routes = router("/v1/deliveries", ["deliveries"])


@routes.post("", status_code=201)
async def submit_delivery(
    body: DeliveryCreate,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("deliveries:submit")],
) -> DeliveryRead:
    """Submit a delivery request. Answers 201 with the verdict, also where it is a refusal: that is
    on record, open to quality control, and its follow-ups hold the version."""
    environment = await _find_references(tx, body)
    context = EnvironmentContext(tx, caller.actor, await transaction_time(tx), environment)
    requested = Reference(body.product, body.version, body.digest)
    evaluation_input = await load_evaluation_input(tx, requested, environment)
    delivery = Delivery(
        id=uuid7(),
        key=await next_key(tx, "DEL", "delivery_numbers"),
        requested=requested,
        environment=environment.key,
        lifecycle=body.lifecycle,
        readiness={item: link for item, link in body.readiness.items()},
        attempt=await store.next_attempt(tx, environment.id, requested),
        requested_by=caller.sub,
        requested_at=context.at,
    )
    evaluation = evaluate_delivery(delivery, evaluation_input, context.at)
    stored = await record_submission(context, evaluation, evaluation_input)
    response.headers["Location"] = f"/v1/deliveries/{stored.id}"
    set_etag(response, stored.sequence)
    return await load_response(tx, stored)


async def _find_references(tx: Connection, body: DeliveryCreate) -> Environment:
    """The environment, locked. Raises ValidationFailed where it or the product is unknown."""
    environment = await environments.find(tx, body.environment, lock=True)
    violations = []
    if await products.find(tx, body.product) is None:
        violations.append(Violation("/product", "unknown_reference", "register this product first"))
    if environment is None:
        violations.append(
            Violation("/environment", "unknown_reference", "there is no such environment")
        )
    if environment is None or violations:
        raise ValidationFailed(violations)
    return environment


@routes.get("")
async def list_deliveries(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("deliveries:read")],
    environment: EnvironmentFilter = None,
    product: ProductFilter = None,
    version: VersionFilter = None,
    state: DeliveryState | None = None,
) -> Page[DeliveryRead]:
    """List deliveries, newest first."""
    check_version_filter(product, version)
    after: Any = page.after_as(datetime, UUID)
    filters = store.DeliveryFilter(environment, product, state, version)
    rows = await store.page(tx, filters, after, page.limit)
    responses = await load_responses(tx, rows)
    return page.page_of(
        responses, lambda response: response, lambda item: (item.requested_at, item.id)
    )


@routes.get("/{delivery}")
async def get_delivery(
    ref: DeliveryRef,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("deliveries:read")],
) -> DeliveryDetail:
    """Get a delivery by its id or key, with its latest verdict, what the caller may do with it now (`allowed`),
    and why not the rest."""
    delivery, ids = await store.find(tx, ref), await store.ids_to_lock(tx, ref)
    if delivery is None or ids is None:
        raise NotFound(f"Delivery {ref}")
    set_etag(response, delivery.sequence)
    acts = await load_allowed_acts(tx, delivery, ids[1], caller)
    return to_detail(await load_response(tx, delivery), acts)
