"""A person of ours: what waits for a second person, and what the reader may do. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.forms.fields import Field

WRITE: Final = "directory:write"
ACTS: Final[Mapping[str, tuple[Field, ...]]] = {
    "confirm": (),
    "end": (Field("reason", needed=True),),
}
"""The acts on a person, with what each asks for."""


@dataclass(frozen=True, slots=True)
class PersonPage:
    """`own`: the reader asked for what waits, so that somebody else confirms it.

    `gains` and `loses`: the roles that differ once it is confirmed.
    """

    acts: tuple[str, ...]
    own: bool
    gains: tuple[str, ...]
    loses: tuple[str, ...]


def people_rows(people: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return people by name, those who have left last."""
    return sorted(people, key=lambda one: (one.get("retired", False), one["name"].casefold()))


def person_page(person: Mapping[str, Any], sub: str, may: Callable[[str], bool]) -> PersonPage:
    pending = person["pending"]
    acts: list[str] = []
    if may(WRITE):
        acts += ["confirm"] if pending is not None else []
        acts += [] if person["retired"] or (pending or {}).get("ends") else ["end"]
    wanted = person["roles"] if pending is None or pending["ends"] else pending["roles"]
    return PersonPage(
        tuple(acts),
        pending is not None and pending["requested_by"] == sub,
        tuple(one for one in wanted if one not in person["roles"]),
        tuple(one for one in person["roles"] if one not in wanted),
    )
