"""What goes wrong at an edge, as RFC 9457 problems: each with a stable `type` and what to do next.

A problem is raised at the edges only (routes, never the pure core): raised in a route it undoes the
transaction and becomes the answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

URN = "urn:opsdesk:error:"


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong with a request. `pointer` is a JSON pointer (RFC 6901) into the body,
    or `query/…`, `path/…`, `header/…` for what stands elsewhere."""

    pointer: str
    code: str
    detail: str


class Problem(Exception):
    """An answer that says no. `detail` tells the caller what to do next; `extra` are more members."""

    def __init__(
        self,
        type: str,
        title: str,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.type = type if type.startswith(URN) else URN + type
        self.title = title
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = extra

    def body(self, instance: str, trace_id: str) -> dict[str, Any]:
        """The members of `application/problem+json`."""
        return {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "trace_id": trace_id,
        } | self.extra


class NotFound(Problem):
    """404. Also for what this caller may not see: it does not exist for them."""

    def __init__(self, what: str = "This") -> None:
        super().__init__(
            "not-found", "Not found", 404, f"{what} does not exist. Check the address."
        )


class Forbidden(Problem):
    """403. The caller is known and may not do this."""

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__("forbidden", "Not allowed", 403, detail, **extra)


class Unauthenticated(Problem):
    """401. Nobody knows who is asking."""

    def __init__(self, detail: str = "Send a valid token as `Authorization: Bearer …`.") -> None:
        challenge = {"WWW-Authenticate": 'Bearer realm="opsdesk"'}
        super().__init__("unauthenticated", "Who is asking?", 401, detail, headers=challenge)


class Conflict(Problem):
    """409. The present state does not allow it; `type` may name the rule that says so."""

    def __init__(self, detail: str, *, type: str = "conflict", **extra: Any) -> None:
        super().__init__(type, "Conflicts with the present state", 409, detail, **extra)


class ValidationFailed(Problem):
    """422. The request is understood and wrong; every violation is named at once."""

    def __init__(self, errors: Sequence[Violation], *, detail: str | None = None) -> None:
        message = (
            detail or f"Correct {'; '.join(e.pointer or '/' for e in errors[:5])} and send again."
        )
        dumped = [asdict(error) for error in errors]
        super().__init__("invalid", "The request is not valid", 422, message, errors=dumped)


class BadRequest(Problem):
    """400. The bytes are no JSON, or no JSON that we read."""

    def __init__(self, detail: str) -> None:
        super().__init__("malformed", "The body cannot be read", 400, detail)


class PayloadTooLarge(Problem):
    """413. `limit` is in bytes."""

    def __init__(self, limit: int) -> None:
        detail = f"Send at most {limit} bytes."
        super().__init__("too-large", "The body is too large", 413, detail, limit=limit)


class UnsupportedMediaType(Problem):
    """415. `wanted` is the media type that this route reads."""

    def __init__(self, expected: str) -> None:
        detail = f"Send the body with `Content-Type: {expected}`."
        super().__init__("unsupported-media-type", "This media type is not read here", 415, detail)


class TooManyRequests(Problem):
    """429. `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        detail = f"Too many requests: wait {retry_after} seconds, then go on."
        waits = {"Retry-After": str(retry_after)}
        super().__init__("too-many-requests", "Too many requests", 429, detail, headers=waits)


class ServiceUnavailable(Problem):
    """503. It would have worked at another time. `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int = 1, detail: str | None = None) -> None:
        message = (
            detail or f"The service is busy: send the same request again in {retry_after} seconds."
        )
        waits = {"Retry-After": str(retry_after)}
        super().__init__("busy", "Try again soon", 503, message, headers=waits)


class PreconditionFailed(Problem):
    """412. Somebody else was faster; `present` is the state as it is now."""

    def __init__(self, present: Any) -> None:
        detail = "It has changed since you read it. Look at `present`, decide again, send its ETag."
        super().__init__(
            "precondition-failed",
            "It has changed meanwhile",
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
        super().__init__("idempotency-mismatch", "Key used for another request", 422, detail)


class RequestInProgress(Problem):
    """409. The first request with this key has not been answered yet."""

    def __init__(self) -> None:
        detail = (
            "The first request with this Idempotency-Key is still running. Ask again in a second."
        )
        super().__init__(
            "still-running", "Still running", 409, detail, headers={"Retry-After": "1"}
        )


class InternalServerError(Problem):
    """500. Our fault; says nothing about the inside."""

    def __init__(self) -> None:
        detail = (
            "This is our fault, and it has been recorded. Quote the trace_id when you report it."
        )
        super().__init__("unexpected", "Something went wrong here", 500, detail)
