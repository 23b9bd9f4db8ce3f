"""The list of tickets: the queue, or what a search finds. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from console.promises import Promise, promise
from console.tickets.filters import OF_QUEUE, Filters
from console.tickets.saved_views import SavedView, saved_views
from console.upstream.part import Denied, Missing, Part, data_of, items_of


@dataclass(frozen=True, slots=True)
class View:
    """A fixed view: a name with words, and its address."""

    name: str
    path: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """One restriction. `name` is that of a field, `tag`, `is`, `breaks` or `words`; `path`: the list without it."""

    name: str
    value: str
    path: str


@dataclass(frozen=True, slots=True)
class QueuePage:
    """The page. `more`: the address of what follows; None at the end. `query`: what asks for the same again.

    `only_open`: the address of those among these that are open; None where these are all. `without_effect`: what
    is written and restricts nothing.
    """

    filters: Filters
    rows: tuple[Promise, ...]
    views: tuple[View, ...]
    more: str | None
    missing: Missing | None
    denied: Denied | None
    saved: tuple[SavedView, ...] = ()
    query: str = ""
    can_do_many: bool = False
    chips: tuple[Chip, ...] = ()
    only_open: str | None = None
    without_effect: tuple[str, ...] = ()

    @property
    def own_view(self) -> SavedView | None:
        """The own saved view that is shown, None where it is none."""
        return next((one for one in self.saved if one.is_here and one.is_own), None)


VIEWS = (
    ("all", ""),
    ("mine", "is:mine"),
    ("unassigned", "is:unassigned"),
    ("broken", "is:broken"),
    ("watched", "is:watched is:open"),
)
OF_CONTACTS = tuple((name, text) for name, text in VIEWS if name not in OF_QUEUE)
"""The views of contacts, who have no queue."""


def queue_page(
    parts: Mapping[str, Part],
    filters: Filters,
    path: str,
    moment: datetime,
    *,
    sub: str = "",
    after: str | None = None,
    is_staff: bool = False,
) -> QueuePage:
    """Put together the list. `path` is the page's own; `after` the cursor at which it begins."""
    part = parts["list"]
    data = data_of(part)
    following = data.get("next") if isinstance(data, dict) else None
    written = filters.text()
    views = VIEWS if is_staff else OF_CONTACTS
    more = urlencode({"q": written, "after": following}) if following else None
    return QueuePage(
        filters,
        tuple(promise(item, moment) for item in items_of(part)),
        tuple(View(name, _address(path, text), text == written) for name, text in views),
        f"{path}?{more}" if more else None,
        part if isinstance(part, Missing) else None,
        part if isinstance(part, Denied) else None,
        saved_views(parts["views"], path, written, sub) if "views" in parts else (),
        urlencode({"q": written} | ({"after": after} if after else {})) if written or after else "",
        is_staff,
        tuple(_chips(filters, path)),
        _only_open(filters, path),
        filters.without_effect(has_queue=is_staff),
    )


def _chips(filters: Filters, path: str) -> Iterator[Chip]:
    for term in filters.terms():
        name, value = ("words", term) if term == filters.words else term.split(":", 1)
        yield Chip(name, value.removeprefix("<"), _address(path, filters.without(term).text()))


def _only_open(filters: Filters, path: str) -> str | None:
    if not filters.of_all or "open" in filters.conditions:
        return None
    return _address(path, replace(filters, conditions=(*filters.conditions, "open")).text())


def _address(path: str, text: str) -> str:
    return f"{path}?{urlencode({'q': text})}" if text else path
