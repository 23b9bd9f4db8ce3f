"""Idempotency-Key: a request that is sent twice is done once and answered the same.

The response is stored in the transaction that did the work, so neither exists without the other.
A key belongs to its caller and is kept for 7 days of real time.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from sqlalchemy import JSON, LargeBinary, bindparam, text
from starlette.requests import Request
from starlette.responses import Response

from common.errors import IdempotencyMismatch, RequestInProgress, ValidationFailed, Violation
from common.persistence.database import Connection
from common.retention import IDEMPOTENCY_DAYS

KEY_HEADER: Final = "idempotency-key"
MAX_KEY_CHARS: Final = 255
RETENTION_INTERVAL: Final = f"{IDEMPOTENCY_DAYS} days"
KEYED_METHODS: Final = frozenset({"POST", "DELETE"})
"""The methods that create, decide or withdraw. A PUT replaces the whole and may be sent again anyway."""
REPLAYED_HEADERS: Final = ("location", "etag", "content-type")


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A key of a caller, with the digest of the request that it was sent with."""

    caller: str
    key: str
    request_digest: bytes

    @property
    def lock_id(self) -> int:
        """The number of the advisory lock: 64 bits of a hash of caller and key."""
        digest = hashlib.sha256(f"{self.caller}\0{self.key}".encode()).digest()
        return int.from_bytes(digest[:8], signed=True)


def validate_key(key: str) -> str:
    """Return the key. Raises ValidationFailed unless it is 1 to 255 printable ASCII characters."""
    if not 0 < len(key) <= MAX_KEY_CHARS or not key.isascii() or not key.isprintable():
        wrong = f"take 1 to {MAX_KEY_CHARS} printable ASCII characters, best a UUID"
        raise ValidationFailed([Violation("/header/idempotency-key", "idempotency_key", wrong)])
    return key


def request_digest(method: str, target: str, body: bytes) -> bytes:
    """Hash what makes two requests the same: method, path with query, and body."""
    return hashlib.sha256(b"\0".join((method.encode(), target.encode(), body))).digest()


async def key_from_request(request: Request, caller: str) -> IdempotencyKey | None:
    """Return the key of a POST or DELETE, or None."""
    given = request.headers.get(KEY_HEADER)
    if given is None or request.method not in KEYED_METHODS:
        return None
    target = f"{request.url.path}?{request.url.query}"
    digest = request_digest(request.method, target, await request.body())
    return IdempotencyKey(caller, validate_key(given), digest)


async def find_response(tx: Connection, key: IdempotencyKey) -> Response | None:
    """Return the stored response, or None for the first request with this key.

    Locks the key until the transaction ends. Raises RequestInProgress while another transaction
    holds it, IdempotencyMismatch when it was used for another request.
    """
    locked = await tx.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": key.lock_id})
    if not locked:
        raise RequestInProgress()
    row = (await tx.execute(_SELECT_RESPONSE, {"caller": key.caller, "key": key.key})).one_or_none()
    if row is None:
        return None
    if row.request != key.request_digest:
        raise IdempotencyMismatch()
    response = Response(row.body, row.status, row.headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response


async def store_response(tx: Connection, key: IdempotencyKey, response: Response) -> None:
    """Store the response under its key."""
    headers = {
        name: response.headers[name] for name in REPLAYED_HEADERS if name in response.headers
    }
    await tx.execute(
        _UPSERT_RESPONSE,
        {
            "caller": key.caller,
            "key": key.key,
            "request": key.request_digest,
            "status": response.status_code,
            "headers": headers,
            "body": bytes(response.body),
        },
    )


_SELECT_RESPONSE = text(
    "SELECT request, status, headers, body FROM idempotency WHERE caller = :caller AND key = :key"
    f" AND answered_at > statement_timestamp() - interval '{RETENTION_INTERVAL}'"
).columns(headers=JSON)
_UPSERT_RESPONSE = text(
    "INSERT INTO idempotency (caller, key, request, status, headers, body)"
    " VALUES (:caller, :key, :request, :status, :headers, :body)"
    # An expired one may still be there.
    " ON CONFLICT (caller, key) DO UPDATE SET request = excluded.request,"
    " status = excluded.status, headers = excluded.headers, body = excluded.body,"
    " answered_at = excluded.answered_at"
).bindparams(bindparam("headers", type_=JSON), bindparam("body", type_=LargeBinary))
