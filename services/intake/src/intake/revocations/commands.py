"""Revoke tokens: here at once, in the other services by one event."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, func, insert, text, update

from common import audit
from common.auth.claims import CLOCK_SKEW_S
from common.auth.revocation import store_revocation, store_revoked_callers
from common.domain import Actor
from common.events.directory import RevocationKind, TokensRevoked
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, Database, transaction_time
from common.persistence.ids import uuid7
from intake.reasons import store as reasons
from intake.revocations.tables import token_revocations

FIRST_SEQUENCE: Final = 1
_ADVANCE: Final = (
    update(token_revocations)
    .where(token_revocations.c.expires_at > func.statement_timestamp())
    .values(sequence=token_revocations.c.sequence + 1)
    .returning(token_revocations)
)


async def revoke(
    tx: Connection, actor: Actor, kind: RevocationKind, name: str, reason: str, lifetime_s: int
) -> TokensRevoked:
    """Revoke a token, or all tokens that a person or a client was given until now.

    `lifetime_s`: seconds after which no such token would hold anyway. Tokens live in real time, and
    those of the next half minute are refused, too: the issuer's clock may be so much ahead.
    """
    (revoked,) = await _build(tx, actor, kind, [name], lifetime_s)
    await store_revocation(tx, revoked)
    await _record(tx, actor, [revoked], reason)
    return revoked


async def revoke_accounts(
    tx: Connection, actor: Actor, accounts: Sequence[str], reason: str, lifetime_s: int
) -> None:
    """Revoke all tokens of these people, each named once, as `revoke` does: some statements, however many they are."""
    revoked = await _build(tx, actor, "person", accounts, lifetime_s)
    await store_revoked_callers(tx, revoked)
    await _record(tx, actor, revoked, reason)


async def _build(
    tx: Connection, actor: Actor, kind: RevocationKind, names: Sequence[str], lifetime_s: int
) -> list[TokensRevoked]:
    real_time: datetime = (await tx.execute(text("SELECT statement_timestamp()"))).scalar_one()
    until = real_time + timedelta(seconds=CLOCK_SKEW_S)
    at = await transaction_time(tx)
    return [
        TokensRevoked(
            at=at,
            revocation_id=uuid7(),
            kind=kind,
            name=name,
            issued_until=until,
            expires_at=until + timedelta(seconds=lifetime_s + CLOCK_SKEW_S),
            by=actor.sub,
        )
        for name in names
    ]


async def _record(
    tx: Connection, actor: Actor, revoked: Sequence[TokensRevoked], reason: str
) -> None:
    """Store, announce and audit what was revoked."""
    if not revoked:
        return
    await tx.execute(insert(token_revocations), [_to_row(one) for one in revoked])
    await publish(tx, *(OutboxEvent(one, FIRST_SEQUENCE) for one in revoked))
    entries = (
        audit.Entry.by(
            actor,
            one.at,
            "token.revoke",
            f"{one.kind}/{one.name}",
            {"reason": reason, "issued_until": one.issued_until},
        )
        for one in revoked
    )
    await reasons.record(tx, *entries)


async def publish_all(database: Database) -> int:
    """Publish every revocation whose tokens would still hold again. Returns the number of events."""
    async with database.transaction() as tx:
        at = await transaction_time(tx)
        rows = (await tx.execute(_ADVANCE)).all()
        events = [OutboxEvent(_from_row(row, at), row.sequence) for row in rows]
        await publish(tx, *events)
    return len(events)


def _from_row(row: Row[Any], at: datetime) -> TokensRevoked:
    return TokensRevoked(
        at=at,
        revocation_id=row.id,
        kind=row.kind,
        name=row.name,
        issued_until=row.issued_until,
        expires_at=row.expires_at,
        by=row.revoked_by,
    )


def _to_row(revoked: TokensRevoked) -> dict[str, Any]:
    return {
        "id": revoked.revocation_id,
        "kind": revoked.kind,
        "name": revoked.name,
        "issued_until": revoked.issued_until,
        "expires_at": revoked.expires_at,
        "revoked_by": revoked.by,
        "sequence": FIRST_SEQUENCE,
    }
