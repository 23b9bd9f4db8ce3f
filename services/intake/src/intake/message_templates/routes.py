"""`/v1/message-templates`, and `POST /v1/tickets/{ticket}/messages/draft` (R11)."""

from typing import Annotated, Final

from fastapi import Depends, Path, Query, Response

from common.auth import Caller, requires
from common.errors import NotFound
from common.http import Page, Paging, Transaction, only_computes, router
from common.http.fields import Key
from common.persistence.database import transaction_time
from intake.message_templates import store
from intake.message_templates.commands import draft, retire, write_version
from intake.message_templates.domain.template import MessageTemplate, describe_missing
from intake.message_templates.schemas import (
    DraftRead,
    DraftRequest,
    MessageTemplateRead,
    MessageTemplateUpdate,
    MessageTemplateVersions,
    MissingValue,
)
from intake.tickets.dependencies import TicketReference, get_visible_ticket
from intake.tickets.message_check import examine, read_own_text
from intake.tickets.schemas.message_checks import FindingRead
from intake.tickets.store import tickets

templates = router("/v1/message-templates", ["message templates"])
drafts = router("/v1/tickets", ["ticket messages"])
ROUTERS: Final = (templates, drafts)

TemplateKey = Annotated[Key, Path(alias="template", description="The template's key.")]
Language = Annotated[
    str, Path(pattern=r"^[a-z]{2}$", description="Two letters, such as nl, en, de.")
]
Reader = Annotated[Caller, requires("messages:check")]
Writer = Annotated[Caller, requires("message-templates:write")]


@templates.get("")
async def list_message_templates(
    caller: Reader,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    language: Annotated[str | None, Query(pattern=r"^[a-z]{2}$")] = None,
) -> Page[MessageTemplateRead]:
    """List the templates of messages, the newest version of each language."""
    rows = await store.page(tx, language, page.after_as(str, str), page.limit)
    return page.page_of(
        rows, MessageTemplateRead.model_validate, lambda one: (one.key, one.language)
    )


@templates.get("/{template}")
async def get_message_template(
    key: TemplateKey, caller: Reader, tx: Transaction
) -> MessageTemplateVersions:
    """Get a template with every version of every language."""
    versions = await store.list_versions(tx, key)
    if not versions:
        raise NotFound(f"Message template {key}")
    return MessageTemplateVersions(
        items=[MessageTemplateRead.model_validate(one) for one in versions]
    )


@templates.put("/{template}/{language}", status_code=201)
async def write_message_template(
    key: TemplateKey,
    language: Language,
    body: MessageTemplateUpdate,
    response: Response,
    caller: Writer,
    tx: Transaction,
) -> MessageTemplateRead:
    """Write the next version of a template in one language; the first one makes the template."""
    at = await transaction_time(tx)
    asked = MessageTemplate(key, language, 0, body.description, body.text, caller.sub, at)
    written = await write_version(tx, asked, caller.actor, at)
    response.headers["Location"] = f"/v1/message-templates/{key}"
    return MessageTemplateRead.model_validate(written)


@templates.post("/{template}/{language}/retire")
async def retire_message_template(
    key: TemplateKey, language: Language, caller: Writer, tx: Transaction
) -> MessageTemplateRead:
    """Retire a template in one language: it is offered no more, and its versions stay."""
    retired = await retire(tx, key, language, caller.actor, await transaction_time(tx))
    if retired is None:
        raise NotFound(f"Message template {key} in {language}")
    return MessageTemplateRead.model_validate(retired)


@drafts.post("/{ticket}/messages/draft")
@only_computes
async def draft_message(
    ref: TicketReference, body: DraftRequest, caller: Reader, tx: Transaction
) -> DraftRead:
    """Draft a message to the ticket's customer from a template. Nothing is stored and nothing is sent."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    values: dict[str, str] = dict(body.values)
    made = await draft(tx, ticket, body.template, body.language, values, caller.sub)
    if made is None:
        wanted = f" in {body.language}" if body.language else ""
        raise NotFound(f"Message template {body.template}{wanted}")
    template, filled = made
    checked = await examine(tx, ticket, await read_own_text(filled.text))
    return DraftRead(
        template=template.key,
        version=template.version,
        language=template.language,
        text=filled.text,
        missing=[MissingValue(name=one, detail=describe_missing(one)) for one in filled.missing],
        findings=[FindingRead.model_validate(one) for one in checked.findings],
    )
