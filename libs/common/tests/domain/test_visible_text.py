"""What other people write acts on nothing that shows it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain.visible_text import make_visible


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("\x1b]0;owned\x07", "[U+001B]]0;owned[U+0007]"),
        ("\x9b31m", "[U+009B]31m"),
        ("paid\roverdue", "paid[U+000D]overdue"),
        ("invoice\u202efdp.exe", "invoice[U+202E]fdp.exe"),
        ("a\u2066b\u2069", "a[U+2066]b[U+2069]"),
        ("\ud800\x00", "[U+D800][U+0000]"),
        ("line\r\nline\n\ttab", "line\nline\n\ttab"),
        ("Grüße, שלום\u200f, 👩\u200d🔧", "Grüße, שלום\u200f, 👩\u200d🔧"),
    ],
)
def test_what_would_act_is_shown_by_its_number(given: str, shown: str) -> None:
    assert make_visible(given) == shown


@given(st.text())
def test_what_is_shown_can_be_shown_again(text: str) -> None:
    assert make_visible(make_visible(text)) == make_visible(text)
    assert "\x1b" not in make_visible(text)
