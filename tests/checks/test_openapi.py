"""Faults of an OpenAPI document are found, each at the function that it comes from."""

from pathlib import Path
from typing import Any

import pytest
from checks.openapi import in_document, locate_in, operation_id_fault, summary_fault
from fastapi import FastAPI

SOURCE = Path("services/sla/src/sla/app.py")
GOOD = {"operationId": "list_waivers", "summary": "List waivers, oldest first."}


def sentences(operations: dict[str, Any], schemas: dict[str, Any] | None = None) -> list[str]:
    paths = {f"/v1/{name}": {"get": operation} for name, operation in operations.items()}
    document = {"paths": paths, "components": {"schemas": schemas or {}}}
    return [one.sentence for one in in_document(document, SOURCE, lambda *_: (SOURCE, 7))]


def test_a_good_document_has_no_fault() -> None:
    assert sentences({"waivers": GOOD}, {"WaiverRead": {"description": "There is no other."}}) == []


@pytest.mark.parametrize(
    ("summary", "fault"),
    [
        ("", "imperative"),
        ("All waivers, the oldest first.", "imperative"),
        ("Lists waivers.", "imperative"),
        ("List", "object"),
        ("List waivers", "period"),
        ("State of the waiver.", "imperative"),
        ("Place of a ticket.", "imperative"),
        ("Log of events.", "imperative"),
        ("Show the waiver.", "imperative"),
        ("Report on outages.", "object"),
        ("Review of a month.", "object"),
        ("List them.", "object"),
        ("Get it.", "object"),
    ],
)
def test_a_summary_that_says_too_little(summary: str, fault: str) -> None:
    assert fault in (summary_fault(summary) or "")


@pytest.mark.parametrize(
    "summary", ["Reply to a ticket.", "List items of work.", "Report what runs on an environment."]
)
def test_a_summary_that_names_its_object(summary: str) -> None:
    assert summary_fault(summary) is None


@pytest.mark.parametrize("name", ["listed", "show_waiver", "List_waivers", "waiver", "waiver_list"])
def test_an_operation_id_without_verb_or_object(name: str) -> None:
    assert name in (operation_id_fault(name) or "")
    assert sentences({"a": {**GOOD, "operationId": name}}) == [
        f"GET /v1/a: {operation_id_fault(name)}"
    ]


def test_two_operations_of_one_id() -> None:
    assert sentences({"a": GOOD, "b": GOOD}) == [
        "GET /v1/a: the operationId list_waivers is used twice.",
        "GET /v1/b: the operationId list_waivers is used twice.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Needs two people (R1).",
        "As it was (A2).",
        "For ever: see G5.",
        "As C11 says.",
        "R1: four eyes.",
        "Of another family: EB3.",
    ],
)
def test_a_rule_code(text: str) -> None:
    (sentence,) = sentences({"a": {**GOOD, "description": text}})
    assert "rule code" in sentence
    (sentence,) = sentences({}, {"Waiver": {"properties": {"x": {"description": text}}}})
    assert "schema Waiver" in sentence


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("`at` is no instant.", 1),
        ("They are no refusals.", 1),
        ("It is no longer open.", 0),
        ("There is no waiver.", 0),
    ],
)
def test_what_is_no_such_thing(text: str, count: int) -> None:
    assert len(sentences({"a": {**GOOD, "description": text}})) == count


def test_what_only_looks_like_a_rule_code() -> None:
    text = "From P50 to P99, signed with ES256, kept in S3, in V1 as a PDF/A-3b."
    assert sentences({"a": {**GOOD, "description": text}}) == []


@pytest.mark.parametrize(
    "part",
    [
        {"info": {"title": "OpsDesk", "description": "By R1."}},
        {"tags": [{"name": "waivers", "description": "By R1."}]},
        {"tags": [{"name": "waivers (R1)"}]},
        {"components": {"parameters": {"Paging": {"description": "By R1."}}}},
        {"components": {"responses": {"Refused": {"description": "By R1."}}}},
        {"paths": {"/v1/waivers": {"parameters": [{"description": "By R1."}]}}},
    ],
)
def test_a_rule_code_in_any_part_of_the_document(part: dict[str, Any]) -> None:
    (found,) = in_document({"paths": {}, **part}, SOURCE, lambda *_: (SOURCE, 7))
    assert found.sentence.startswith('"R1" is a rule code')


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("WaiverTold", "`Told` is not a suffix"),
        ("WaiverAsked", "`Asked` is not a suffix"),
        ("WaiverShown", "`Shown` is not a suffix"),
        ("Page_WaiverRead_", "made by the framework"),
        ("Waiver-Input", "made by the framework"),
    ],
)
def test_a_schema_that_is_not_named_for_what_it_is(name: str, fault: str) -> None:
    (sentence,) = sentences({}, {name: {}})
    assert fault in sentence


def test_a_schema_that_is_named_for_its_module() -> None:
    (sentence,) = sentences({}, {"sla__routes__waived__Waiver": {}})
    assert "two models share a name" in sentence


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("waivers/{waiver}", 0),
        ("waivers/{waiver}/approve", 0),
        ("waivers/{name}", 1),
        ("waivers/{one}", 1),
        ("deliveries/{ref}/approve", 1),
        ("outages/{outage_id}/corrections/{id}", 2),
    ],
)
def test_a_path_parameter_without_its_noun(path: str, count: int) -> None:
    found = sentences({path: GOOD})
    assert len(found) == count
    assert all("not called by its noun" in sentence for sentence in found)


def test_the_function_of_an_operation_is_found() -> None:
    app = FastAPI()

    @app.get("/v1/waivers/{key}")
    def show(key: str) -> str:
        return key

    file, line = locate_in(app, Path(__file__).parent)("get", "/v1/waivers/{key}")
    assert file == Path("test_openapi.py")
    assert "@app.get" in Path(__file__).read_text().splitlines()[line - 1]
