"""Fields that bodies of several services share."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from common.http.fields import Key, KeyRef, Name, Reason, Timezone

ACCEPTED = [
    (Key, "acme-prod"),
    (Key, "a" * 63),
    (Key, "7"),
    (KeyRef, "Any key"),
    (Name, "n" * 200),
    (Reason, "why"),
    (Timezone, "Europe/Amsterdam"),
]
REFUSED = [
    (Key, "-acme"),
    (Key, "acme-"),
    (Key, "-"),
    (Key, "Acme"),
    (Key, "a" * 64),
    (KeyRef, ""),
    (KeyRef, "k" * 101),
    (Name, ""),
    (Name, "n" * 201),
    (Reason, "no"),
    (Reason, "\u200b" * 3),
    (Reason, "\ufeff\u2800 \u3164"),
    (Timezone, "Mars/Olympus"),
    (Timezone, "z" * 65),
]


@pytest.mark.parametrize(("field", "value"), ACCEPTED)
def test_valid_values_are_accepted_unchanged(field: Any, value: str) -> None:
    assert TypeAdapter[str](field).validate_python(value) == value


@pytest.mark.parametrize(("field", "value"), REFUSED)
def test_values_out_of_bounds_are_refused(field: Any, value: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[str](field).validate_python(value)


def test_blanks_are_no_reason() -> None:
    reason: TypeAdapter[str] = TypeAdapter(Reason)
    assert reason.validate_python("  the disk is full \n") == "the disk is full"
    for text in ("   ", " ab ", "\n\n\n"):
        with pytest.raises(ValidationError):
            reason.validate_python(text)
