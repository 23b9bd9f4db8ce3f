"""Whose rows a request touches: nobody has to think of it, and who forgot reads nothing."""

from dataclasses import replace
from typing import Annotated

import pytest
from fastapi import Request
from sqlalchemy import text

from common.auth import Caller, requires
from common.http import Service, Transaction, authorized_router, router, state_of
from common.persistence.database import Connection, Database
from common.persistence.row_scope import current_scope
from opsdesk_testing.client import app_for, client

things = router("/v1/scopes", tags=["scopes"])
public = router("/ack", tags=["scopes"])
own_transactions = authorized_router("/v1/scopes", tags=["scopes"])
ALL = ["opsdesk_sla", ""]


async def scope_of(tx: Connection) -> list[str]:
    who = text("SELECT current_user, coalesce(current_setting('opsdesk.customer', true), '')")
    return list((await tx.execute(who)).one())


@things.get("/present")
async def get_scope(
    tx: Transaction, caller: Annotated[Caller, requires("tickets:read")]
) -> list[str]:
    """Get whose rows this transaction touches."""
    return await scope_of(tx)


@public.get("/{signed}")
async def get_public_scope(tx: Transaction, signed: str) -> list[str]:
    """Get whose rows the transaction of a public route touches."""
    return await scope_of(tx)


@own_transactions.get("/own")
async def get_own_scope(
    request: Request, caller: Annotated[Caller, requires("tickets:read")]
) -> list[str]:
    """Get whose rows a transaction touches that the route opens itself."""
    async with state_of(request.app).runtime.database.transaction() as tx:
        return await scope_of(tx)


@pytest.fixture
def scopes(service: Service) -> Service:
    return replace(service, routers=(*service.routers, things, own_transactions, public))


@pytest.mark.parametrize("path", ["/v1/scopes/present", "/v1/scopes/own"])
async def test_a_contact_s_request_touches_the_own_customer_s_rows(
    scopes: Service, database: Database, path: str
) -> None:
    app = app_for(scopes, database)
    for caller, expected in (("jan", ["opsdesk_sla_contact", "acme"]), ("anna", ALL)):
        async with client(app, caller) as who:
            assert (await who.get(path)).json() == expected
    for_jan = {"On-Behalf-Of": "mailto:jan@acme.example"}
    async with client(app, "portal") as portal:
        spoken_for = await portal.get(path, headers=for_jan)
    assert spoken_for.json() == ["opsdesk_sla_contact", "acme"]
    assert current_scope() is None, "what a request sets ends with it"


async def test_before_anybody_is_authenticated_nobody_s_rows_are_touched(
    scopes: Service, database: Database
) -> None:
    """A public route that opens a transaction, without a thought."""
    async with client(app_for(scopes, database), None) as nobody:
        assert (await nobody.get("/ack/anything")).json() == ["opsdesk_sla_contact", ""]
