"""What the values of a form become in the body for the service, and what is wrong with them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from console.forms.fields import Field
from console.language.local_times import NoInstant, Wrong, read_local
from console.language.marked import marked
from console.upstream.problems import Violation

NEEDED: Final = marked("This is needed.")
NO_NUMBER: Final = marked("Give a whole number.")
WRONG_INSTANTS: Final[Mapping[Wrong, str]] = {
    "unreadable": marked("Give a date and a time."),
    "skipped": marked("This time does not exist: clocks are put forward then. Choose another one."),
    "twice": marked(
        "This time comes twice: clocks are put back then. Say below which one you mean."
    ),
}
TICKED: Final = "on"
MOST_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class Read:
    """What a form says: the body for the service, and what is wrong with it before it is sent."""

    body: dict[str, Any]
    wrong: tuple[Violation, ...]


def read_fields(fields: Iterable[Field], values: Mapping[str, str], zone: ZoneInfo) -> Read:
    """Read the values of a form. An empty field that is not needed is left out of the body."""
    body: dict[str, Any] = {}
    wrong: list[Violation] = []
    for field in fields:
        value = _value(field, values, zone)
        if isinstance(value, Violation):
            wrong.append(value)
        elif value is not None:
            body[field.name] = value
    return Read(body, tuple(wrong))


def _value(field: Field, values: Mapping[str, str], zone: ZoneInfo) -> Any:
    typed = values.get(field.input_name, "").strip()
    if field.kind == "tick":
        return field.input_name in values
    if field.kind == "several":
        begin = f"{field.name}."
        return [name.removeprefix(begin) for name in values if name.startswith(begin)]
    if field.kind == "words" and (typed or not field.needed):
        return _words(typed)
    if not typed:
        return Violation(field.name, NEEDED) if field.needed else None
    if field.kind == "instant":
        return _instant(field, typed, values.get(f"{field.name}.hour", ""), zone)
    if field.kind == "number":
        return int(typed) if is_whole_number(typed) else Violation(field.name, NO_NUMBER)
    return typed


def is_whole_number(typed: str) -> bool:
    """Whether these are digits, and no more than a number of a form can have."""
    return typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS


def _instant(field: Field, typed: str, hour: str, zone: ZoneInfo) -> str | Violation:
    found = read_local(typed, zone, hour)
    if isinstance(found, NoInstant):
        return Violation(field.name, WRONG_INSTANTS[found.why])
    return found.isoformat()


def _words(typed: str) -> list[str]:
    return list(dict.fromkeys(typed.replace(",", " ").split()))


def asked_which(wrong: Sequence[Violation]) -> dict[str, str]:
    """Return the marks by which the form asks which one is meant of a time that comes twice."""
    twice = WRONG_INSTANTS["twice"]
    return {f"{one.field}.twice": "on" for one in wrong if one.detail == twice}
