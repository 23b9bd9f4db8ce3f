"""What the answer of a service says: of a form, of its sender, and of the sender's customer."""

from datetime import datetime
from typing import Any, Final

import httpx

from common.auth.revoked import CustomerEnded
from common.now import now
from common.telemetry import logger
from console.service_text import text_of_problem
from console.upstream.part import Denied, Here, Missing, Part, ServiceName
from console.upstream.problems import Done, Outcome, Refused, Uncertain

log = logger(__name__)

MAX_ANSWER_BYTES: Final = 4 * 1024 * 1024
UNAUTHENTICATED, FORBIDDEN = 401, 403
TOO_MANY, BROKEN = 429, 500
UNKNOWN_OUTCOME: Final = "urn:opsdesk:error:outcome-unknown"
CUSTOMER_ENDED: Final = "urn:opsdesk:error:customer-ended"
FRESH_SIGN_IN: Final = "urn:opsdesk:error:sign-in-required"


class SignedOut(Exception):
    """A service takes the token no more: the person has to sign in again."""


def json_of(answer: httpx.Response) -> Any | None:
    """Return the object or list of an answer; None where it is none, or too long."""
    if len(answer.content) > MAX_ANSWER_BYTES:
        return None
    try:
        data = answer.json()
    except ValueError:
        return None
    return data if isinstance(data, dict | list) else None


def outcome_of(answer: httpx.Response, service: ServiceName) -> Outcome:
    """Return what became of a form. Raises SignedOut and CustomerEnded."""
    data = json_of(answer) if answer.content else {}
    check_customer(answer)
    if answer.status_code == UNAUTHENTICATED and not _asks_for_fresh_sign_in(data):
        raise SignedOut(service)
    if not answer.is_error:
        # It was done: an answer that cannot be read changes nothing about that.
        return Done(answer.status_code, data, answer.headers.get("etag"))
    if not isinstance(data, dict) or "detail" not in data or data.get("type") == UNKNOWN_OUTCOME:
        return Uncertain(service)
    return Refused(answer.status_code, data)


def check_customer(answer: httpx.Response) -> None:
    """Raise CustomerEnded where the service says that the contact's customer was ended."""
    if answer.status_code != FORBIDDEN:
        return
    data = json_of(answer)
    if isinstance(data, dict) and data.get("type") == CUSTOMER_ENDED:
        raise CustomerEnded()


def _asks_for_fresh_sign_in(data: Any) -> bool:
    """Whether the token is good, and the act asks for a newer or stronger sign-in (RFC 9470)."""
    return isinstance(data, dict) and data.get("type") == FRESH_SIGN_IN


def part_of(service: ServiceName, answer: httpx.Response | None, since: datetime | None) -> Part:
    """Return an answer, or none, as a part of a page; `since`: the real moment since which the service fails."""
    if answer is None:
        return Missing(service, "silent", since or now())
    if answer.status_code >= BROKEN:
        return Missing(service, "failed", since or now())
    if answer.status_code == TOO_MANY:
        return Missing(service, "busy", now())
    data = json_of(answer)
    if data is None:
        log.error("part.unreadable", upstream=service, status=answer.status_code)
        return Missing(service, "unreadable", now())
    if answer.is_error:
        return Denied(service, answer.status_code, text_of_problem(data))
    return Here(data, now(), answer.headers.get("etag"))
