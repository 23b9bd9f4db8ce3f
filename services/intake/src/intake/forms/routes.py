"""`/v1/request-forms`: what a customer is asked for a service, as JSON Schema kept as data."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Response

from common.auth import Caller, requires
from common.errors import NotFound
from common.http import Page, Paging, Refers, Transaction, router
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from intake.forms import store
from intake.forms.commands import publish_form, retire_form
from intake.forms.domain.form import RequestForm
from intake.forms.schemas import FormCreate, FormRead, FormVersionCreate, to_form_response

routes = router("/v1/request-forms", ["request forms"])

FormKey = Annotated[str, Path(alias="form", max_length=63, description="The form's key.")]
Reader = Annotated[Caller, requires("request-forms:read")]
Writer = Annotated[Caller, requires("request-forms:write")]


@routes.post("", status_code=201)
async def create_request_form(
    body: FormCreate, response: Response, caller: Writer, tx: Transaction
) -> FormRead:
    """Publish a new request form. Its key can never be changed."""
    form = await _build(tx, caller, body.key, body)
    stored = await publish_form(tx, caller.actor, form, is_new=True)
    response.headers["Location"] = f"/v1/request-forms/{body.key}"
    return to_form_response(stored)


@routes.get("")
async def list_request_forms(
    caller: Reader,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    service: Annotated[str | None, Query(max_length=200), Refers("service")] = None,
) -> Page[FormRead]:
    """List the request forms that are offered. Contacts see those for what their customer bought."""
    forms = await store.page(tx, service, page.after_as(UUID), page.limit)
    return page.page_of(forms, to_form_response, lambda form: (form.id,))


@routes.get("/{form}")
async def get_request_form(
    key: FormKey,
    caller: Reader,
    tx: Transaction,
    version: Annotated[int | None, Query(ge=1, le=1_000_000)] = None,
) -> FormRead:
    """Get a request form: the version that is offered, or another one."""
    return to_form_response(await _get(tx, key, version))


@routes.post("/{form}/versions", status_code=201)
async def publish_request_form_version(
    key: FormKey, body: FormVersionCreate, response: Response, caller: Writer, tx: Transaction
) -> FormRead:
    """Publish the next version of a request form. What was filled in before keeps its version."""
    form = await _build(tx, caller, key, body)
    stored = await publish_form(tx, caller.actor, form, is_new=False)
    response.headers["Location"] = f"/v1/request-forms/{key}?version={stored.version}"
    return to_form_response(stored)


@routes.post("/{form}/retire")
async def retire_request_form(key: FormKey, caller: Writer, tx: Transaction) -> FormRead:
    """Offer a request form no more. A later version offers it again."""
    form = await _get(tx, key, None)
    await retire_form(tx, caller.actor, form, await transaction_time(tx))
    return to_form_response(await _get(tx, key, form.version))


async def _build(tx: Connection, caller: Caller, key: str, body: FormVersionCreate) -> RequestForm:
    return RequestForm(
        id=uuid7(),
        key=key,
        version=0,
        title=body.title,
        description=body.description,
        language=body.language,
        service=body.service,
        kind=body.kind,
        schema=dict(body.form_schema),
        is_current=True,
        made_by=caller.sub,
        made_at=await transaction_time(tx),
    )


async def _get(tx: Connection, key: str, version: int | None) -> RequestForm:
    """The version of this form, by default the offered one. Raises NotFound."""
    form = await (store.find(tx, key) if version is None else store.find_version(tx, key, version))
    if form is None:
        raise NotFound(f"Request form {key}")
    return form
