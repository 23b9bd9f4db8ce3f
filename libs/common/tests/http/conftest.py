"""A service with a few routes, for tests of `common.http`."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import Body, Depends, FastAPI, Request, Response
from httpx import AsyncClient
from pydantic import Field
from sqlalchemy import text

from common.audit import Entry, record
from common.auth import Caller, Contact, requires
from common.errors import Conflict, Forbidden, NotFound
from common.http import (
    MIB,
    Instant,
    Page,
    Paging,
    RequestModel,
    ResponseModel,
    Service,
    Transaction,
    encode_cursor,
    if_match,
    problem_response,
    router,
    set_etag,
)
from common.persistence.database import Connection, Database, transaction_time
from common.persistence.ids import uuid7
from common.settings import Settings
from opsdesk_testing.client import app_for, client, management_client

SLOW = "SELECT pg_advisory_xact_lock(7)"
"""What the making of a slow thing waits for: a test that holds the lock keeps it running."""
Opener = Annotated[Caller, requires("tickets:open")]
Reader = Annotated[Caller, requires("tickets:read")]

things = router("/v1/things", ["things"])


class ThingCreate(RequestModel):
    name: str = Field(min_length=1, max_length=100)
    at: datetime | None = None
    count: int = Field(default=0, ge=0, le=2**31 - 1)
    more: list[Any] = Field(default_factory=list)


class Thing(ResponseModel):
    id: UUID
    name: str
    at: datetime | None = None


@things.post("", status_code=201)
async def create_thing(
    body: ThingCreate, response: Response, caller: Opener, tx: Transaction
) -> Thing:
    """Make a thing."""
    thing = Thing(id=uuid7(), name=body.name, at=body.at)
    await record_note(tx, caller, "thing.make", {"name": body.name})
    if body.name == "slow":
        await tx.execute(text(SLOW))
    if body.name == "twice":
        raise Conflict("There is one already.")
    if body.name == "odd":
        raise ZeroDivisionError("secret inside")
    if body.name == "denied":
        return problem_response(Forbidden("Not this one."))  # type: ignore[return-value]  # a response passes
    response.headers["Location"] = f"/v1/things/{thing.id}"
    return thing


@things.get("")
async def list_things(
    caller: Reader, page: Annotated[Paging, Depends()], since: Instant | None = None
) -> Page[Thing]:
    """List things."""
    after = page.after_as(str, UUID)
    first = 0 if after is None else int(after[0])
    items = [Thing(id=UUID(int=n), name=str(n)) for n in range(first + 1, first + page.limit + 1)]
    return Page[Thing](items=items, next=encode_cursor(items[-1].name, items[-1].id))


@things.post("/mail", status_code=201)
async def receive_mail(
    raw: Annotated[bytes, Body(media_type="message/rfc822")], caller: Opener
) -> dict[str, int]:
    """Take bytes in."""
    return {"size": len(raw)}


@things.get("/{name}")
async def get_thing(
    name: str, response: Response, caller: Reader, tx: Transaction
) -> dict[str, Any]:
    """Show a thing."""
    if name == "none":
        raise NotFound(f"Thing {name}")
    stored = await tx.scalar(text("SELECT CAST(:name AS text)"), {"name": name})
    set_etag(response, 7)
    return {"name": stored, "who": caller.sub, "behind": caller.via_machine}


@things.put("/{name}")
async def update_thing(name: str, request: Request, caller: Opener) -> dict[str, str]:
    """Change a thing."""
    if_match(request, 7, {"name": name})
    return {"name": name}


@things.get("/{count}/stored")
async def store_thing(count: int, caller: Reader, tx: Transaction) -> dict[str, int]:
    """Ask the database for a number."""
    found = await tx.scalar(text("SELECT CAST(:n AS bigint)"), {"n": count})
    return {"count": found}


async def record_note(tx: Connection, caller: Caller, action: str, grounds: dict[str, str]) -> None:
    at = await transaction_time(tx)
    await record(tx, Entry.by(caller.actor, at, action, "thing/1", grounds))


async def resolve_contact(tx: Connection, address: str) -> Contact | None:
    if address == "jan@acme.example":
        return Contact(UUID(int=5), "Jan", "acme")
    return None


SERVICE = Service(
    name="things",
    schema="sla",
    title="Things",
    settings=Settings,
    routers=(things,),
    resolve_contact=resolve_contact,
    body_limits={"/v1/things/mail": 2 * MIB},
)


@pytest.fixture
def app(database: Database) -> FastAPI:
    return app_for(SERVICE, database)


@pytest.fixture
async def anna(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client(app) as anna:
        yield anna


@pytest.fixture
async def ops(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """Who asks the management port."""
    async with management_client(app) as ops:
        yield ops


@pytest.fixture
def service() -> Service:
    return SERVICE


@pytest.fixture
def count_things(database: Database) -> Callable[[], Awaitable[int]]:
    """How many audit entries there are: what the routes above leave behind."""

    async def count() -> int:
        async with database.transaction() as tx:
            return int(await tx.scalar(text("SELECT count(*) FROM audit")) or 0)

    return count
