"""Erasing a person's words from what every service keeps beside its own tables.

These are events that wait (to be sent, or to be applied), dead letters, and answers that are given
again. Their subjects, sequences and states stay: nothing is lost or done twice because of it.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Text, bindparam, text

from common.events.envelope import ReceivedEvent
from common.events.erasures import TicketErased
from common.persistence.database import Connection

ERASED: Final = "[erased]"
"""What stands where a person's words were."""

_TITLE: Final = """jsonb_set({body}, '{{title}}', '"[erased]"', false)"""
_OUTBOX: Final = text(
    f"UPDATE outbox SET body = ({_TITLE.format(body='body::jsonb')})::text WHERE key = ANY(:keys)"
).bindparams(bindparam("keys", type_=ARRAY(Text)))
_STORED_BODY: Final = f"""
    CASE WHEN body IS JSON OBJECT THEN convert_to(
        ({_TITLE.format(body="convert_from(body, 'UTF8')::jsonb")})::text, 'UTF8') END
"""
"""What is no JSON object cannot be told apart from somebody's words: it goes."""
_STORED: Final = tuple(
    text(f"UPDATE {table} SET body = {_STORED_BODY} WHERE key = ANY(:keys)").bindparams(
        bindparam("keys", type_=ARRAY(LargeBinary))
    )
    for table in ("parked", "dead_letters")
)
# Every id that an answer names is compared: one pass over the answers, however many ids are asked for.
_ANSWERS: Final = text(
    """
    UPDATE idempotency SET body = '{}' WHERE caller = ANY(:callers) OR EXISTS (
        SELECT FROM regexp_matches(
            encode(body, 'escape'), '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', 'g'
        ) AS named (ids) WHERE named.ids[1] = ANY(:ids))
    """
).bindparams(bindparam("callers", type_=ARRAY(Text)), bindparam("ids", type_=ARRAY(Text)))


async def erase_ticket_copies(tx: Connection, tickets: Sequence[UUID]) -> None:
    """Erase the titles of these tickets from events and answers that are stored here."""
    if not tickets:
        return
    keys = [str(ticket) for ticket in tickets]
    await tx.execute(_OUTBOX, {"keys": keys})
    for statement in _STORED:
        await tx.execute(statement, {"keys": [key.encode() for key in keys]})
    await erase_answers(tx, tickets)


async def on_ticket_erased(tx: Connection, received: ReceivedEvent[TicketErased]) -> None:
    """Erase what this service has stored of a ticket's title beside its own tables."""
    await erase_ticket_copies(tx, [received.event.ticket_id])


async def erase_contact_answers(tx: Connection, contact: UUID) -> None:
    """Erase the stored answers to a contact, whoever spoke for them, and those about them."""
    name = f"contact/{contact}"
    rows = await tx.scalars(
        text("SELECT DISTINCT caller FROM idempotency WHERE caller LIKE :behind"),
        {"behind": f"%>{name}"},
    )
    await erase_answers(tx, [contact], callers=[name, *rows])


async def erase_answers(
    tx: Connection, ids: Sequence[UUID], *, callers: Sequence[str] = ()
) -> None:
    """Erase the stored answers that name one of these ids, and those to these callers."""
    values = {"callers": list(callers), "ids": [str(id) for id in ids]}
    await tx.execute(_ANSWERS, values)
