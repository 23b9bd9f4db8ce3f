"""`GET /v1/callers`: who calls, and what is open for them."""

from typing import Annotated
from urllib.parse import urljoin

from fastapi import Query, Request

from common.auth import Caller, requires
from common.domain.console_pages import ConsolePages
from common.errors import ValidationFailed, Violation
from common.http import LinkedPages, Transaction, router, runtime_of
from common.persistence.database import Connection
from intake.callers import store
from intake.callers.schemas import CallerRead, CallersRead, CallerTicketRead
from intake.directory.caller_search import find_contacts_by_name, find_contacts_by_number
from intake.directory.domain.address import is_address, normalise, without_tag
from intake.directory.domain.parties import Contact
from intake.directory.phone_numbers import to_international
from intake.directory.store import (
    CUSTOMERS,
    find_contact,
)
from intake.reads.recorder import Reads
from intake.settings import IntakeSettings

routes = router("/v1/callers", ["callers"])

ON_CALL_PATH = "/v1/oncall"


@routes.get("")
async def find_callers(
    request: Request,
    caller: Annotated[Caller, requires("callers:read")],
    tx: Transaction,
    reads: Reads,
    pages: LinkedPages,
    phone: Annotated[
        str | None, Query(min_length=3, max_length=40, description="A number in any notation.")
    ] = None,
    email: Annotated[str | None, Query(max_length=254, description="An e-mail address.")] = None,
    name: Annotated[
        str | None,
        Query(min_length=2, max_length=100, pattern=r"\S\s*\S", description="Words of a name."),
    ] = None,
) -> CallersRead:
    """Find who calls by phone number, e-mail address or name, with what is open for them.

    Several contacts may share one number, as that of a switchboard, or a name; at most 20 are shown.
    """
    settings: IntakeSettings = runtime_of(request.app).settings
    if (phone, email, name).count(None) != 2:
        detail = "give one of `phone`, `email` and `name`"
        raise ValidationFailed([Violation("/query/phone", "one_of", detail)])
    if name is not None:
        number, contacts = None, await find_contacts_by_name(tx, name.split())
    else:
        number, contacts = await _find(tx, phone, email, settings.phone_region)
    await reads.note(caller, *(f"contact/{contact.id}" for contact in contacts))
    return CallersRead(
        number=number,
        items=[await _describe(tx, contact) for contact in contacts],
        on_call=_on_call_address(caller, pages, settings.escalation_url),
    )


def _on_call_address(caller: Caller, pages: ConsolePages, escalation_url: str | None) -> str | None:
    """Where one reads who is on call: a person on the console's page if there is one, a machine where escalation answers."""
    page = pages.address("on_call") if caller.roles else None
    return page or (escalation_url and urljoin(escalation_url, ON_CALL_PATH))


async def _find(
    tx: Connection, phone: str | None, email: str | None, region: str
) -> tuple[str | None, list[Contact]]:
    if email is not None:
        if not is_address(email.strip()):
            detail = "give an e-mail address like jan@acme.example"
            raise ValidationFailed([Violation("/query/email", "no_address", detail)])
        address = normalise(email)
        found = [await find_contact(tx, one) for one in (address, without_tag(address))]
        return None, [contact for contact in found if contact][:1]
    number = to_international(phone or "", region)
    if number is None:
        detail = "give a phone number like +31 20 555 0123, or as it is dialled at home"
        raise ValidationFailed([Violation("/query/phone", "no_number", detail)])
    return number, await find_contacts_by_number(tx, number)


async def _describe(tx: Connection, contact: Contact) -> CallerRead:
    customer = await CUSTOMERS.find(tx, contact.customer)
    assert customer is not None, "a contact's customer is a foreign key"
    return CallerRead(
        contact_id=contact.id,
        name=contact.name,
        address=contact.address,
        language=contact.language,
        customer=customer.key,
        customer_name=customer.name,
        timezone=customer.timezone,
        is_confirmed=contact.counts_for is None,
        open_count=await store.count_open(tx, customer.id),
        tickets=[
            CallerTicketRead.model_validate(ticket)
            for ticket in await store.list_open(tx, customer.id, contact.id)
        ],
    )
