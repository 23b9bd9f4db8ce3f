"""The loop that sends to linked systems, each on its own: one that hangs or is away delays no other one.

What is leased is sent outside of any transaction. After a crash the lease ends and it is sent again; before
that their side is asked whether it has arrived.
"""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from common.domain import Rejection
from common.domain.send_outcomes import retry_delay
from common.persistence.database import Database, transaction_time
from common.persistence.errors import describe_error, is_transient
from common.persistence.workload import NOTIFIER
from common.runtime import Runtime
from common.telemetry import logger, metrics
from intake.files.configured_storage import storage_of
from intake.files.domain.upload import Upload
from intake.files.storage import FileStorage
from intake.linked_tickets import outcomes
from intake.linked_tickets.accounts import Account, AccountMissing, Accounts, accounts_at
from intake.linked_tickets.domain.link import LinkedSystem, hold_length
from intake.linked_tickets.domain.peer import PeerRequest, RemoteFile, Step
from intake.linked_tickets.domain.peers import PEERS
from intake.linked_tickets.file_bodies import FileBytes
from intake.linked_tickets.file_transfer import (
    FileGone,
    StorageAway,
    open_ours,
    receive,
    store_theirs,
)
from intake.linked_tickets.peer_client import Answered, PeerAway, PeerClient, PeerRefused
from intake.linked_tickets.prepared import PreparedSend, prepare
from intake.linked_tickets.store import sends, systems
from intake.linked_tickets.store.sends import LeasedSend
from intake.settings import IntakeSettings

log = logger(__name__)

POLL_INTERVAL_S: Final = 1.0
LEASE: Final = timedelta(seconds=150)
"""Longer than all requests of one send may take."""
AT_ONCE: Final = 50
"""Sends to one system before others are looked at again."""


