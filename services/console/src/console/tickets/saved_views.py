"""Saved views: filters of the list under a name, as intake keeps them for each person. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from console.tickets.filters import CONDITIONS, FIELDS, Filters
from console.upstream.part import Part, items_of


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view; `is_own` ones may be taken away."""

    id: str
    name: str
    path: str
    is_own: bool
    is_here: bool


def saved_views(part: Part, path: str, written: str, sub: str) -> tuple[SavedView, ...]:
    """Return the views of this person, and those that all share."""
    return tuple(_view(item, path, written, sub) for item in items_of(part))


def body_of(name: str, filters: Filters, *, shared: bool) -> dict[str, Any]:
    """Return what intake stores; lengths from now on are no part of it, as it keeps instants alone."""
    conditions = filters.parameters(of_all=filters.of_all)
    query: dict[str, Any] = {**filters.fields} | {n: _typed(v) for n, v in conditions.items()}
    if filters.words:
        query["q"] = filters.words
    if filters.tags:
        query["tag"] = list(filters.tags)
    return {
        "name": name,
        "shared": shared,
        "list": "tickets" if filters.of_all else "queue",
        "query": query,
    }


def filters_of(query: Mapping[str, Any]) -> Filters:
    """Read the filters of a saved view."""
    fields = {name: str(query[name]) for name in FIELDS if query.get(name)}
    conditions = tuple(
        name
        for name, (parameter, value) in CONDITIONS.items()
        if parameter != "state" and query.get(parameter) == _typed(value)
    )
    tags = tuple(str(tag) for tag in query.get("tag") or ())
    return Filters(fields, conditions, None, str(query.get("q") or ""), tags=tags)


def _typed(value: str) -> bool | str:
    return {"true": True, "false": False}.get(value, value)


def _view(item: Mapping[str, Any], path: str, written: str, sub: str) -> SavedView:
    text = filters_of(item["query"]).text()
    address = f"{path}?{urlencode({'q': text})}" if text else path
    return SavedView(item["id"], item["name"], address, item["owner"] == sub, text == written)
