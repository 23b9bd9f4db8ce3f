"""What is revoked stops counting within seconds, on every replica."""

import asyncio
from datetime import timedelta
from uuid import UUID

from common.auth.revocation import load_revocations, on_tokens_revoked, refresh_forever
from common.events.directory import RevocationKind, TokensRevoked
from common.messaging.inbox import Handlers, for_each
from common.now import now
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver
from opsdesk_testing.tokens import create_authenticator, token
from opsdesk_testing.waiting import until

HANDLERS: Handlers = {TokensRevoked: for_each(on_tokens_revoked)}


def revocation(
    number: int, kind: RevocationKind, name: str, *, issued: float = 0, expires: float = 3600
) -> TokensRevoked:
    """What intake announces; instants in seconds from now."""
    return TokensRevoked(
        at=now(),
        revocation_id=UUID(int=number),
        kind=kind,
        name=name,
        issued_until=now() + timedelta(seconds=issued),
        expires_at=now() + timedelta(seconds=expires),
        by="theo",
    )


async def test_what_is_revoked_is_known_until_it_would_have_expired(database: Database) -> None:
    events = [
        revocation(1, "token", "one"),
        revocation(2, "token", "one"),
        revocation(3, "token", "old", expires=-2 * 24 * 3600),
        revocation(4, "person", "anna", issued=60),
        revocation(5, "person", "anna", issued=-60),
        revocation(6, "client", "ci"),
        revocation(7, "client", "old", expires=-2 * 24 * 3600),
    ]
    await deliver(database, HANDLERS, *((event, 1) for event in events))
    async with database.transaction() as tx:
        revoked = await load_revocations(tx)
    assert revoked.token_ids == {"one"}
    assert revoked.people == {"anna": events[3].issued_until.timestamp()}, "never taken back"
    assert set(revoked.clients) == {"ci"}


async def test_a_replica_hears_of_it_without_a_restart(database: Database) -> None:
    known = create_authenticator()
    leaked = f"Bearer {token('pipeline', jti='leaked')}".encode()
    of_person = f"Bearer {token('anna')}".encode()
    await known.authenticate(leaked)
    await known.authenticate(of_person)
    events = (revocation(1, "token", "leaked"), revocation(2, "person", "anna"))
    await deliver(database, HANDLERS, *((event, 1) for event in events))
    watching = asyncio.create_task(refresh_forever(database, known))
    await until(lambda: not known.cached_caller(leaked) and not known.cached_caller(of_person))
    watching.cancel()
    assert known.revoked.token_ids == {"leaked"}
