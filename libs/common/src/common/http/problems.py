"""From what went wrong to an `application/problem+json` answer: one place, one shape."""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from common.database import passing
from common.errors import (
    Busy,
    Invalid,
    Malformed,
    Problem,
    TooLarge,
    Unexpected,
    Violation,
)
from common.telemetry import logger, trace_id

log = logger(__name__)

PROBLEM_JSON = "application/problem+json"

TITLES: Mapping[int, tuple[str, str, str]] = {
    400: ("malformed", "The request cannot be read", "Send what the documentation describes."),
    404: ("not-found", "Not found", "There is nothing at this address. See /docs."),
    405: ("method-not-allowed", "Not done this way", "Use one of the methods in `Allow`."),
}


def answer(problem: Problem, scope: Scope | None = None) -> Response:
    """The problem as a response. RETURNED by a route it commits, so that a denial leaves its
    audit record; RAISED, the problem rolls back. `instance` is filled in on the way out."""
    response = ProblemResponse(problem)
    return response if scope is None else response.about(scope)


class ProblemResponse(Response):
    """An answer that says no; knows its address only when it leaves."""

    media_type = PROBLEM_JSON

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(b"", problem.status, problem.headers)

    def about(self, scope: Scope) -> "ProblemResponse":
        said = self.problem.body(scope["path"], trace_id() or "")
        self.body = json.dumps(said, ensure_ascii=False, default=str).encode("utf-8", "replace")
        self.headers["content-length"] = str(len(self.body))
        return self

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if not self.body:
            self.about(scope)
        await super().__call__(scope, receive, send)


def problem_of(error: Exception) -> Problem:
    """The problem that an exception means for a caller. What nobody foresaw is a 500, logged."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError | ValidationError):
        return Invalid(violations(error))
    if isinstance(error, HTTPException):
        return _of_the_framework(error)
    if isinstance(error, NoConnection) or passing(error):
        log.warning("http.busy", error=type(error).__name__)
        return Busy(
            1,
            "The database cannot be reached or was busy. Send the same request again,"
            " with the same Idempotency-Key: it is then done once.",
        )
    if isinstance(error, DBAPIError) and _unstorable(error):
        # The last fence: a value that no model refused and that PostgreSQL cannot hold.
        log.exception("http.unstorable")
        return Invalid([Violation("", "unstorable", "a value cannot be stored as it is")])
    log.error("http.unexpected", exc_info=error)
    return Unexpected()


def _of_the_framework(error: HTTPException) -> Problem:
    if error.status_code == 413:
        return TooLarge(0)
    slug, title, detail = TITLES.get(error.status_code, ("refused", "Refused", str(error.detail)))
    return Problem(slug, title, error.status_code, detail, headers=error.headers)


def _unstorable(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return isinstance(state, str) and state.startswith("22")


def violations(error: RequestValidationError | ValidationError) -> list[Violation]:
    """Everything that is wrong, each with a JSON pointer into the body (or `/query/…`, `/path/…`)."""
    found = error.errors()
    return [_violation(one, isinstance(error, RequestValidationError)) for one in found]


def _violation(error: Mapping[str, Any], of_request: bool) -> Violation:
    steps = list(error["loc"])
    if error["type"] == "json_invalid":
        raise Malformed("The body is no valid JSON.")
    if of_request and steps and steps[0] == "body":
        steps = steps[1:]
    # The input itself may be personal: the rule that it breaks is enough.
    return Violation("".join(f"/{_escaped(step)}" for step in steps), error["type"], error["msg"])


def _escaped(step: object) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


async def _handle(request: Request, error: Exception) -> Response:
    return answer(_problem_or_its_own(error), request.scope)


def _problem_or_its_own(error: Exception) -> Problem:
    try:
        return problem_of(error)
    except Problem as better:
        return better


def install(app: FastAPI) -> None:
    """Every error of every route leaves as a problem."""
    for kind in (Problem, RequestValidationError, ValidationError, HTTPException, DBAPIError):
        app.add_exception_handler(kind, _handle)
