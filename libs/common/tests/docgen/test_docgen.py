"""Generated documents are complete and up to date."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from common.docgen import asyncapi_document
from common.docgen.__main__ import stale_documents
from common.docgen.markdown import describe_schema, table
from common.docgen.topics import topics_page
from common.events import EVENTS
from common.events.tickets import TicketOpened

pytestmark = pytest.mark.thorough

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
ASYNCAPI = json.loads((HERE / "asyncapi-3.0.0.json").read_text())
"""The specification's own schema (Apache-2.0, npm @asyncapi/specs 6.11), without its wording."""


def resolved(document: dict[str, Any], reference: str) -> Any:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for one in value.values() for found in references(one)]
    if isinstance(value, list):
        return [found for one in value for found in references(one)]
    return []


@pytest.mark.parametrize("service", [None, "intake", "sla", "escalation", "delivery-gate"])
def test_the_document_is_valid_asyncapi_3(service: str | None) -> None:
    document = asyncapi_document(service, [TicketOpened] if service == "sla" else [])
    jsonschema.Draft7Validator(ASYNCAPI).validate(document)
    for reference in references(document):
        assert resolved(document, reference) is not None


def test_every_event_is_sent_by_somebody() -> None:
    operations = asyncapi_document()["operations"].values()
    sent = {
        message["$ref"].rpartition("/")[2]
        for operation in operations
        if operation["action"] == "send"
        for message in operation["messages"]
    }
    assert sent == {event.__name__ for event in EVENTS.values()}


def test_a_service_says_its_own_and_hears_what_it_handles() -> None:
    operations = asyncapi_document("sla", [TicketOpened])["operations"]
    assert "send.opsdesk.clocks" in operations
    assert "send.opsdesk.tickets" not in operations
    assert len(operations["receive.opsdesk.tickets"]["messages"]) == 1


def test_the_page_of_topics_names_every_type_and_field() -> None:
    page = topics_page()
    for event in EVENTS.values():
        assert f"`{event.type}`" in page
        assert all(f"`{field}`" in page for field in event.model_fields)


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string", "format": "uuid"}, "uuid"),
        (
            {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
            "instant or null",
        ),
        ({"enum": ["a", "b"]}, "one of a, b"),
        ({"type": "array", "items": {"$ref": "#/$defs/Shortcoming"}}, "list of Shortcoming"),
    ],
)
def test_schemas_in_words(schema: dict[str, Any], words: str) -> None:
    assert describe_schema(schema) == words


def test_a_bar_does_not_break_a_table() -> None:
    assert table(("a",), [("x | y",)]) == "| a |\n|---|\n| x \\| y |"


def test_the_committed_documents_are_what_the_code_says() -> None:
    assert [path.name for path in stale_documents(ROOT)] == [], "run `make docs`"
