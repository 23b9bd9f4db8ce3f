"""Repeated rows of a form, such as the targets of an agreement: `targets.0.metric`, `targets.1.metric`. Pure.

A row is added or removed by a submit button, which draws the form again: it works without scripts.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

Row = Mapping[str, str]
Values = Mapping[str, str]
ACT: Final = "act"
"""The name of the buttons; its values are `add NAME` and `remove NAME.NUMBER`."""
MOST_DIGITS: Final = 3
_FIELD: Final = re.compile(r"(?P<name>[a-z]+)\.(?P<number>\d{1,3})\.(?P<field>\w+)")


def rows_of(values: Values, name: str) -> Sequence[Row]:
    """Return the rows of this name in their order; a row is there if any field of it was sent."""
    found: dict[int, dict[str, str]] = {}
    for key, value in values.items():
        match = _FIELD.fullmatch(key)
        if match is not None and match["name"] == name:
            found.setdefault(int(match["number"]), {})[match["field"]] = value
    return [found[number] for number in sorted(found)]


def with_rows(values: Values, name: str, rows: Sequence[Row]) -> dict[str, str]:
    """Return the values with these rows of this name, numbered from 0."""
    rest = {
        key: value
        for key, value in values.items()
        if not (match := _FIELD.fullmatch(key)) or match["name"] != name
    }
    return rest | {
        f"{name}.{number}.{field}": value
        for number, row in enumerate(rows)
        for field, value in row.items()
    }


def after_button(values: Values, blank: Mapping[str, Row]) -> dict[str, str] | None:
    """Return the values with a row more or less; None where the form itself was sent. `blank`: a new row by its name."""
    act, _, what = values.get(ACT, "").partition(" ")
    if act == "add" and what in blank:
        return with_rows(values, what, [*rows_of(values, what), blank[what]])
    name, _, number = what.partition(".")
    if act == "remove" and name in blank and number.isdecimal() and len(number) <= MOST_DIGITS:
        rows = rows_of(values, name)
        return with_rows(values, name, [one for at, one in enumerate(rows) if at != int(number)])
    return None
