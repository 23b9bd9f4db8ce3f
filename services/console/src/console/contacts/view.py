"""A contact, and the erasure of one: what the reader may do with them. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.forms.fields import Field

WRITE: Final = "directory:write"
ERASE: Final = "contacts:erase"
ACTS: Final[Mapping[str, tuple[Field, ...]]] = {
    "confirm": (),
    "end": (Field("reason", needed=True),),
    "ask-erasure": (Field("reason", needed=True, hint="no_names"),),
}
"""The acts on a contact, with what each asks for."""


@dataclass(frozen=True, slots=True)
class ContactPage:
    """`own`: the reader registered them, so that somebody else confirms them."""

    acts: tuple[str, ...]
    own: bool
    addresses: tuple[str, ...]
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ErasurePage:
    """`asked`: what was asked for, None where nobody did. `own`: the reader did, so that somebody else confirms it.

    `name` and `customer` are None where the service did not say them.
    """

    asked: Mapping[str, Any] | None
    may_confirm: bool
    own: bool
    name: str | None
    customer: str | None


def contact_page(contact: Mapping[str, Any], sub: str, may: Callable[[str], bool]) -> ContactPage:
    acts: list[str] = []
    if contact["counts_for"] is not None and not contact["retired"] and may(WRITE):
        acts.append("confirm")
    if not contact["retired"] and may(WRITE):
        acts.append("end")
    if may(ERASE):
        acts.append("ask-erasure")
    return ContactPage(
        tuple(acts),
        contact["counts_for"] == sub,
        tuple(one for one in (contact["address"], *contact["other_addresses"]) if one),
        tuple(one for one in (contact["phone"], *contact["other_phones"]) if one),
    )


def erasure_page(
    asked: Mapping[str, Any] | None, waiting: Iterable[Mapping[str, Any]], contact: str, sub: str
) -> ErasurePage:
    """Put together the page; `waiting` is what waits for the reader, with the name of the contact."""
    row = next((one for one in waiting if one["key"] == contact), None)
    is_open = asked is not None and asked["confirmed_by"] is None
    own = asked is not None and asked["requested_by"] == sub
    return ErasurePage(
        asked,
        is_open and not own,
        is_open and own,
        row["title"] if row else None,
        row.get("customer") if row else None,
    )
