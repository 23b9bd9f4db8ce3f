"""Keys and passwords are exchanged while requests go on: nobody who was let in is turned away meanwhile."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from common.auth import jwks, revocation
from common.auth.jwks import IssuerKeys
from common.auth.tokens import Authenticator
from common.persistence.database import Database
from common.persistence.fencing import FENCE, connection_name, fence
from common.persistence.workload import COMMANDS
from opsdesk_local import Servers
from opsdesk_testing.client import app_for, settings_for
from opsdesk_testing.tokens import AUDIENCE, ISSUER, token
from opsdesk_testing.waiting import until
from sla.app import SERVICE
from tests.security.identities import claims_of

Key = ECKey | RSAKey | OKPKey


@pytest.fixture
def schema() -> str:
    return "sla"


@pytest.fixture
def keys_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let readings of keys follow each other at once; in production they are seconds and minutes apart."""
    monkeypatch.setattr(jwks, "MIN_REFRESH_INTERVAL_S", 0.0)
    monkeypatch.setattr(revocation, "REFRESH_INTERVAL_S", 0.01)
    monkeypatch.setattr(revocation, "KEYS_REFRESH_INTERVAL_S", 0.0)


def publish(path: Path, *keys: Key) -> None:
    """Write the issuer's key set, whole at each moment."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"keys": [key.as_dict(private=False) for key in keys]}))
    fresh.replace(path)


def signed_by(key: Key, sub: str = "anna") -> str:
    """A token of a member of staff, signed by this key."""
    header, claims = claims_of(token(sub))
    algorithm = {"EC": "ES256", "RSA": "RS256", "OKP": "EdDSA"}[key.key_type]
    return jwt.encode(header | {"alg": algorithm, "kid": key.kid}, claims, key, [algorithm])


@asynccontextmanager
async def refreshing(app: FastAPI, authenticator: Authenticator) -> AsyncIterator[AsyncClient]:
    """Run the loop that reads keys again, and yield a client."""
    database = app.state.opsdesk.runtime.database
    loop = asyncio.create_task(revocation.refresh_forever(database, authenticator))
    client = AsyncClient(transport=ASGITransport(app), base_url="http://test")
    try:
        async with aclosing(client):
            yield client
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)


async def status(client: AsyncClient, bearer: str) -> int:
    answer = await client.get("/v1/clocks", headers={"Authorization": f"Bearer {bearer}"})
    return answer.status_code


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated via RFC 9864")  # issuers still say EdDSA
@pytest.mark.usefixtures("keys_at_once")
async def test_the_issuers_key_is_rotated_without_a_refused_request(
    database: Database, tmp_path: Path
) -> None:
    """The new key stands beside the old one until the last token of the old one has expired. Here the kind
    changes, too: from ECDSA to EdDSA to RSA."""
    path = tmp_path / "jwks.json"
    old: Key = ECKey.generate_key("P-256", auto_kid=True)
    publish(path, old)
    authenticator = Authenticator(ISSUER, AUDIENCE, IssuerKeys(str(path)))
    settings = settings_for(SERVICE.settings, database.url, requests_per_minute=1_000_000)
    app = app_for(SERVICE, database, settings=settings, authenticator=authenticator)
    async with refreshing(app, authenticator) as client:
        for new in (
            OKPKey.generate_key("Ed25519", auto_kid=True),
            RSAKey.generate_key(2048, auto_kid=True),
        ):
            before, after = signed_by(old), signed_by(new)
            assert await status(client, before) == 200
            assert await status(client, after) == 401, "its key is not published yet"
            publish(path, old, new)
            assert [await status(client, one) for one in (after, before)] == [200, 200]
            publish(path, new)

            async def is_refused(bearer: str = before) -> bool:
                return await status(client, bearer) == 401

            await until(is_refused)
            assert await status(client, after) == 200
            old = new


async def test_a_database_password_is_rotated_by_a_second_login(
    database: Database, servers: Servers
) -> None:
    """docs/security.md: beside the service's role a second login acts as it; replicas move one after the other."""
    login = f"opsdesk_sla_next_{os.getpid()}"
    admin = await asyncpg.connect(servers.admin_url)
    try:
        await admin.execute(f"CREATE ROLE {login} LOGIN PASSWORD 'next' IN ROLE opsdesk_sla")
        await admin.execute(f"ALTER ROLE {login} SET role = 'opsdesk_sla'")
        parts = urlsplit(database.url)
        server = parts.netloc.rpartition("@")[2]
        url = urlunsplit(parts._replace(netloc=f"{login}:next@{server}"))
        second = Database(url, database.schema, pool_size=1)
        try:
            for one in (database, second):
                assert await whoami(one) == ("opsdesk_sla", 0)
            assert await fences_itself(second), "what a lost connection did can be found out"
        finally:
            await second.close()
    finally:
        await admin.execute(f"DROP ROLE IF EXISTS {login}")
        await admin.close()


async def fences_itself(database: Database) -> bool:
    """Whether it may end a connection of its own, and goes on as the service's role."""
    name = connection_name(database.schema, COMMANDS)
    lost = await database.dedicated_connection(COMMANDS, name=name)
    other = await database.dedicated_connection(FENCE)
    try:
        is_gone = await fence(other, name)
        return is_gone and await other.fetchval("SELECT current_user") == "opsdesk_sla"
    finally:
        lost.terminate()
        await other.close()


async def whoami(database: Database) -> tuple[str, int]:
    """The role that statements run as, and what it reads in a table of the service."""
    async with database.transaction() as tx:
        rows = await tx.exec_driver_sql(
            "SELECT current_user::text AS who, count(*) AS n FROM outbox"
        )
        row = rows.mappings().one()
        return str(row["who"]), int(row["n"])
