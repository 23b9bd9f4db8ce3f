"""The form of an act on a ticket, or on the problem that a ticket is of. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal
from urllib.parse import quote

from console.forms.fields import Field
from console.forms.rows import Row

REASON: Final = Field("reason")
WHY: Final = Field("reason", needed=True)
OVERRULE: Final = Field(
    "overrule_reason",
    "line",
    if_refused=True,
    hint="overrule",
)


@dataclass(frozen=True, slots=True)
class ActForm:
    """An act with its fields. `path` ends the API's path, where that is not its name; `noun` begins it.

    `permitted_as` is the act in `allowed` that decides about it; `says` is in its body whatever is typed.
    `takes_two`: of two persons. `letter`: the key that leads to it. `begins_with_record`: the form begins with
    what is on record of the problem, to be corrected. `ref` is the field whose value ends the path.
    `rows`: a blank row of each kind of rows that it has beside its fields.
    """

    name: str
    fields: tuple[Field, ...] = ()
    path: str = ""
    permitted_as: str = ""
    says: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    takes_two: bool = False
    letter: str = ""
    hint: str = ""
    noun: str = "tickets"
    method: Literal["POST", "PUT", "DELETE"] = "POST"
    begins_with_record: bool = False
    ref: str = ""
    rows: Mapping[str, Row] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_short(self) -> bool:
        """Whether it has at most one plain text, so that it is a form beside the conversation."""
        if self.begins_with_record:
            return False
        asked = [one for one in self.fields if not one.if_refused]
        return len(asked) <= 1 and all(one.kind == "text" for one in asked)

    @property
    def permission(self) -> str:
        return self.permitted_as or self.name

    def address(self, key: str, own: str = "") -> str:
        """Return the API's path for this ticket; `own` is the value of the field `ref`."""
        ref = quote(key, safe="")
        if self.name == "triage":
            return f"/v1/triage/{ref}/assign-customer"
        path = f"/v1/{self.noun}/{ref}/{self.path or self.name}"
        return f"{path}/{quote(own, safe='')}" if self.ref else path
