"""A reference by key that no table knows is refused wherever it is used (I5): over all fields that the
OpenAPI documents have, of all routes of all services."""

from contextlib import aclosing
from typing import Any, Final

import pytest
from httpx import ASGITransport, AsyncClient

from common.persistence.database import Database
from opsdesk_testing.client import app_for, settings_for
from tests.contracts.operations import MODULES, Field, Operation, operations, service_of

UNKNOWN: Final = "no-such-thing"
NAMES: Final = frozenset(
    {
        "agreement",
        "any_of",
        "assignee",
        "calendar",
        "calendars",
        "clock",
        "clock_id",
        "clock_ids",
        "contacts",
        "contains",
        "customer",
        "customers",
        "environment",
        "environments",
        "escalation",
        "fallback",
        "hours",
        "into",
        "monitors",
        "node",
        "owner",
        "participants",
        "partner",
        "people",
        "person",
        "policy",
        "product",
        "rate",
        "replaces",
        "rota",
        "runs_on",
        "series",
        "service",
        "services",
        "sold_to",
        "supersedes",
        "team",
        "ticket",
    }
)
"""Names of fields that name something that exists."""
EXCEPTIONS: Final = {
    ("intake", "into"): "404: the ticket is looked up like the one in the path",
    (
        "intake",
        "ticket",
    ): "422 by the route, which looks the ticket up to list its alerts, or reads",
    ("sla", "clock"): "a filter by id: what does not exist has no rows",
    ("sla", "clock_id"): "422 by the route, which locks the clock; an id has no nearest one",
    ("sla", "clock_ids"): "422 by the route, which reads the clocks; an id has no nearest one",
    ("sla", "monitors"): "machines are known to the issuer of their tokens only",
    ("sla", "rate"): "looked up in the rate card of the day: a rate may be priced later",
    ("sla", "supersedes"): "the number of a version of the same agreement",
    (
        "delivery_gate",
        "owner",
    ): "a filter of a list: also machines ask for deliveries, and they stand in no directory",
    ("escalation", "ticket"): "escalation holds no tickets; the key is shown and decides nothing",
}
"""Fields of such a name that are no marked references, and why."""


def named_fields(module: str) -> list[tuple[Operation, Field]]:
    return [
        (operation, field)
        for operation in operations(module)
        for field in operation.fields
        if field.name in NAMES and is_text(field)
    ]


def is_text(field: Field) -> bool:
    return any(schema.get("type") in {"string", "integer"} for schema in field.schemas)


@pytest.mark.parametrize("module", MODULES)
def test_every_field_that_names_something_says_which_table_knows_it(module: str) -> None:
    known = service_of(module).references
    missing = {
        (str(operation), field.name)
        for operation, field in named_fields(module)
        if field.mark("x-refers-to") is None and (module, field.name) not in EXCEPTIONS
    }
    assert missing == set()
    kinds = {
        field.mark("x-refers-to")
        for operation in operations(module)
        for field in operation.fields
        if field.mark("x-refers-to") and not field.mark("x-checked-by-route")
    }
    assert kinds <= set(known)


def test_no_exception_is_out_of_date() -> None:
    unmarked = {
        (module, field.name)
        for module in MODULES
        for _, field in named_fields(module)
        if field.mark("x-refers-to") is None
    }
    assert set(EXCEPTIONS) <= unmarked


@pytest.fixture(params=MODULES)
def schema(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_every_marked_field_refuses_what_no_table_knows(
    database: Database, schema: str
) -> None:
    service = service_of(schema)
    settings = settings_for(service.settings, database.url, requests_per_minute=1_000_000)
    app = app_for(service, database, settings=settings)
    passed, asked = [], 0
    async with aclosing(AsyncClient(transport=ASGITransport(app), base_url="http://test")) as who:
        for operation in operations(schema):
            for field in operation.fields:
                kind = field.mark("x-refers-to")
                if kind is None or field.mark("x-checked-by-route"):
                    continue
                asked += 1
                if not await is_refused(who, operation, field, kind):
                    passed.append(f"{operation} {field.part} {'/'.join(field.path)}")
    assert passed == []
    assert asked >= 8, "the documents lost their marks"


async def is_refused(who: AsyncClient, operation: Operation, field: Field, kind: str) -> bool:
    body = None if field.part == "query" else holding(field.path)
    answer = await who.request(
        operation.method,
        operation.url(),
        params={field.name: UNKNOWN} if field.part == "query" else {},
        json=body,
        headers={"Authorization": f"Bearer {operation.token()}"},
    )
    if answer.status_code != 422:
        return False
    codes = {(one["pointer"], one["code"]) for one in answer.json()["errors"]}
    return any(code == "unknown_reference" and field.name in pointer for pointer, code in codes)


def holding(path: tuple[str, ...]) -> Any:
    """A body with nothing in it but the unknown name, at this path."""
    if not path:
        return UNKNOWN
    inner = holding(path[1:])
    return [inner] if path[0] == "*" else {path[0]: inner}
