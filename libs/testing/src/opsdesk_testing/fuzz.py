"""Fuzzing: requests that the OpenAPI document allows, and many that it does not, to a running app.

Nothing may be answered with a 500, and every response must match the document. Limited in time.
Days, months and instants at the edges of what exists are sent to every parameter that takes one.
"""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import schemathesis
import schemathesis.specs.openapi.schemas  # else it is imported, and rewritten by pytest, in the thread of a test
import uvicorn
from fastapi import APIRouter, FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Err, Result
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from common.auth.permissions import SCOPES, STAFF
from common.http import Service
from common.persistence.database import Database
from opsdesk_testing.client import app_for
from opsdesk_testing.fuzz_edges import EDGES, edge_failures
from opsdesk_testing.tokens import token

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
FORBIDDEN = 403
LEFT_OUT = {"on-behalf-of", "content-length"}
"""Headers that are not sent: whose request it is is not tested here, and a body that is announced
and never comes keeps every server waiting (names of headers are drawn from words of the code)."""
STARTUP_TIMEOUT_S = 30.0
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def fuzz(
    service: Service,
    database_url: str,
    *extra_routers: APIRouter,
    seconds: float = 60.0,
    examples: int = 25,
    timeout_s: float = 10.0,
) -> Counter[int]:
    """Send `examples` valid and as many invalid requests to every operation, with all permissions.

    After `seconds` the remaining operations get one of each: all are tried. Blocks: call it with `asyncio.to_thread`. `timeout_s` is how many
    seconds a response may take. Returns how often each status came. Raises a group of
    AssertionErrors with the requests to repeat.
    """
    ends = time.monotonic() + seconds
    statuses: Counter[int] = Counter()
    callers = _privileged_callers()
    with _serve(service, database_url, *extra_routers) as (address, document):
        schema = schemathesis.openapi.from_dict(document)

        def send(case: Case[Any]) -> None:
            answer = _call(case, address, callers, timeout_s)
            statuses[answer.status_code] += 1
            case.validate_response(answer, checks=CHECKS)

        failed = edge_failures(address, document, callers, timeout_s)
        for result in schema.get_all_operations():
            if _terminates(operation := _operation(result)):
                for mode in MODES:
                    many = examples if time.monotonic() < ends else 1
                    failed += _failures(operation, mode, many, send)
    if failed:
        raise ExceptionGroup(
            f"{len(failed)} operations break their contract: {dict(statuses)}", failed
        )
    return statuses


def _call(
    case: Case[Any], address: str, callers: Sequence[dict[str, str]], timeout_s: float
) -> Response:
    """Send the case as the first of the callers who may."""
    for name in [name for name in case.headers if name.lower() in LEFT_OUT]:
        del case.headers[name]
    for headers in callers:
        case.headers.update(headers)
        answer = case.call(base_url=address, timeout=timeout_s)
        if answer.status_code != FORBIDDEN:
            break
    return answer


def _operation(
    result: Result[APIOperation[Any, Any, Any, Any], Any],
) -> APIOperation[Any, Any, Any, Any]:
    if isinstance(result, Err):
        raise result.err()
    return result.ok()


def _terminates(operation: APIOperation[Any, Any, Any, Any]) -> bool:
    """Return whether the response ends: a stream of events cannot be checked as a whole."""
    answers = operation.definition.raw["responses"].values()
    return all("text/event-stream" not in answer.get("content", {}) for answer in answers)


def _failures(
    operation: APIOperation[Any, Any, Any, Any],
    mode: GenerationMode,
    examples: int,
    send: Callable[..., None],
) -> list[Exception]:
    test = given(case=operation.as_strategy(generation_mode=mode))(send)
    bounded = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    try:
        bounded(test)()
    except Exception as error:  # noqa: BLE001 - all are raised together at the end
        error.add_note(f"{operation.label} ({mode.value})")
        return [error]
    return []


def _privileged_callers() -> list[dict[str, str]]:
    """A person with all roles, then a machine with all scopes: nobody has both."""
    person = token("fuzzer", roles=list(STAFF))
    machine = token("robot", scope=" ".join(SCOPES - {"portal"}))
    return [{"Authorization": f"Bearer {bearer}"} for bearer in (person, machine)]


class _AnnouncingServer(uvicorn.Server):
    """Sets an event once it listens, and closes its database, in its own event loop, when it ends."""

    def __init__(
        self, config: uvicorn.Config, listens: threading.Event, database: Database
    ) -> None:
        super().__init__(config)
        self._listens = listens
        self._database = database

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listens.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        await self._database.close()


@contextmanager
def _serve(
    service: Service, database_url: str, *extra_routers: APIRouter
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Serve the app on a port of its own, in a thread with its own event loop. Its URL and document."""
    database = Database(database_url, service.schema)
    app: FastAPI = app_for(service, database, *extra_routers)
    started = threading.Event()
    config = uvicorn.Config(
        app, port=0, lifespan="off", log_config=None, access_log=False, server_header=False
    )
    server = _AnnouncingServer(config, started, database)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        assert started.wait(STARTUP_TIMEOUT_S), "the app did not start"
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}", app.openapi()
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@schemathesis.serializer("message/rfc822", "application/octet-stream", "text/calendar")
def _serialize_raw(_: schemathesis.SerializationContext, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def _with_edges(kind: str) -> st.SearchStrategy[str]:
    usual = (
        st.dates().map(str)
        if kind == "date"
        else st.datetimes().map("{:%Y-%m-%dT%H:%M:%SZ}".format)
    )
    return st.sampled_from(EDGES[kind]) | usual


for _kind in ("date", "date-time"):
    schemathesis.openapi.format(_kind, _with_edges(_kind))
