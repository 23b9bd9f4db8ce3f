"""Responses of type `application/problem+json` (RFC 9457) from problems, errors and rejections."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from common.domain import Rejection
from common.errors import (
    Conflict,
    Forbidden,
    InternalServerError,
    Overloaded,
    Problem,
    ServiceUnavailable,
    UnknownOutcome,
    ValidationFailed,
    Violation,
    type_of,
)
from common.http.security_reports import report_problem
from common.persistence.database import OutcomeUnknown
from common.persistence.errors import (
    constraint_of,
    describe_error,
    is_transient,
    sqlstate_of,
)
from common.telemetry import logger, trace_id
from common.telemetry.security_events import SECOND_PERSON_CODES

log = logger(__name__)

PROBLEM_JSON: Final = "application/problem+json"

FRAMEWORK_PROBLEMS: Final[Mapping[int, tuple[str, str, str]]] = {
    400: ("malformed", "The request cannot be read", "Send what the documentation describes."),
    404: (
        "not-found",
        "Not found",
        "There is nothing at this address. Compare it with the API's documentation.",
    ),
    405: ("method-not-allowed", "Method not allowed", "Use one of the methods in `Allow`."),
}
REJECTION_TITLES: Final[Mapping[int, str]] = {
    403: "Not allowed",
    409: "Conflicts with the present state",
    422: "The request is not valid",
}
TWO_PEOPLE: Final = "Two people are needed"
LOST_DETAIL: Final = (
    "The database cannot be reached. Nothing was stored: send the same request again in a second."
)
LOCKED_DETAIL: Final = (
    "Something else holds what this request needs. Nothing was stored: send the same request again"
    " in a second."
)
WAITED_TOO_LONG: Final = frozenset({"55P03", "57014"})
"""SQLSTATEs of a lock that was not given in time, and of a statement that took too long."""


class ProblemResponse(Response):
    """The response for a problem. Path and trace id are added when it is sent."""

    media_type = PROBLEM_JSON

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(b"", problem.status, problem.headers)

    def for_request(self, scope: Scope) -> "ProblemResponse":
        """Fill in the body for this request."""
        members = self.problem.body(scope["path"], trace_id() or "")
        self.body = json.dumps(members, ensure_ascii=False, default=str).encode("utf-8", "replace")
        self.headers["content-length"] = str(len(self.body))
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self.body:
            self.for_request(scope)
        report_problem(scope, self.problem)
        await super().__call__(scope, receive, send)


def problem_response(problem: Problem) -> ProblemResponse:
    """Return the problem as a response, for routes that return it: the transaction is committed.

    So a denial leaves its audit record. A problem that is raised rolls back instead. The route is
    declared `-> X | Response` with `response_model=X`.
    """
    return ProblemResponse(problem)


def rejection_response(
    rejection: Rejection,
    *,
    status: Literal[403, 409, 422] | None = None,
    title: str | None = None,
    **extra: Any,
) -> ProblemResponse:
    """Return what a rule rejected as a response (see `problem_response`).

    403 is for the person, 409 for the present state, 422 for what the request lacks; by default it is 403 where
    another person is needed (R1), else 409. The problem has the rejection's code, the type that follows from it, and its `parameters` where it has any. `extra` are
    further members.
    """
    if rejection.parameters:
        extra = {"parameters": dict(rejection.parameters)} | extra
    if rejection.code in SECOND_PERSON_CODES:
        status = status or 403
        title = title or TWO_PEOPLE
    status = status or 409
    return problem_response(
        Problem(
            type_of(rejection.code),
            title or REJECTION_TITLES[status],
            status,
            rejection.detail,
            code=str(rejection.code),
            **extra,
        )
    )


def problem_from_error(error: Exception) -> Problem:
    """Return the problem for an exception. An unexpected one is logged and becomes a 500."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return ValidationFailed(violations(error))
    if isinstance(error, HTTPException):
        return _framework_problem(error)
    if isinstance(error, OutcomeUnknown):
        log.error("http.outcome_unknown", error=describe_error(error.__cause__ or error))
        return UnknownOutcome()
    if isinstance(error, NoConnection) or sqlstate_of(error) in WAITED_TOO_LONG:
        log.warning("http.overloaded", error=describe_error(error))
        return Overloaded(1, None if isinstance(error, NoConnection) else LOCKED_DETAIL)
    if is_transient(error):
        log.warning("http.busy", error=describe_error(error))
        return ServiceUnavailable(1, LOST_DETAIL)
    log.error("http.unexpected", exc_info=error)
    return _constraint_problem(error) or InternalServerError()


_INNER_STEP: Final = re.compile(r"function-(?:before|after|wrap|plain)\[.*\]|\[key\]")
"""A step that pydantic adds for a validator of ours, or for the name of a member."""


def violations(error: RequestValidationError | ValidationError) -> list[Violation]:
    """Return every violation, with a JSON pointer into the body, or below `/query` or `/path`.

    The input is not repeated: it may be personal data.
    """
    in_request = isinstance(error, RequestValidationError)
    return [
        Violation("".join(_pointer(one["loc"], in_request)), one["type"], one["msg"])
        for one in error.errors()
    ]


def _pointer(location: tuple[int | str, ...], in_request: bool) -> Iterator[str]:
    """Yield the reference tokens (RFC 6901) of a location, without steps that are none of the body's."""
    for step in location[1:] if in_request and location[:1] == ("body",) else location:
        if isinstance(step, str) and _INNER_STEP.fullmatch(step):
            continue
        yield "/" + str(step).replace("~", "~0").replace("/", "~1")


def _framework_problem(error: HTTPException) -> Problem:
    slug, title, detail = FRAMEWORK_PROBLEMS.get(
        error.status_code, ("refused", "Refused", str(error.detail))
    )
    return Problem(slug, title, error.status_code, detail, headers=error.headers)


ONE_PERSON = "You and the other person of this decision are one person, with two accounts. Ask somebody else."


def _constraint_problem(error: Exception) -> Problem | None:
    """Return the problem for an error of PostgreSQL that no model and no rule prevented.

    Class 22: a value that cannot be stored. Class 23: a violated constraint, when two transactions
    passed the same check at the same time.
    """
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    if isinstance(state, str) and state.startswith("22"):
        return ValidationFailed([Violation("", "unstorable", "a value cannot be stored as it is")])
    if constraint_of(error).startswith("two_persons"):
        return Forbidden(ONE_PERSON, code="FOUR_EYES")
    if isinstance(state, str) and state.startswith("23"):
        return Conflict(
            "Somebody changed it at the same time. Read it again, then decide.",
            code="CHANGED_MEANWHILE",
            type="conflict",
        )
    return None


async def _handle_error(_: Request, error: Exception) -> Response:
    return problem_response(problem_from_error(error))


def install(app: FastAPI) -> None:
    """Answer problems and validation errors of all routes; other errors reach EdgeMiddleware."""
    for kind in (Problem, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _handle_error)
