"""The quick way to read an instant reads what the strict way reads, and refuses what it refuses."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from common.http import RequestModel
from sla.calendars.routes.compute import OpenQuestion


class Strict(RequestModel):
    at: datetime


def read(model: type[BaseModel], given: Any) -> Any:
    try:
        return model.model_validate({"at": given}).model_dump()["at"]
    except ValidationError as refused:
        return [(error["loc"], error["type"], error["msg"]) for error in refused.errors()]


@pytest.mark.parametrize(
    "given",
    [
        "2026-12-23T11:30:00Z",
        "2026-12-23T11:30Z",
        "2026-12-23t11:30:00z",
        "2026-12-23 11:30:00+01:00",
        "2026-12-23T11:30:00.123456-03:30",
        "2026-12-23T11:30:00,5Z",
        "2026-12-23T11:30:00",
        "2026-12-23T11:30:00+25:00",
        "2026-12-23T11:30:00+23:59:59",
        "2026-12-23T24:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-W01-1T00:00:00Z",
        "20261223T113000Z",
        "1969-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "\u0662026-12-23T11:30:00Z",
        "",
        "now",
        1_700_000_000,
        1.5,
        True,
        None,
        [],
        {},
    ],
)
def test_both_ways_say_the_same(given: Any) -> None:
    assert read(OpenQuestion, given) == read(Strict, given)


@given(
    st.from_regex(
        r"\d{4}-[01]\d-[0-3]\dT[012]\d:[0-6]\d(:[0-6]\d)?(Z|[+-]\d\d:\d\d)", fullmatch=True
    )
)
def test_whatever_is_written_both_ways_say_the_same(given: str) -> None:
    assert read(OpenQuestion, given) == read(Strict, given)
