"""Unknown query parameters are refused by every route of every service, like unknown fields."""

from contextlib import aclosing

import pytest
from httpx import ASGITransport, AsyncClient

from common.persistence.database import Database
from opsdesk_testing.client import app_for, settings_for
from tests.contracts.operations import MODULES, Operation, operations, service_of

NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing"
"""No database: a request with an unknown parameter must not need one."""


def client_of(module: str) -> AsyncClient:
    service = service_of(module)
    database = Database(NOWHERE, service.schema, pool_size=1)
    settings = settings_for(service.settings, NOWHERE, requests_per_minute=1_000_000)
    app = app_for(service, database, settings=settings)
    return AsyncClient(transport=ASGITransport(app), base_url="http://test")


async def problem_with(client: AsyncClient, operation: Operation, parameter: str) -> str | None:
    """The detail about this parameter; None where it is not refused."""
    answer = await client.request(
        operation.method,
        operation.url(),
        params={parameter: "1"},
        headers={"Authorization": f"Bearer {operation.token()}"},
    )
    if answer.status_code != 422:
        return None
    errors = answer.json()["errors"]
    found = [one for one in errors if one["pointer"] == f"/query/{parameter}"]
    return found[0]["detail"] if found and found[0]["code"] == "unknown_parameter" else None


@pytest.mark.parametrize("module", MODULES)
async def test_every_operation_refuses_a_parameter_that_it_does_not_know(module: str) -> None:
    async with aclosing(client_of(module)) as client:
        passed = [
            str(one)
            for one in operations(module)
            if await problem_with(client, one, "no-such-thing") is None
        ]
    assert passed == []


@pytest.mark.parametrize("module", MODULES)
async def test_every_list_proposes_the_parameter_that_was_meant(module: str) -> None:
    misspelt = {"limit": "limti", "cursor": "curser", "customer": "custmoer", "from": "form"}
    asked = 0
    async with aclosing(client_of(module)) as client:
        for one in operations(module):
            for field in one.fields:
                if field.part == "query" and field.name in misspelt:
                    asked += 1
                    detail = await problem_with(client, one, misspelt[field.name])
                    assert detail is not None, (str(one), field.name)
                    assert detail.endswith(f"; did you mean {field.name}?"), (str(one), detail)
    assert asked


async def test_several_are_named_at_once_and_known_ones_pass() -> None:
    (tickets,) = (
        one for one in operations("intake") if (one.method, one.path) == ("GET", "/v1/tickets")
    )
    async with aclosing(client_of("intake")) as client:
        answer = await client.get(
            "/v1/tickets?limit=5&stat=open&zzz=1&a~b/c=1",
            headers={"Authorization": f"Bearer {tickets.token()}"},
        )
    assert [(one["pointer"], one["detail"]) for one in answer.json()["errors"]] == [
        ("/query/a~0b~1c", "there is no such parameter here"),
        ("/query/stat", "there is no such parameter here; did you mean state?"),
        ("/query/zzz", "there is no such parameter here"),
    ]


async def test_what_is_read_once_is_given_once_and_a_list_as_often_as_wanted() -> None:
    """Of two customers the last one alone would count, and nobody would be told."""
    (operation,) = (
        one for one in operations("intake") if (one.method, one.path) == ("GET", "/v1/tickets")
    )
    headers = {"Authorization": f"Bearer {operation.token()}"}
    async with aclosing(client_of("intake")) as client:
        url = "/v1/tickets?customer=acme&customer=brightwater&tag=vpn&tag=mail&stat=1&stat=2"
        answer = await client.get(url, headers=headers)
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("/query/customer", "repeated_parameter"),
        ("/query/stat", "unknown_parameter"),
    ]


async def test_who_has_no_token_does_not_learn_what_a_route_knows() -> None:
    async with aclosing(client_of("intake")) as client:
        assert (await client.get("/v1/tickets?stat=open")).status_code == 401
