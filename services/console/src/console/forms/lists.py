"""What a field may be chosen from, as the services list it. Pure, but for the parts to ask for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from console.forms.fields import Field
from console.upstream.client import Get
from console.upstream.part import Missing, Part, data_of, items_of
from console.upstream.people import PEOPLE

MOST: Final = "200"
SOURCES: Final[Mapping[str, Get]] = {
    "people": PEOPLE,
    "teams": Get("intake", "/v1/teams", {"limit": MOST}, remember=True),
    "partners": Get("intake", "/v1/partners", {"limit": MOST}, remember=True),
    "customers": Get("intake", "/v1/customers", {"limit": MOST}, remember=True),
    "systems": Get("intake", "/v1/linked-systems", {"limit": MOST}, remember=True),
    "services": Get("sla", "/v1/services", {"limit": MOST}, remember=True),
}
MAX_EXCERPT: Final = 90


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to choose: what is sent, and how it reads."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class List:
    """`is_whole`: these are all, so that nothing else can be meant. `missing`: they could not be asked for."""

    entries: tuple[Entry, ...]
    is_whole: bool
    missing: Missing | None = None


def needed_lists(fields: Iterable[Field], ticket: Mapping[str, Any] | None) -> dict[str, Get]:
    """Return what to ask for, so that these fields can be chosen."""
    wanted = {one.source for one in fields if one.source}
    found = {name: get for name, get in SOURCES.items() if name in wanted}
    if ticket is not None and "messages" in wanted:
        found["messages"] = _messages(ticket["key"])
    if ticket is not None and "survivor" in wanted and ticket.get("merged_into"):
        found["survivor"] = _messages(ticket["merged_into"])
    if ticket is not None and ticket.get("customer"):
        of_customer = {"environments": environments_of, "contacts": contacts_of}
        found |= {n: get(ticket["customer"]) for n, get in of_customer.items() if n in wanted}
    return found


def environments_of(customer: str) -> Get:
    """Return what lists the environments of a customer."""
    ref = quote(customer, safe="")
    return Get("intake", f"/v1/customers/{ref}/environments", {"limit": MOST}, remember=True)


def contacts_of(customer: str) -> Get:
    """Return what lists the contacts of a customer."""
    ref = quote(customer, safe="")
    return Get("intake", f"/v1/customers/{ref}/contacts", {"limit": MOST}, remember=True)


def _messages(ticket: str) -> Get:
    return Get("intake", f"/v1/tickets/{quote(ticket, safe='')}/messages", {"limit": MOST})


def read_list(part: Part) -> List:
    """Return what can be chosen from an answer."""
    data = data_of(part)
    is_whole = data is not None and (not isinstance(data, dict) or data.get("next") is None)
    entries = tuple(_entry(item) for item in items_of(part) if not item.get("retired"))
    return List(entries, is_whole, part if isinstance(part, Missing) else None)


def _entry(item: Mapping[str, Any]) -> Entry:
    if "text" in item:
        return Entry(item["id"], _excerpt(item))
    name = str(item.get("name") or "")
    if "wants_mail" in item:  # a contact, who has no key
        return Entry(item["id"], f"{name} ({item['address']})" if item.get("address") else name)
    value = item.get("sub") or item["key"]
    return Entry(value, f"{name} ({value})" if name and name != value else value)


def _excerpt(item: Mapping[str, Any]) -> str:
    words = " ".join(item["text"].split())
    shown = words if len(words) <= MAX_EXCERPT else f"{words[:MAX_EXCERPT]}…"
    return f"{item.get('author_name') or item['author']}: {shown}"
