"""Every operation of the four documents, asked by every kind of caller: who may, as it declares, and nobody else.

Nothing is stored: a parameter that no operation knows is refused after the permission was checked and before
anything else is done (`tests/contracts/test_query_parameters.py`), so this 422 means "you may".
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx import ASGITransport, AsyncClient, Response

from common.auth.permissions import PERMISSIONS
from common.http import create_app, state_of
from common.http.limits import RateLimiter
from common.http.route import PUBLIC_PATHS
from common.persistence.database import Database
from common.simulated_time.routes import routes as simulated_time
from opsdesk_testing.client import app_for, settings_for
from tests.contracts.operations import MODULES, Operation, operations, service_of
from tests.security.identities import Identity, believed, refused

pytestmark = pytest.mark.thorough

NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing"
"""No database: who may not must be refused without one."""
UNKNOWN = {"no-such-parameter": "1"}
LEAST_REQUESTS = 500
"""Fewer than a service has: the test would have lost its operations."""


@asynccontextmanager
async def serving(module: str) -> AsyncIterator[tuple[FastAPI, AsyncClient]]:
    """Yield the app of a service, and a client of it."""
    service = service_of(module)
    database = Database(NOWHERE, service.schema, pool_size=1)
    app = app_for(service, database, settings=settings_for(service.settings, NOWHERE))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        yield app, client


def forget_callers(app: FastAPI) -> None:
    """Forget who has asked how often: a token that is refused again and again is not looked at any more."""
    state_of(app).request_authenticator.limits = RateLimiter(1_000_000)


@pytest.mark.parametrize("module", MODULES)
def test_every_operation_declares_permissions_of_the_table(module: str) -> None:
    without = [str(one) for one in operations(module) if not one.permissions]
    assert without == []
    unknown = {name for one in operations(module) for name in one.permissions} - set(PERMISSIONS)
    assert unknown == set()


@pytest.mark.parametrize("module", MODULES)
def test_every_route_is_in_the_document_or_public(module: str) -> None:
    """What the documents do not show, this suite would not ask."""
    app = create_app(service_of(module), simulated_time)
    shown = {
        (method.upper(), path)
        for path, methods in app.openapi()["paths"].items()
        for method in methods
    }
    hidden = {
        f"{method} {route.path}"
        for route in iter_route_contexts(app.routes)
        for method in route.methods or ()
        if (method, route.path) not in shown and route.path not in PUBLIC_PATHS
    }
    assert hidden == set()


@pytest.mark.parametrize("module", MODULES)
async def test_every_operation_answers_every_caller_as_it_declares(module: str) -> None:
    surprises: list[str] = []
    answers: Counter[str] = Counter()
    callers = [*refused(), *believed()]
    async with serving(module) as (app, client):
        for operation in operations(module):
            forget_callers(app)
            for caller in callers:
                answer = await ask(client, operation, caller)
                verdict = verdict_of(answer)
                answers[verdict] += 1
                if verdict != expected(operation, caller):
                    surprises.append(f"{operation} as {caller.name}: {verdict}")
    assert surprises == []
    assert {*answers} == {"who are you", "you may not", "you may"}
    assert answers.total() > LEAST_REQUESTS


async def ask(client: AsyncClient, operation: Operation, caller: Identity) -> Response:
    return await client.request(
        operation.method, operation.url(), params=UNKNOWN, headers=caller.headers()
    )


def expected(operation: Operation, caller: Identity) -> str:
    if caller.holds is None:
        return "who are you"
    return "you may" if caller.may(operation.permissions) else "you may not"


def verdict_of(answer: Response) -> str:
    """Say what an answer means; a foreign one is told as it is."""
    problem = answer.json()
    kind = problem["type"].rpartition(":")[2]
    if (answer.status_code, kind) == (401, "unauthenticated"):
        return "who are you"
    if (answer.status_code, kind) == (403, "forbidden"):
        return "you may not" if problem["permission"] in PERMISSIONS else "refused otherwise"
    codes = {one["code"] for one in problem.get("errors", ())}
    if answer.status_code == 422 and "unknown_parameter" in codes:
        return "you may"
    return f"{answer.status_code} {answer.text[:200]}"
