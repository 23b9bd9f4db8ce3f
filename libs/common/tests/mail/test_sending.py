"""A mail server that is away is looked for by one message at a time, not by all that wait."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from email.message import EmailMessage
from typing import cast

import pytest

from common.domain.send_outcomes import Delivered, SendOutcome, TemporaryFailure
from common.mail import sending
from common.mail.sending import LeasedSending, Result
from common.persistence.database import Connection, Database
from opsdesk_testing.waiting import run_until_exit, until

UNREACHABLE = TemporaryFailure("no connection", is_unreachable=True)
WAITING = 20


class Memory:
    """In place of the database: there is nothing to commit."""

    @asynccontextmanager
    async def transaction(self, **_: object) -> AsyncIterator[None]:
        yield None


class Server:
    """A mail server that answers `outcome`; knows how many messages were tried, and at once."""

    def __init__(self, outcome: SendOutcome) -> None:
        self.outcome = outcome
        self.tried = self.now = self.most = 0

    async def send(self, message: EmailMessage, envelope_sender: str | None = None) -> SendOutcome:
        self.tried += 1
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        return self.outcome


class Sending(LeasedSending[int]):
    """Messages with numbers, of which each waits until it was delivered."""

    max_concurrent = 4

    def __init__(self, server: Server) -> None:
        super().__init__(cast("Database", Memory()), server)
        self.waiting = list(range(WAITING))
        self.rounds = 0

    async def prepare(self) -> None:
        self.rounds += 1

    async def lease(self, tx: Connection, length: timedelta, limit: int) -> Sequence[int]:
        leased, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return leased

    async def renew(self, tx: Connection, leased: int) -> bool:
        return True

    async def build_message(self, leased: int) -> EmailMessage:
        return EmailMessage()

    async def record_outcome(self, tx: Connection, leased: int, outcome: SendOutcome) -> None:
        if not isinstance(outcome, Delivered):
            self.waiting.append(leased)

    def name_of(self, leased: int) -> str:
        return str(leased)

    def count(self, leased: int, result: Result) -> None:
        return

    async def pass_rounds(self, count: int) -> None:
        """Wait until the loop has gone round so many times more."""
        last = self.rounds + count

        def is_over() -> bool:
            self.wake()
            return self.rounds >= last

        await until(is_over)


async def test_no_other_message_is_tried_within_the_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "AWAY_PAUSE_S", 3600.0)
    server = Server(UNREACHABLE)
    one = Sending(server)
    async with run_until_exit(one):
        await until(lambda: server.tried > 0)
        await one.pass_rounds(5)
        assert server.tried <= one.max_concurrent


async def test_one_message_looks_whether_it_is_back_and_then_all_are_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "AWAY_PAUSE_S", 0.0)
    server = Server(UNREACHABLE)
    one = Sending(server)
    async with run_until_exit(one):
        await until(lambda: server.tried >= one.max_concurrent)
        await one.pass_rounds(1)
        server.most = 0
        await one.pass_rounds(5)
        assert server.most == 1
        server.outcome = Delivered()
        await one.pass_rounds(WAITING)
        await until(lambda: not one.waiting)
        assert server.most > 1


async def test_a_refusal_of_one_message_delays_no_other() -> None:
    server = Server(TemporaryFailure("later", is_refusal=True))
    one = Sending(server)
    async with run_until_exit(one):
        await one.pass_rounds(5)
        assert server.most == one.max_concurrent


class Locked(Sending):
    """The outcome of the message number 0 cannot be stored: its row is locked for as long as the test takes."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.free = asyncio.Event()
        self.is_stuck = False

    async def record_outcome(self, tx: Connection, leased: int, outcome: SendOutcome) -> None:
        if leased == 0:
            self.is_stuck = True
            await self.free.wait()
        await super().record_outcome(tx, leased, outcome)


async def test_an_outcome_that_cannot_be_stored_holds_up_no_look_for_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That message has been there: the next one finds out that the server is back, still one at a time."""
    monkeypatch.setattr(sending, "AWAY_PAUSE_S", 0.0)
    server = Server(UNREACHABLE)
    one = Locked(server)
    async with run_until_exit(one):
        await until(lambda: one.is_stuck and server.tried >= one.max_concurrent)
        await one.pass_rounds(1)
        server.most, tried = 0, server.tried
        await one.pass_rounds(5)
        assert server.tried > tried
        assert server.most == 1
        server.outcome = Delivered()
        await one.pass_rounds(WAITING)
        await until(lambda: not one.waiting)
        one.free.set()
