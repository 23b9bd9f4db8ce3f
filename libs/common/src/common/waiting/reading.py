"""Read what waits for a caller: the sources that they may act on, their page, and the counts."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from common.auth import Caller
from common.auth.permissions import PERMISSIONS
from common.domain.console_pages import ConsolePages
from common.http import Paging
from common.persistence.database import Connection, transaction_time
from common.waiting import store
from common.waiting.schemas import WaitingPage
from common.waiting.source import WaitingSource
from common.waiting.store import Asker, WaitingRow

P = TypeVar("P", bound=WaitingPage)
FindNames = Callable[[Connection, Collection[str]], Awaitable[Mapping[str, str]]]
"""Finds the names of these accounts."""


async def read_waiting(
    tx: Connection,
    caller: Caller,
    page: Paging,
    sources: Sequence[WaitingSource],
    kind: str | None,
    shape: type[P],
    pages: ConsolePages,
    find_names: FindNames | None = None,
) -> P:
    """Read a page of what waits for the caller, the most urgent first, and how many of each kind do.

    `kind` restricts the page, and never the counts. `pages`: where our own people are led. Raises ValidationFailed for another list's cursor.
    """
    theirs = _sources_for(caller, sources)
    asker = Asker(caller.sub, caller.roles, caller.customer, await transaction_time(tx))
    wanted = tuple(one for one in theirs if kind in {None, one.kind})
    rows = await store.page(tx, wanted, asker, page.after_as(datetime, str, str), page.limit)
    first = {row.first for row in rows if row.first is not None}
    names = await find_names(tx, first) if find_names and first else {}
    linked = pages if caller.customer is None else ConsolePages()
    found = page.page_of(
        rows,
        lambda row: _to_item(row, wanted[row.source].why, names, linked),
        lambda row: row.position,
    )
    counts = await store.count(tx, theirs, asker)
    return shape.model_validate(
        {"items": found.items, "next": found.next, "counts": counts}, from_attributes=False
    )


def _sources_for(caller: Caller, sources: Sequence[WaitingSource]) -> tuple[WaitingSource, ...]:
    held = {one for one in PERMISSIONS if caller.has_permission(one)}
    contact = caller.customer is not None
    return tuple(one for one in sources if one.is_for(held, contact=contact))


def _to_item(
    row: WaitingRow, why: str, names: Mapping[str, str], pages: ConsolePages
) -> dict[str, object]:
    first = names.get(row.first, row.first) if row.first else "Nobody"
    shown = ("kind", "key", "title", "customer", "due_at", "since", "href")
    named = first if row.first and "{first}" in why else None
    words = {"why": why.format(first=first), "first": named, "page": pages.address_of(row.href)}
    return {name: getattr(row, name) for name in shown} | words
