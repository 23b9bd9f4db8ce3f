"""Idempotency-Key: the same request twice is done once, and answered the same.

The answer is stored in the transaction that did the work, so one is never there without the other.
A key belongs to its caller and is kept for 7 days of real time.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Final

from sqlalchemy import JSON, LargeBinary, bindparam, text
from starlette.requests import Request
from starlette.responses import Response

from common.errors import IdempotencyMismatch, Invalid, StillRunning, Violation
from common.persistence.database import Connection, Database, passing
from common.telemetry import logger

log = logger(__name__)

HEADER: Final = "idempotency-key"
LONGEST: Final = 255
KEPT: Final = "7 days"
BATCH: Final = 1000
"""Rows that one statement of the cleaning deletes."""
PAUSE: Final = 60.0
"""Seconds between two cleanings."""
REPLAYED: Final = ("location", "etag", "content-type")


@dataclass(frozen=True, slots=True)
class Key:
    """Whose key, which one, and the digest of the request that it stands for."""

    caller: str
    key: str
    request: bytes

    @property
    def lock(self) -> int:
        """A number for the advisory lock: 64 bits of caller and key."""
        digest = hashlib.sha256(f"{self.caller}\0{self.key}".encode()).digest()
        return int.from_bytes(digest[:8], signed=True)


def checked(key: str) -> str:
    """The key, if it may be one: 1 to 255 printable ASCII characters. Raises Invalid."""
    if not 0 < len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        wrong = f"take 1 to {LONGEST} printable ASCII characters, best a UUID"
        raise Invalid([Violation("/header/idempotency-key", "idempotency_key", wrong)])
    return key


def digest(method: str, target: str, body: bytes) -> bytes:
    """What makes two requests the same: method, path with query, and body."""
    return hashlib.sha256(b"\0".join((method.encode(), target.encode(), body))).digest()


async def key_of(request: Request, caller: str) -> Key | None:
    """The key that a POST carries, or None."""
    given = request.headers.get(HEADER)
    if given is None or request.method != "POST":
        return None
    target = f"{request.url.path}?{request.url.query}"
    return Key(caller, checked(given), digest("POST", target, await request.body()))


async def recall(tx: Connection, key: Key) -> Response | None:
    """The answer given before, or None where this request is the first.

    Holds the key until the transaction ends. Raises StillRunning while another one holds it,
    IdempotencyMismatch when it was used for another request.
    """
    held = await tx.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": key.lock})
    if not held:
        raise StillRunning()
    found = (await tx.execute(_RECALL, {"caller": key.caller, "key": key.key})).one_or_none()
    if found is None:
        return None
    if found.request != key.request:
        raise IdempotencyMismatch()
    response = Response(found.body, found.status, found.headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response


async def remember(tx: Connection, key: Key, response: Response) -> None:
    """Store the answer with the work that it reports."""
    headers = {name: response.headers[name] for name in REPLAYED if name in response.headers}
    await tx.execute(
        _REMEMBER,
        {
            "caller": key.caller,
            "key": key.key,
            "request": key.request,
            "status": response.status_code,
            "headers": headers,
            "body": bytes(response.body),
        },
    )


async def forget_old(tx: Connection) -> int:
    """Delete at most BATCH expired keys. Returns how many there were."""
    return (await tx.execute(_FORGET)).rowcount


async def keep_small(database: Database) -> None:
    """Delete expired keys in the background, a batch at a time, for as long as the service runs."""
    while True:
        try:
            async with database.transaction() as tx:
                more = await forget_old(tx) == BATCH
        except Exception as error:
            more = False
            if not passing(error):
                log.exception("idempotency.not_cleaned")
        await asyncio.sleep(0 if more else PAUSE)


_RECALL = text(
    "SELECT request, status, headers, body FROM idempotency WHERE caller = :caller AND key = :key"
    f" AND answered_at > statement_timestamp() - interval '{KEPT}'"
).columns(headers=JSON)
_REMEMBER = text(
    "INSERT INTO idempotency (caller, key, request, status, headers, body)"
    " VALUES (:caller, :key, :request, :status, :headers, :body)"
    # One that has expired may still lie there.
    " ON CONFLICT (caller, key) DO UPDATE SET request = excluded.request,"
    " status = excluded.status, headers = excluded.headers, body = excluded.body,"
    " answered_at = excluded.answered_at"
).bindparams(bindparam("headers", type_=JSON), bindparam("body", type_=LargeBinary))
_FORGET = text(
    "DELETE FROM idempotency WHERE (caller, key) IN (SELECT caller, key FROM idempotency"
    f" WHERE answered_at <= statement_timestamp() - interval '{KEPT}'"
    f" LIMIT {BATCH} FOR UPDATE SKIP LOCKED)"
)
