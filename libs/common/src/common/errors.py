"""Problems (RFC 9457): errors of routes, each with a stable `type` and a `detail` on what to do next.

Only routes raise them, never rules. A problem that is raised in a route rolls the transaction back
and becomes the response. When a rule rejects the action, `code` names the rule's reason (`SELF_APPROVAL`) and
`type` is the same in the style of a URN (`urn:opsdesk:error:self-approval`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

URN = "urn:opsdesk:error:"


def type_of(code: str) -> str:
    """The last part of the `type` for a reason code: `SELF_APPROVAL` becomes `self-approval`."""
    return code.lower().replace("_", "-")


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation of a request.

    `pointer` is a JSON pointer (RFC 6901) into the body, or below `/query`, `/path` or `/header`.
    `code` is in lower case, as the framework's own are: `missing`, `unknown_reference`.
    """

    pointer: str
    code: str
    detail: str


class Problem(Exception):
    """An error response. `detail` says what to do next; `code` and `extra` are further members."""

    def __init__(
        self,
        type: str,
        title: str,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        code: str | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.type = type if type.startswith(URN) else URN + type
        self.title = title
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = extra if code is None else {"code": code} | extra

    def body(self, instance: str, trace_id: str) -> dict[str, Any]:
        """Return the members of the `application/problem+json` body."""
        return {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "trace_id": trace_id,
        } | self.extra


class NotFound(Problem):
    """404. Also for what this caller may not see. `detail` is for what was there, and says why it is gone."""

    def __init__(self, what: str = "This", *, detail: str | None = None) -> None:
        detail = detail or f"{what} does not exist. Check the address."
        super().__init__("not-found", "Not found", 404, detail)


class Forbidden(Problem):
    """403. The caller may not do this; `code` names the reason where it is a rule's."""

    def __init__(self, detail: str, *, code: str | None = None, **extra: Any) -> None:
        type = type_of(code) if code else "forbidden"
        super().__init__(type, "Not allowed", 403, detail, code=code, **extra)


class Unauthenticated(Problem):
    """401. The request has no valid token. `reason` is a stable code for security events."""

    def __init__(
        self,
        detail: str = "Send a valid token as `Authorization: Bearer …`.",
        reason: str = "no_token",
    ) -> None:
        challenge = {"WWW-Authenticate": 'Bearer realm="opsdesk"'}
        super().__init__("unauthenticated", "Not authenticated", 401, detail, headers=challenge)
        self.reason = reason


class Conflict(Problem):
    """409. The present state does not allow it; `code` names the reason.

    The type follows from the code, unless `type` names the one that it had before it got a code.
    """

    def __init__(
        self, detail: str, *, code: str | None = None, type: str | None = None, **extra: Any
    ) -> None:
        type = type or (type_of(code) if code else "conflict")
        super().__init__(type, "Conflicts with the present state", 409, detail, code=code, **extra)


class ValidationFailed(Problem):
    """422. The request is not valid; all violations are named."""

    def __init__(self, errors: Sequence[Violation], *, detail: str | None = None) -> None:
        message = (
            detail or f"Correct {'; '.join(e.pointer or '/' for e in errors[:5])} and send again."
        )
        dumped = [asdict(error) for error in errors]
        super().__init__("invalid", "The request is not valid", 422, message, errors=dumped)


class BadRequest(Problem):
    """400. The body cannot be parsed."""

    def __init__(self, detail: str) -> None:
        super().__init__("malformed", "The body cannot be read", 400, detail)


class PayloadTooLarge(Problem):
    """413. `limit` is in bytes."""

    def __init__(self, limit: int) -> None:
        detail = f"Send at most {limit} bytes."
        super().__init__("too-large", "The body is too large", 413, detail, limit=limit)


class UnsupportedMediaType(Problem):
    """415. `expected` is the media type that the route reads."""

    def __init__(self, expected: str) -> None:
        detail = f"Send the body with `Content-Type: {expected}`."
        super().__init__("unsupported-media-type", "This media type is not read here", 415, detail)


class TooManyRequests(Problem):
    """429. `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        detail = f"Too many requests: send the next one in {retry_after} seconds."
        waits = {"Retry-After": str(retry_after)}
        super().__init__("too-many-requests", "Too many requests", 429, detail, headers=waits)


class ServiceUnavailable(Problem):
    """503. The same request may succeed later. `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int = 1, detail: str | None = None) -> None:
        message = (
            detail or f"The service is busy: send the same request again in {retry_after} seconds."
        )
        waits = {"Retry-After": str(retry_after)}
        super().__init__("busy", "Try again soon", 503, message, headers=waits)


class Overloaded(Problem):
    """503. Too much of this kind is being done already; nothing was stored.

    `retry_after` is in whole seconds.
    """

    def __init__(self, retry_after: int = 1, detail: str | None = None) -> None:
        message = detail or (
            "Too many requests of this kind are being answered. Nothing was stored: send the same"
            f" request again in {retry_after} seconds."
        )
        waits = {"Retry-After": str(retry_after)}
        super().__init__("overloaded", "Too much to do", 503, message, headers=waits)


class UnknownOutcome(Problem):
    """504. Nobody can say at present whether the request was carried out.

    No Retry-After: what sends again by itself would do it twice. `detail` says how to find out.
    """

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        message = detail or (
            "It may have been done, or not. With an Idempotency-Key send the same request again:"
            " then it is done once. Without one look first whether it was done."
        )
        super().__init__(
            "outcome-unknown", "Not known whether it was stored", 504, message, **extra
        )


class PreconditionFailed(Problem):
    """412. Somebody changed it since the caller read it; `present` is the present state."""

    def __init__(self, present: Any) -> None:
        detail = (
            "It has changed since you read it. Read `present` and send the request with its ETag."
        )
        super().__init__(
            "precondition-failed",
            "Changed since it was read",
            412,
            detail,
            present=present,
        )


class IdempotencyMismatch(Problem):
    """422. The key was used for another request of this caller within the last 7 days."""

    def __init__(self) -> None:
        detail = (
            "This Idempotency-Key was used for another request. Take a new key for a new request."
        )
        super().__init__(
            "idempotency-mismatch",
            "Key used for another request",
            422,
            detail,
            code="IDEMPOTENCY_MISMATCH",
        )


class RequestInProgress(Problem):
    """409. The first request with this key is still being processed."""

    def __init__(self) -> None:
        detail = (
            "The first request with this Idempotency-Key is still running. Ask again in a second."
        )
        super().__init__(
            "still-running", "Still running", 409, detail, headers={"Retry-After": "1"}
        )


class InternalServerError(Problem):
    """500. An unexpected error; says nothing about its cause."""

    def __init__(self) -> None:
        detail = (
            "An unexpected error happened and was logged. Quote the trace_id when you report it."
        )
        super().__init__("unexpected", "Unexpected error", 500, detail)
