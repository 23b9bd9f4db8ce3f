"""Which responses are security events: 401, 403, 429, and whatever a second person is needed for."""

from typing import Any, Final

from starlette.types import Scope

from common.errors import Problem, TooManyRequests, Unauthenticated
from common.http.authentication import CALLER_KEY
from common.telemetry.security_events import SECOND_PERSON_CODES, Kind, SecurityEvent, report

FORBIDDEN: Final = 403
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def report_problem(scope: Scope, problem: Problem) -> None:
    """Report the problem with which this request is answered, if it is a security event."""
    if (event := security_event(scope, problem)) is not None:
        report(event)


def security_event(scope: Scope, problem: Problem) -> SecurityEvent | None:
    """Return the security event that a problem is; None where it is none."""
    code = problem.extra.get("code")
    if code in SECOND_PERSON_CODES:
        return _event(scope, "second_person_required", code)
    if isinstance(problem, Unauthenticated):
        return _event(scope, "authentication_failed", problem.reason)
    if isinstance(problem, TooManyRequests):
        return _event(scope, "limit_exceeded", "requests")
    if problem.status == FORBIDDEN:
        permission = problem.extra.get("permission")
        reason = code or ("permission" if permission else "forbidden")
        return _event(scope, "authorization_denied", reason, permission)
    return None


def _event(scope: Scope, kind: Kind, reason: Any, permission: str | None = None) -> SecurityEvent:
    behind, _, caller = (scope.get(CALLER_KEY) or "").rpartition(">")
    route = scope.get("route")
    return SecurityEvent(
        kind,
        str(reason),
        caller=caller or None,
        behind=behind or None,
        permission=permission,
        method=scope["method"] if scope["method"] in METHODS else "other",
        route=None if route is None else str(route.path),
        # Whoever is known is named; of the others the address is all there is.
        address=None if caller or not scope.get("client") else scope["client"][0],
    )
