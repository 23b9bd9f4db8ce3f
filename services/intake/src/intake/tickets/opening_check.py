"""Check what our people write when they open a ticket: its customer reads title and description (R11).

Names of customers and environments are kept in memory, so that no new ticket waits for a statement.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final
from uuid import UUID

from common.auth import Caller
from common.errors import Problem, Violation
from common.persistence.database import Database
from common.wording import Finding, MessageContext, check_what_stops
from common.wording.prose import plain_words
from intake.tickets.domain.message_check import FALLBACK_LANGUAGE
from intake.tickets.domain.new_ticket import TicketScope
from intake.tickets.schemas.requests import TicketCreate, is_staff
from intake.tickets.store import message_checks

MAX_AGE_S: Final = 30.0
"""Seconds after which the name of a new customer is known on every replica."""


class CustomerNames:
    """The names of all customers and environments, by their first word; read again after MAX_AGE_S."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_word: dict[str, list[tuple[str, UUID]]] | None = None
        self._read_at = 0.0

    async def others_in(self, text: str, customer_id: UUID) -> list[str]:
        """The names of other customers, and of what is theirs, that may stand in a text."""
        by_word = await self._get()
        return [
            name
            for word in dict.fromkeys(plain_words(text))
            for name, owner in by_word.get(word, ())
            if owner != customer_id
        ]

    async def _get(self) -> dict[str, list[tuple[str, UUID]]]:
        now = asyncio.get_running_loop().time()
        if self._by_word is None or now - self._read_at > MAX_AGE_S:
            self._read_at = now
            by_word: dict[str, list[tuple[str, UUID]]] = {}
            async with self._database.transaction(all_rows=True) as tx:
                for name, owner in await message_checks.all_names(tx):
                    for word in plain_words(name)[:1]:
                        by_word.setdefault(word, []).append((name, owner))
            self._by_word = by_word
        return self._by_word


class OpeningRefused(Problem):
    """What is to be the title or the description of a ticket may not leave as it is."""

    def __init__(self, found: Sequence[tuple[str, Finding]]) -> None:
        super().__init__(
            "message-check",
            "The ticket cannot be opened with this text",
            422,
            "Its customer reads it: correct what is marked as hard, and send it again.",
            code="MESSAGE_CHECK",
            findings=[asdict(one) for _, one in found],
            errors=[asdict(Violation(pointer, one.code, one.detail)) for pointer, one in found],
        )


async def check_opening(
    names: CustomerNames, caller: Caller, body: TicketCreate, scope: TicketScope, own_name: str
) -> None:
    """Check title and description by one of our people; what customers and machines write is theirs.

    Only what stops a message counts: it is no letter. Raises OpeningRefused.
    """
    if not is_staff(caller):
        return
    found: list[tuple[str, Finding]] = []
    for pointer, text in (("/title", body.title), ("/description", body.description)):
        if text:
            others = await names.others_in(text, scope.customer_id)
            context = MessageContext(FALLBACK_LANGUAGE, other_names=others, own_name=own_name)
            found += [(pointer, one) for one in check_what_stops(text, context)]
    if found:
        raise OpeningRefused(found)
