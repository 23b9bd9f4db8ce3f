"""The list of tickets: the queue, or what a search finds. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from console.promises import Promise, promise
from console.tickets.filters import Filters
from console.upstream.part import Denied, Missing, Part, data_of, items_of


@dataclass(frozen=True, slots=True)
class View:
    """A fixed view: a name with words, and its address."""

    name: str
    path: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class QueuePage:
    """The page. `more`: the address of what follows; None at the end."""

    filters: Filters
    rows: tuple[Promise, ...]
    views: tuple[View, ...]
    more: str | None
    missing: Missing | None
    denied: Denied | None


VIEWS = (("all", ""), ("mine", "is:mine"), ("unassigned", "is:unassigned"), ("broken", "is:broken"))


def queue_page(
    parts: Mapping[str, Part], filters: Filters, path: str, moment: datetime
) -> QueuePage:
    """Put together the list. `path` is the page's own."""
    part = parts["list"]
    data = data_of(part)
    following = data.get("next") if isinstance(data, dict) else None
    written = filters.text()
    more = urlencode({"q": written, "after": following}) if following else None
    return QueuePage(
        filters,
        tuple(promise(item, moment) for item in items_of(part)),
        tuple(View(name, _address(path, text), text == written) for name, text in VIEWS),
        f"{path}?{more}" if more else None,
        part if isinstance(part, Missing) else None,
        part if isinstance(part, Denied) else None,
    )


def _address(path: str, text: str) -> str:
    return f"{path}?{urlencode({'q': text})}" if text else path
