"""What is known of a customer, from three services. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.promises import Promise, promise
from console.upstream.part import Denied, Missing, Part, data_of, items_of


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody at the customer. `is_confirmed`: to be somebody else than who registered them."""

    id: str
    name: str
    address: str | None
    phones: tuple[str, ...]
    language: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """What applies to the customer today; `others` are versions that do not, and why."""

    chosen: Mapping[str, Any] | None
    rule: str | None
    others: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """The card; `facts` is None where they are not known. `parts` say what is missing."""

    facts: Mapping[str, Any] | None
    contacts: tuple[Contact, ...]
    tickets: tuple[Promise, ...]
    has_more_tickets: bool
    agreement: Agreement
    outages: tuple[Mapping[str, Any], ...]
    environments: tuple[Mapping[str, Any], ...]
    parts: Mapping[str, Part]

    def asked_by(self, sub: str) -> bool:
        """Whether this person asked for the customer's end, so that somebody else confirms it."""
        return self.facts is not None and self.facts["end_asked_by"] == sub

    def is_empty(self, name: str) -> bool:
        """Whether nothing is there, as opposed to not known, or not to be shown to whoever asks."""
        part = self.parts[name]
        return not items_of(part) and not isinstance(part, Missing | Denied)


def customer_card(parts: Mapping[str, Part], key: str, moment: datetime) -> CustomerCard:
    """Put together what the services answered about the customer of this key."""
    tickets = data_of(parts["tickets"])
    return CustomerCard(
        data_of(parts["customer"]),
        tuple(_contact(one) for one in items_of(parts["contacts"]) if not one["retired"]),
        tuple(promise(item, moment) for item in items_of(parts["tickets"])),
        isinstance(tickets, dict) and tickets.get("next") is not None,
        _agreement(data_of(parts["agreement"])),
        tuple(items_of(parts["outages"])),
        tuple(one for one in items_of(parts["environments"]) if one["customer"] == key),
        parts,
    )


def _contact(item: Mapping[str, Any]) -> Contact:
    phones = (item["phone"], *item["other_phones"])
    return Contact(
        item["id"],
        item["name"],
        item["address"],
        tuple(one for one in phones if one),
        item["language"],
        item["counts_for"] is None,
    )


def _agreement(match: Mapping[str, Any] | None) -> Agreement:
    if match is None:
        return Agreement(None, None, ())
    candidates = match["candidates"]
    chosen = next((one for one in candidates if one["chosen"]), None)
    return Agreement(chosen, match["rule"], tuple(one for one in candidates if not one["chosen"]))
