"""What may help with a ticket: known errors with a workaround, and articles. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.upstream.part import Denied, Missing, Part, data_of, items_of


@dataclass(frozen=True, slots=True)
class HelpPart:
    """`missing` and `denied`: why something cannot be shown, once for each reason."""

    known_errors: tuple[Mapping[str, Any], ...]
    articles: tuple[Mapping[str, Any], ...]
    missing: tuple[Missing, ...]
    denied: tuple[Denied, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing, as opposed to nothing being known."""
        return not (self.known_errors or self.articles or self.missing or self.denied)


def help_part(parts: Mapping[str, Part]) -> HelpPart:
    """Put together what intake suggests."""
    suggested = data_of(parts["suggestions"]) or {}
    found = (parts["suggestions"], parts["articles"])
    return HelpPart(
        tuple(suggested.get("known_errors") or ()),
        tuple(items_of(parts["articles"])),
        tuple(one for one in found if isinstance(one, Missing))[:1],
        tuple(one for one in found if isinstance(one, Denied))[:1],
    )
