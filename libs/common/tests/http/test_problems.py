"""From errors to answers."""

from typing import Annotated

import asyncpg
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, Field, TypeAdapter, ValidationError, model_validator
from sqlalchemy.exc import DBAPIError
from starlette.types import Message

from common.auth import Caller
from common.domain import Rejection
from common.errors import Conflict, Forbidden, NotFound, Problem, Violation
from common.http import state_of
from common.http.problems import problem_from_error, rejection_response, violations
from common.telemetry import metrics
from common.telemetry.security_events import SECOND_PERSON_CODES


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("Ticket OPS-1"), 404),
        (asyncpg.UniqueViolationError("two at once"), 409),
        (asyncpg.CheckViolationError("four eyes"), 409),
        (asyncpg.NumericValueOutOfRangeError("too much"), 422),
        (asyncpg.DeadlockDetectedError("again"), 503),
        (ConnectionResetError(), 503),
        (TimeoutError(), 503),
        (asyncpg.UndefinedTableError("our fault"), 500),
        (KeyError("our fault"), 500),
        (RecursionError(), 500),
    ],
)
def test_every_error_means_something_to_the_caller(error: Exception, status: int) -> None:
    assert problem_from_error(error).status == status
    if isinstance(error, asyncpg.PostgresError):
        wrapped = DBAPIError("SELECT", {}, error, connection_invalidated=False)
        assert problem_from_error(wrapped).status == status


def test_a_fault_of_ours_is_not_blamed_on_the_caller() -> None:
    """An answer model that does not fit is a 500, not a 422."""
    with pytest.raises(ValidationError) as wrong:
        TypeAdapter(int).validate_python("x")
    assert problem_from_error(wrong.value).status == 500
    assert violations(wrong.value) == [
        Violation("", "int_parsing", wrong.value.errors()[0]["msg"]),
    ]


def test_a_problem_has_all_members_of_rfc_9457() -> None:
    problem = Problem("followup-open", "Held", 409, "Close FU-1 first.", followups=["FU-1"])
    assert problem.body("/v1/deliveries", "ab" * 16) == {
        "type": "urn:opsdesk:error:followup-open",
        "title": "Held",
        "status": 409,
        "detail": "Close FU-1 first.",
        "instance": "/v1/deliveries",
        "trace_id": "ab" * 16,
        "followups": ["FU-1"],
    }


async def test_whoever_goes_away_in_the_middle_is_no_fault(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/things/mail",
        "query_string": b"",
        "headers": [],
        "app": app,
    }
    before = metrics.HTTP_REQUESTS.labels("POST", "/v1/things/mail", 499)._value.get()
    monkeypatch.setattr(state_of(app).request_authenticator, "authenticate", _anybody)
    await app(scope, receive, send)
    assert sent == []
    assert metrics.HTTP_REQUESTS.labels("POST", "/v1/things/mail", 499)._value.get() == before + 1


async def _anybody(scope: object) -> Caller:
    return Caller("anna", "Anna", frozenset({"ops"}))


def test_a_rejection_becomes_the_problem_that_its_code_names() -> None:
    rejection = Rejection("NOT_OWNER", "Ask its owner.")
    default = rejection_response(rejection).problem
    assert (default.type, default.status) == ("urn:opsdesk:error:not-owner", 409)
    assert (default.title, default.detail) == (
        "Conflicts with the present state",
        "Ask its owner.",
    )
    given = rejection_response(
        rejection, status=403, title="Somebody else's", outcome="denied"
    ).problem
    assert (given.type, given.status) == ("urn:opsdesk:error:not-owner", 403)
    assert given.title == "Somebody else's"
    assert given.extra == {"code": "NOT_OWNER", "outcome": "denied"}


@pytest.mark.parametrize("code", sorted(SECOND_PERSON_CODES))
def test_where_another_person_is_needed_the_caller_may_not(code: str) -> None:
    """R1"""
    rejection = Rejection(code, "Ask another person.")
    default = rejection_response(rejection).problem
    assert (default.status, default.title) == (403, "Two people are needed")
    given = rejection_response(rejection, status=409, title="Not now").problem
    assert (given.status, given.title) == (409, "Not now")


def test_a_reason_code_gives_the_type_of_a_problem_that_is_raised() -> None:
    for problem, plain in ((Forbidden, "forbidden"), (Conflict, "conflict")):
        assert problem("No.").type == f"urn:opsdesk:error:{plain}"
        named = problem("No.", code="NAME_TAKEN", name="acme")
        assert named.type == "urn:opsdesk:error:name-taken"
        assert named.extra == {"code": "NAME_TAKEN", "name": "acme"}


class _Pair(BaseModel):
    """A pair with a rule of its own, in a union and as a member by name."""

    low: int
    high: int

    @model_validator(mode="after")
    def _ordered(self) -> "_Pair":
        return self


class _Body(BaseModel):
    pairs: list[int | _Pair]
    named: dict[Annotated[str, Field(pattern="^[a-z]+$")], int]


def test_pointers_name_no_function_of_ours() -> None:
    """`/runs_on/0/function-after[_check_nodes(), NeedCreate]/any_of` pointed into our code"""
    with pytest.raises(ValidationError) as found:
        _Body.model_validate({"pairs": [{"low": 1}], "named": {"7": 1}})
    pointers = {one.pointer for one in violations(found.value)}
    assert {"/pairs/0/high", "/named/7"} <= pointers
    assert not [one for one in pointers if "[" in one or "(" in one]
