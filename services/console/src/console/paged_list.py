"""A list of a service as a page shows it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from console.upstream.part import Part, data_of, items_of, status_of_part


@dataclass(frozen=True, slots=True)
class PagedList:
    """The items of a list. `more`: the address of what follows; `part` says why something is missing."""

    items: tuple[Mapping[str, Any], ...]
    more: str | None
    part: Part

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing, as opposed to nothing being known."""
        return data_of(self.part) is not None and not self.items

    @property
    def status(self) -> int:
        """The status of a page of which this list is the main part."""
        return status_of_part(self.part)


def paged_list(part: Part, path: str, query: Mapping[str, str]) -> PagedList:
    """Return a list. `path` and `query` are the page's own, to which the cursor is added for what follows."""
    data = data_of(part)
    following = data.get("next") if isinstance(data, dict) else None
    more = f"{path}?{urlencode({**query, 'cursor': following})}" if following else None
    return PagedList(tuple(items_of(part)), more, part)


def asked_for(query: Mapping[str, str], *names: str) -> dict[str, str]:
    """Return those parameters of an address that a page hands on, without empty ones."""
    return {name: query[name] for name in names if query.get(name)}
