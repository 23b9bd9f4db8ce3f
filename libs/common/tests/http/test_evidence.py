"""An address that shall prove something is one that somebody can open."""

from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from common.http.evidence import Evidence, WebAddress

OPENED = (
    "https://wiki.example/plan",
    "http://ci.intranet:8080/job/77#log",
    "HTTPS://Wiki.Example",
    "https://[2001:db8::1]/x",
    "https://wiki.example/a%20b",
    "https://bücher.example/plan",
)
NOT_OPENED = (
    "https://",
    "http:",
    "https:///plan",
    "https://.",
    "https://:443/x",
    "https://user@wiki.example",
    "https://user:secret@wiki.example/",
    "https://wiki.example:port/",
    "https://[::1",
    "ftp://wiki.example/plan",
    "javascript://wiki.example/%0aalert(1)",
    "file:///etc/passwd",
    "https://wiki.example/\u202eplan",
)
ADDRESS: TypeAdapter[Any] = TypeAdapter(Annotated[str, WebAddress])
EVIDENCE: TypeAdapter[Any] = TypeAdapter(Annotated[str, Evidence])


@pytest.mark.parametrize("text", OPENED)
def test_addresses_are_kept_as_they_are(text: str) -> None:
    assert ADDRESS.validate_python(text) == text
    assert EVIDENCE.validate_python(text) == text


@pytest.mark.parametrize("text", NOT_OPENED)
def test_what_nobody_can_open_is_refused(text: str) -> None:
    for adapter in (ADDRESS, EVIDENCE):
        with pytest.raises(ValidationError) as refused:
            adapter.validate_python(text)
        assert [one["type"] for one in refused.value.errors()] == ["address"]


@pytest.mark.parametrize(
    "text", ["wiki.example/plan", "run 7", "see https://wiki.example", "https://wiki.example /x"]
)
def test_an_address_stands_alone_and_with_its_scheme(text: str) -> None:
    with pytest.raises(ValidationError):
        ADDRESS.validate_python(text)


@pytest.mark.parametrize(
    "text", ["run 7", "Told on Monday.", "We replaced http:// by https://", "Seen: 14:30"]
)
def test_evidence_may_be_words(text: str) -> None:
    assert EVIDENCE.validate_python(text) == text


@pytest.mark.parametrize("adapter", [ADDRESS, EVIDENCE])
def test_blanks_name_nothing_and_are_left_to_the_rules(adapter: TypeAdapter[Any]) -> None:
    assert adapter.validate_python("  ") == "  "
