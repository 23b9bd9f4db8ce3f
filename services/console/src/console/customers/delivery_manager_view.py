"""Who is the delivery manager of a customer, and who can be. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.forms.fields import Field
from console.forms.lists import Entry, List
from console.forms.reading import TICKED

HOLDERS: Final = "holders"
FIELDS: Final = (
    Field("person", "listed", needed=True, label="delivery_manager", source=HOLDERS),
    Field("deputies", "several", source=HOLDERS),
)


@dataclass(frozen=True, slots=True)
class DeliveryManagerPage:
    """`appointed` is None where nobody is named; `lists` has those who hold the role, to choose from."""

    appointed: Mapping[str, Any] | None
    lists: Mapping[str, List]

    @property
    def nobody_can_be(self) -> bool:
        return not self.lists[HOLDERS].entries


def delivery_manager_page(
    appointed: Mapping[str, Any] | None, people: Iterable[Mapping[str, Any]]
) -> DeliveryManagerPage:
    holders = [one for one in people if "dm" in one["roles"] and not one["retired"]]
    by_name = sorted(holders, key=lambda one: str(one["name"]).casefold())
    entries = tuple(Entry(one["sub"], f"{one['name']} ({one['sub']})") for one in by_name)
    return DeliveryManagerPage(appointed, {HOLDERS: List(entries, is_whole=True)})


def filled_in(appointed: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the values of a form that nobody has changed yet: it is as it is."""
    if appointed is None:
        return {}
    deputies = {f"deputies.{sub}": TICKED for sub in appointed["deputies"]}
    return {"person": appointed["person"], **deputies}
