"""Revoked tokens stop counting within seconds, on every replica."""

import asyncio
from datetime import timedelta

from common.auth.revocation import refresh_forever, revoke, revoked_token_ids
from common.now import now
from common.persistence.database import Database
from opsdesk_testing.tokens import create_authenticator, token
from opsdesk_testing.waiting import until


async def test_what_is_revoked_is_read_until_it_has_expired_anyway(database: Database) -> None:
    async with database.transaction() as tx:
        await revoke(tx, "one", now() + timedelta(hours=1), "theo")
        await revoke(tx, "one", now() + timedelta(hours=1), "theo")
        await revoke(tx, "old", now() - timedelta(days=2), "theo")
    async with database.transaction() as tx:
        assert await revoked_token_ids(tx) == ["one"]


async def test_a_replica_hears_of_it_without_a_restart(database: Database) -> None:
    known = create_authenticator()
    bearer = f"Bearer {token('pipeline', jti='leaked')}".encode()
    await known.authenticate(bearer)
    async with database.transaction() as tx:
        await revoke(tx, "leaked", now() + timedelta(hours=1), "theo")
    watching = asyncio.create_task(refresh_forever(database, known))
    await until(lambda: not known.cached_caller(bearer))
    watching.cancel()
    assert known.revoked_ids == {"leaked"}
