"""Lengths as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.language.typed_lengths import typed_length, written_length


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("4:00", 14_400),
        ("0:15", 900),
        ("0:00:30", 30),
        ("160:00", 576_000),
        ("4", 14_400),
        ("1.5", 5_400),
        ("1,5 u", 5_400),
        ("4 h 30 min", 16_200),
        ("90 min", 5_400),
        (" 8h ", 28_800),
        ("", None),
        ("soon", None),
        ("4:75", None),
        ("-4", None),
        ("4 d", None),
    ],
)
def test_a_typed_length(typed: str, seconds: int | None) -> None:
    assert typed_length(typed) == seconds


@given(st.integers(min_value=0, max_value=10 * 366 * 86_400))
def test_what_is_written_is_read_as_the_same(seconds: int) -> None:
    assert typed_length(written_length(seconds)) == seconds
