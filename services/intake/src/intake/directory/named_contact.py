"""A contact as people name one: by id, by any of their e-mail addresses, or by phone number."""

from typing import Final
from uuid import UUID

from common.auth import Caller
from common.errors import ValidationFailed, Violation
from common.http.state import AppState
from common.persistence.database import Connection
from intake.directory.caller_search import find_contacts_by_number
from intake.directory.domain.address import is_address, normalise
from intake.directory.domain.parties import Contact
from intake.directory.phone_numbers import to_international
from intake.directory.store import find_contact, get_contact

MAX_NAMED: Final = 5
"""Contacts that an answer names."""


async def find_named_contact(state: AppState, caller: Caller, text: str) -> Contact:
    """The contact that the text names. Raises ValidationFailed where it names nobody, or several."""
    active = await _find_active(state, caller, text)
    if len(active) == 1:
        return active[0]
    raise ValidationFailed([_nobody(text) if not active else _several(active)])


async def find_contact_or_none(state: AppState, caller: Caller, text: str) -> Contact | None:
    """The contact that the text names; None where it names nobody, or several."""
    active = await _find_active(state, caller, text)
    return active[0] if len(active) == 1 else None


async def _find_active(state: AppState, caller: Caller, text: str) -> list[Contact]:
    async with state.runtime.database.transaction(all_rows=caller.customer is None) as tx:
        found = await _find(tx, text.strip(), state.runtime.settings.phone_region)
    return [contact for contact in found if not contact.retired and contact.address]


async def _find(tx: Connection, text: str, region: str) -> list[Contact]:
    if is_address(text):
        contact = await find_contact(tx, normalise(text))
        return [contact] if contact else []
    try:
        contact = await get_contact(tx, UUID(text))
        return [contact] if contact else []
    except ValueError:
        number = to_international(text, region)
        return [] if number is None else await find_contacts_by_number(tx, number)


def _nobody(text: str) -> Violation:
    detail = (
        f"no contact has {text!r}: give an id, an e-mail address or a phone number, or register the"
        " caller first (POST /v1/customers/{customer}/contacts)"
    )
    return Violation("/contact", "unknown_reference", detail)


def _several(contacts: list[Contact]) -> Violation:
    named = ", ".join(f"{one.name} ({one.id})" for one in contacts[:MAX_NAMED])
    return Violation("/contact", "ambiguous", f"several contacts share it, name one by id: {named}")
