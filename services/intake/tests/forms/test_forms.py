"""Request forms: what a service asks for, as data; a refused value is pointed at."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from intake.forms.domain.form import MAX_SCHEMA_BYTES
from opsdesk_testing.client import client

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["system", "until"],
    "properties": {
        "system": {"enum": ["billing", "portal"]},
        "until": {"type": "string", "format": "date"},
        "why": {"type": "string", "maxLength": 500},
        "people": {"type": "array", "maxItems": 5, "items": {"$ref": "#/$defs/person"}},
    },
    "$defs": {"person": {"type": "object", "properties": {"name": {"type": "string"}}}},
}
FORM = {"key": "access", "title": "Access", "service": "billing", "schema": SCHEMA}
FILLED = {"system": "billing", "until": "2030-02-01", "why": "new colleague"}


@pytest.fixture
async def theo(app: FastAPI, anna: AsyncClient) -> Any:
    async with client(app, "theo", roles=["tom"]) as theo:
        answer = await theo.post("/v1/request-forms", json=FORM)
        assert answer.status_code == 201, answer.text
        yield theo


async def _open(who: AsyncClient, values: Any, **more: Any) -> Any:
    body = {"title": "Access for Kim", "form": "access", "form_values": values} | more
    return await who.post("/v1/tickets", json=body)


async def test_a_ticket_is_opened_with_a_form(theo: AsyncClient, jan: AsyncClient) -> None:
    opened = await _open(jan, FILLED)
    assert opened.status_code == 201, opened.text
    assert (opened.json()["kind"], opened.json()["service"]) == ("service_request", "billing")
    shown = (await theo.get(f"/v1/tickets/{opened.json()['key']}/form")).json()
    assert shown["values"] == FILLED
    assert (shown["form"]["key"], shown["form"]["version"]) == ("access", 1)
    assert shown["form"]["schema"] == SCHEMA


async def test_each_value_that_is_refused_is_pointed_at(
    theo: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    wrong = {"system": "mail", "why": "x" * 501, "people": [{"name": 7}], "more/of~it": 1}
    answer = await _open(jan, wrong)
    assert answer.status_code == 422
    found = {(one["pointer"], one["code"]) for one in answer.json()["errors"]}
    assert found == {
        ("/form_values/system", "enum"),
        ("/form_values/until", "required"),
        ("/form_values/why", "maxLength"),
        ("/form_values/people/0/name", "type"),
        ("/form_values", "additionalProperties"),
    }
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM tickets")) == 0


async def test_a_new_version_asks_otherwise_and_leaves_what_was_filled_in(
    theo: AsyncClient, jan: AsyncClient
) -> None:
    key = (await _open(jan, FILLED)).json()["key"]
    second = FORM | {"schema": SCHEMA | {"required": ["why"]}, "title": "Access 2"}
    second.pop("key")
    answer = await theo.post("/v1/request-forms/access/versions", json=second)
    assert (answer.status_code, answer.json()["version"]) == (201, 2)
    assert (await _open(jan, {"why": "x"})).status_code == 201
    assert (await jan.get(f"/v1/tickets/{key}/form")).json()["form"]["version"] == 1
    assert [one["version"] for one in (await jan.get("/v1/request-forms")).json()["items"]] == [2]
    assert (await jan.get("/v1/request-forms/access?version=1")).json()["is_current"] is False


async def test_a_retired_form_is_offered_no_more(theo: AsyncClient, jan: AsyncClient) -> None:
    assert (await theo.post("/v1/request-forms/access/retire")).status_code == 200
    answer = await _open(jan, FILLED)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/form"
    assert (await jan.get("/v1/request-forms/access")).status_code == 404


async def test_a_contact_sees_forms_for_what_was_bought(
    theo: AsyncClient, jan: AsyncClient, britta: AsyncClient
) -> None:
    for_all = {"key": "question", "title": "Ask", "kind": "question", "schema": SCHEMA}
    assert (await theo.post("/v1/request-forms", json=for_all)).status_code == 201
    assert {one["key"] for one in (await jan.get("/v1/request-forms")).json()["items"]} == {
        "access",
        "question",
    }
    assert [one["key"] for one in (await britta.get("/v1/request-forms")).json()["items"]] == [
        "question"
    ]
    assert (await britta.get("/v1/request-forms/access")).status_code == 404
    assert (await _open(britta, FILLED)).json()["errors"][0]["pointer"] == "/form"


async def test_kind_and_service_are_the_form_s(theo: AsyncClient, jan: AsyncClient) -> None:
    answer = await _open(jan, FILLED, kind="incident", service="portal")
    assert {one["pointer"] for one in answer.json()["errors"]} == {"/kind", "/service"}
    assert (await _open(jan, FILLED, kind="service_request", service="billing")).status_code == 201
    alone = await jan.post("/v1/tickets", json={"title": "x", "form": "access"})
    assert alone.status_code == 422


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"type": "array"}, "/schema"),
        ({"properties": None}, "/schema"),
        ({"$id": "https://x.example/a"}, "/schema/$id"),
        ({"properties": {"a": {"$ref": "https://x.example/b"}}}, "/schema/properties/a/$ref"),
        ({"properties": {"a": {"$ref": "#"}}}, "/schema/properties/a/$ref"),
        ({"$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}}, "/schema/$defs/a/allOf/0/$ref"),
        ({"properties": {"a": {"pattern": "(?=x)y"}}}, "/schema/properties/a/pattern"),
        ({"properties": {"a": {"pattern": "("}}}, "/schema/properties/a/pattern"),
        ({"properties": {"a": {"type": "strange"}}}, "/schema/properties/a/type"),
        ({"description": "x" * MAX_SCHEMA_BYTES}, "/schema"),
    ],
)
async def test_a_schema_stands_on_its_own(
    theo: AsyncClient, change: dict[str, Any], pointer: str
) -> None:
    schema = {"type": "object", "properties": {}} | change
    answer = await theo.post("/v1/request-forms", json=FORM | {"key": "new", "schema": schema})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("why", ["1e400", '"a\\u0000b"', '{"a": [{"\\u0000": 1}]}'])
async def test_what_cannot_be_stored_is_refused(
    theo: AsyncClient, jan: AsyncClient, why: str
) -> None:
    body = '{"title": "x", "form": "access", "form_values": {"why": ' + why + "}}"
    answer = await jan.post(
        "/v1/tickets", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422, answer.text
    form = '{"key": "b", "title": "B", "schema": {"type": "object", "properties": {"a": {"maximum": 1e400}}}}'
    answer = await theo.post(
        "/v1/request-forms", content=form, headers={"Content-Type": "application/json"}
    )
    assert answer.json()["errors"][0]["code"] == "finite_number"


async def test_a_pattern_takes_linear_time(theo: AsyncClient, jan: AsyncClient) -> None:
    """Backtracking would take longer than the universe has been there."""
    schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}}
    form = FORM | {"key": "evil", "schema": schema}
    assert (await theo.post("/v1/request-forms", json=form)).status_code == 201
    values = {"a": "a" * 50_000 + "!"}
    answer = await jan.post(
        "/v1/tickets", json={"title": "x", "form": "evil", "form_values": values}
    )
    assert answer.json()["errors"][0]["code"] == "pattern"
    assert len(answer.json()["errors"][0]["detail"]) <= 300


async def test_first_level_and_contacts_publish_no_forms(
    theo: AsyncClient, anna: AsyncClient, jan: AsyncClient
) -> None:
    for who in (anna, jan):
        assert (await who.post("/v1/request-forms", json=FORM)).status_code == 403
    assert (await theo.post("/v1/request-forms", json=FORM)).json()["code"] == "NAME_TAKEN"
