"""Changes of an event are additive only; anything else is said in a sentence."""

from typing import Literal

import pytest
from pydantic import AwareDatetime, BaseModel

from common.events import EVENTS
from common.events.envelope import Event

from .compatibility import differences, schema_of
from .released import released_schema


@pytest.mark.parametrize("kind", EVENTS.values(), ids=lambda kind: kind.type)
def test_todays_event_is_compatible_with_the_released_one(kind: type[Event]) -> None:
    released = released_schema(kind.type)
    assert released is not None, "run `python -m tests.contracts.generate`"
    assert differences(kind.type, released, schema_of(kind)) == []


class Part(BaseModel):
    code: str


class Released(BaseModel):
    ticket: str
    priority: Literal["major", "minor"]
    at: AwareDatetime
    due_at: AwareDatetime | None = None
    parts: list[Part] = []


class Additive(Released):
    customer: str | None = None
    """A field that is new and may be missing."""


class Removed(BaseModel):
    priority: Literal["major", "minor"]
    at: AwareDatetime
    due_at: AwareDatetime | None = None
    parts: list[Part] = []


class Narrowed(Released):
    priority: Literal["major"]


class Widened(Released):
    priority: Literal["major", "minor", "trivial"]  # type: ignore[assignment]  # the change under test


class Retyped(Released):
    ticket: int  # type: ignore[assignment]  # the change under test


class NoLongerNull(Released):
    due_at: AwareDatetime = ...  # type: ignore[assignment]  # the change under test


class NewlyRequired(Released):
    customer: str


class OtherPart(BaseModel):
    code: int


class ChangedInside(Released):
    parts: list[OtherPart] = []  # type: ignore[assignment]  # the change under test


def broken(today: type[BaseModel]) -> str:
    return "\n".join(differences("opsdesk.x.v1", schema_of(Released), schema_of(today)))


def test_an_additional_optional_field_is_fine() -> None:
    assert broken(Additive) == ""


@pytest.mark.parametrize(
    ("today", "message"),
    [
        (Removed, "field ticket was removed or renamed"),
        (Narrowed, "field priority no longer takes 'minor'"),
        (Widened, "field priority takes 'trivial' too"),
        (Retyped, "field ticket no longer takes string"),
        (NoLongerNull, "field due_at is required now"),
        (NewlyRequired, "field customer is new and required"),
        (ChangedInside, "field parts[].code no longer takes string"),
    ],
)
def test_any_other_change_is_refused_in_a_sentence(today: type[BaseModel], message: str) -> None:
    assert message in broken(today)
    assert "opsdesk.x.v1: " in broken(today)
    assert "(.v2)" in broken(today)