class LinkedTicketSender:
    """The sending side of one replica. `run` goes on until cancelled; `send_due` sends once, for tests."""

    def __init__(
        self, database: Database, client: PeerClient, accounts: Accounts, storage: FileStorage
    ) -> None:
        self.database = database
        self.storage = storage
        self.client = client
        self.accounts = accounts
        self._held: dict[str, str] = {}
        self._tasks: dict[UUID, asyncio.Task[None]] = {}

    @property
    def trouble(self) -> str | None:
        """Which systems do not answer, and since when; None while all do."""
        return "; ".join(f"{key}: {why}" for key, why in self._held.items()) or None

    async def run(self) -> None:
        try:
            while True:
                await self._begin_due()
                await asyncio.sleep(POLL_INTERVAL_S)
        finally:
            for task in self._tasks.values():
                task.cancel()

    async def send_due(self) -> None:
        """Send what is to be sent now, and wait for the end."""
        await self._begin_due()
        await asyncio.gather(*self._tasks.values())
        await self._measure()

    async def _begin_due(self) -> None:
        self._tasks = {id: task for id, task in self._tasks.items() if not task.done()}
        try:
            async with self.database.transaction() as tx:
                due = await systems.due(tx)
            await self._measure()
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("linked_tickets.not_looked_at", error=describe_error(error))
            return
        for id in due:
            if id not in self._tasks:
                self._tasks[id] = asyncio.create_task(self._send_to(id))

    async def _measure(self) -> None:
        async with self.database.transaction() as tx:
            held = await systems.list_held(tx)
        for key in {*self._held, *held}:
            metrics.LINKED_SYSTEM_HELD.labels(key).set(key in held)
        self._held = held

    async def _send_to(self, system: UUID) -> None:
        try:
            for _ in range(AT_ONCE):
                if not await self._send_next(system):
                    return
        except Exception as error:  # noqa: BLE001 (the lease ends and it is sent again)
            log.error("linked_tickets.not_sent", system=str(system), error=describe_error(error))

    async def _send_next(self, system_id: UUID) -> bool:
        """Send the oldest thing. Whether there may be more."""
        async with self.database.transaction() as tx:
            send = await sends.lease(tx, system_id, LEASE)
            prepared = None if send is None else await prepare(tx, send)
            if send is not None and prepared is None:
                await sends.settle(tx, send, "cancelled", await transaction_time(tx))
        if send is None:
            return False
        return prepared is None or await self._send(send, prepared)

    async def _send(self, send: LeasedSend, prepared: PreparedSend) -> bool:
        key = prepared.system.key
        try:
            result = await self._transfer(prepared)
        except StorageAway as away:
            log.warning("linked_tickets.storage_away", problem=str(away))
            async with self.database.transaction() as tx:
                await sends.schedule_retry(tx, send, retry_delay(send.attempts), str(away))
            return False
        except FileGone:
            async with self.database.transaction() as tx:
                await sends.settle(tx, send, "cancelled", await transaction_time(tx))
            return True
        except (PeerAway, AccountMissing) as away:
            await self._hold(send, prepared.system, str(away))
            metrics.LINKED_SENDS.labels(key, "away").inc()
            return False
        except PeerRefused as refused:
            async with self.database.transaction() as tx:
                await outcomes.record_refused(tx, send, prepared, str(refused))
                await systems.release(tx, prepared.system.id)
            metrics.LINKED_SENDS.labels(key, "refused").inc()
            return True
        async with self.database.transaction() as tx:
            await outcomes.record_done(tx, send, prepared, result)
            await systems.release(tx, prepared.system.id)
        metrics.LINKED_SENDS.labels(key, "sent").inc()
        return True

    async def _transfer(self, prepared: PreparedSend) -> Answered | Upload | None:
        """What came of it: the last answer, or a file of theirs (None: one of ours that came back).

        Raises PeerAway, PeerRefused, AccountMissing, StorageAway, FileGone.
        """
        if prepared.refused is not None:
            raise PeerRefused(prepared.refused)
        account = self.accounts.get_for(prepared.system.key, prepared.system.base_url)
        if prepared.theirs is not None:
            return await self._fetch(prepared, prepared.theirs, account)
        return await self._ask(prepared, account)

    async def _fetch(
        self, prepared: PreparedSend, remote: RemoteFile, account: Account
    ) -> Upload | None:
        """Their file, stored. Raises as `_transfer`; PeerRefused also for one that is not taken here."""
        system, peer = prepared.system, PEERS[prepared.system.kind]
        locate, located = peer.locate(remote.id), Answered({})
        if locate is not None:
            located = await self.client.ask(system.base_url, account, locate)
        try:
            address = peer.address(remote.id, located.body)
        except (KeyError, TypeError):
            raise PeerAway("its answer does not say where the file is") from None
        most = system.fields.max_file_bytes
        async with (
            self.client.fetch(system.base_url, account, address, most) as chunks,
            receive(self.storage, chunks) as file,
        ):
            stored = await store_theirs(
                self.database, self.storage, system, prepared.link, remote, file
            )
        if isinstance(stored, Rejection):
            raise PeerRefused(stored.detail)
        return stored

    async def _ask(self, prepared: PreparedSend, account: Account) -> Answered:
        """What their side answered to the last request; raises what the client raises."""
        url, ours = prepared.system.base_url, prepared.ours
        file = (
            None if ours is None else FileBytes(ours.file, partial(open_ours, self.storage, ours))
        )

        async def ask(request: PeerRequest) -> Answered:
            return await self.client.ask(url, account, request, file)

        if prepared.look_first is not None:
            answered = await ask(prepared.look_first)
            if prepared.has_arrived(answered):
                return answered
        answered = Answered({})
        for step in prepared.steps:
            answered = await ask(_next_request(step, answered))
        if prepared.kind == "create":
            _require_counterpart(prepared.system, answered)
        return answered

    async def _hold(self, send: LeasedSend, system: LinkedSystem, problem: str) -> None:
        log.warning("linked_tickets.away", system=system.key, problem=problem)
        async with self.database.transaction() as tx:
            await sends.schedule_retry(tx, send, retry_delay(send.attempts), problem)
            await systems.hold(tx, system.id, hold_length(system.failures + 1), problem)


def _next_request(step: Step, answered: Answered) -> PeerRequest:
    try:
        return step(answered.body)
    except (KeyError, IndexError, TypeError):
        raise PeerAway("its answer does not say what the next request needs") from None


def _require_counterpart(system: LinkedSystem, answered: Answered) -> None:
    try:
        PEERS[system.kind].read_created(answered.body)
    except (KeyError, TypeError):
        raise PeerAway("its answer does not say which ticket it made") from None


def create_sender(runtime: Runtime[IntakeSettings]) -> LinkedTicketSender:
    """The sender of a running service."""
    accounts = accounts_at(runtime.settings.linked_systems_file)
    storage = storage_of(runtime.settings)
    database = runtime.database.for_workload(NOTIFIER)
    return LinkedTicketSender(database, PeerClient(), accounts, storage)
