"""The pages beside a ticket: what the services answered, for their templates. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.service_text import NO_FACTS, ServiceText
from console.upstream.part import Denied, Missing, Part, data_of, items_of


@dataclass(frozen=True, slots=True)
class SidePage:
    """`ticket` is None where it cannot be shown; `names` are those of the people that are known."""

    ticket: Mapping[str, Any] | None
    parts: Mapping[str, Part]
    names: Mapping[str, str]
    sub: str

    def items(self, name: str) -> list[dict[str, Any]]:
        return items_of(self.parts[name])

    def missing(self, name: str) -> Missing | None:
        part = self.parts[name]
        return part if isinstance(part, Missing) else None

    def denied(self, name: str) -> Denied | None:
        part = self.parts[name]
        return part if isinstance(part, Denied) else None

    def later(self, name: str) -> str | None:
        """Return the cursor of what follows in a list."""
        data = data_of(self.parts[name])
        return data.get("next") if isinstance(data, dict) else None

    def name(self, sub: str | None) -> str | None:
        """Return how somebody is called; their account where that is not known."""
        return None if sub is None else self.names.get(sub, sub)

    def did(self, entry: Mapping[str, Any]) -> ServiceText:
        """Return what somebody did, as it follows their name."""
        facts = entry.get("parameters") or {}
        who = entry.get("by_name") or entry["by"]
        english = str(entry["words"]).removeprefix(f"{who} ")
        is_note = entry["act"] == "reply" and facts.get("visibility") == "internal"
        code = "internal_note" if is_note else "" if entry["refused"] else entry["act"]
        return ServiceText(code, english, facts, "history")

    def refusal(self, entry: Mapping[str, Any]) -> ServiceText | None:
        """Return why something that somebody tried was refused, where intake says it."""
        denied = (entry.get("parameters") or {}).get("denied")
        return ServiceText(denied.lower(), "", NO_FACTS) if denied and entry["refused"] else None

    @property
    def minutes(self) -> int:
        """The sum of the time entries that are shown: corrections are differences."""
        return sum(one["minutes"] for one in self.items("time"))


def side_page(parts: Mapping[str, Part], sub: str) -> SidePage:
    """Put together a page; names come with the ticket, and with the lists of people and contacts where there are any."""
    ticket = data_of(parts["ticket"])
    known = [
        one for name in ("people", "contacts") if name in parts for one in items_of(parts[name])
    ]
    names = {one.get("sub") or one["id"]: one["name"] for one in known}
    return SidePage(ticket, parts, names | ((ticket or {}).get("names") or {}), sub)
