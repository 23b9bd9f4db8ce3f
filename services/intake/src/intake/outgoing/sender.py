"""The loop that plans and sends mails to customers' contacts (`common.mail.sending`).

A crash between sending and storing the outcome sends a mail once more, with the same Message-ID, when its
lease has ended: mail clients show it once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from typing import Final

from common.domain.send_outcomes import PermanentFailure, SendOutcome, TemporaryFailure
from common.mail.sending import LEASE_DURATION, LeasedSending, Result
from common.mail.smtp import MailTransport, SmtpTransport
from common.persistence.database import Connection, Database, transaction_time
from common.persistence.workload import NOTIFIER
from common.runtime import Runtime
from common.telemetry import logger, metrics
from intake.files.configured_storage import storage_of
from intake.outgoing import planning
from intake.outgoing.commands import record_outcome
from intake.outgoing.domain.mailed_files import FileToMail
from intake.outgoing.domain.outgoing_mail import OutgoingMail, Settled
from intake.outgoing.file_contents import with_files
from intake.outgoing.outgoing_message import build_message
from intake.outgoing.store import contents, outgoing_mails
from intake.outgoing.store.files import list_of_message
from intake.outgoing.store.outgoing_mails import LeasedMail
from intake.settings import IntakeSettings

log = logger(__name__)

GAUGE_INTERVAL_S: Final = 15.0


class MailOff:
    """The transport where no mail server is set: nothing is leased, so that nothing comes here."""

    async def send(self, message: EmailMessage, envelope_sender: str | None = None) -> SendOutcome:
        return TemporaryFailure("no mail server is set")


class OutgoingMailSender(LeasedSending[LeasedMail]):
    """The sending side of one replica. `run` goes on until cancelled.

    It is not woken by commits: under load it would look for mails after each of them.
    """

    max_concurrent = 16

    def __init__(
        self, database: Database, transport: MailTransport, settings: IntakeSettings
    ) -> None:
        super().__init__(database, transport)
        self.settings = settings
        self._measure_at = 0.0

    async def prepare(self) -> None:
        """Plan what is due, all of it, and set the gauge now and then."""
        steps: tuple[Callable[[Connection], Awaitable[bool]], ...] = (
            partial(planning.plan, settings=self.settings),
            planning.read_reports,
        )
        for step in steps:
            has_more = True
            while has_more:
                async with self.database.transaction() as tx:
                    has_more = await step(tx)
        clock = asyncio.get_running_loop().time()
        if clock >= self._measure_at:
            self._measure_at = clock + GAUGE_INTERVAL_S
            async with self.database.transaction() as tx:
                metrics.CUSTOMER_MAILS_WAITING.set(await outgoing_mails.count_refused(tx))

    async def lease(self, tx: Connection, length: timedelta, limit: int) -> Sequence[LeasedMail]:
        if not self.settings.sends_mail:
            return []
        return await outgoing_mails.lease(tx, length, limit)

    async def renew(self, tx: Connection, leased: LeasedMail) -> bool:
        return await outgoing_mails.renew(tx, leased, LEASE_DURATION)

    async def build_message(self, leased: LeasedMail) -> EmailMessage | PermanentFailure | None:
        """The message; None where it was cancelled, or the contact has no address any more."""
        async with self.database.transaction() as tx:
            read = await contents.load(tx, leased.mail)
            if read is None:
                at = await transaction_time(tx)
                await outgoing_mails.settle(tx, leased, Settled("cancelled"), at)
                return None
            files = await _files_of(tx, leased.mail)
            # Checked last, so that as little as possible happens between the check and the send.
            if not files and not await self.renew(tx, leased):
                return None
        if files:
            read = await with_files(storage_of(self.settings), read, files)
            async with self.database.transaction() as tx:
                if not await self.renew(tx, leased):
                    return None
        try:
            return build_message(leased.mail, read, self.settings)
        except ValueError:
            return PermanentFailure("the address is not valid")

    async def record_outcome(
        self, tx: Connection, leased: LeasedMail, outcome: SendOutcome
    ) -> None:
        await record_outcome(tx, leased, outcome)

    def envelope_sender(self, leased: LeasedMail) -> str | None:
        """Of an answer the address that intake reads; of a receipt nobody (RFC 3834, 3.3)."""
        if leased.mail.purpose == "receipt":
            return ""
        return self.settings.mail_reply_to or self.settings.mail_from

    def name_of(self, leased: LeasedMail) -> str:
        return str(leased.mail.id)

    def count(self, leased: LeasedMail, result: Result) -> None:
        metrics.CUSTOMER_MAILS.labels(leased.mail.purpose, result).inc()


async def _files_of(tx: Connection, mail: OutgoingMail) -> Sequence[FileToMail]:
    """The files that go with it; a receipt takes none along."""
    if mail.message_id is None or mail.purpose == "receipt":
        return ()
    return await list_of_message(tx, mail.message_id)


async def run_outgoing_mail(runtime: Runtime[IntakeSettings]) -> None:
    """Plan and send mails for as long as the service runs. Where no server is set, say so and send none."""
    settings = runtime.settings
    transport: MailTransport = MailOff()
    if settings.sends_mail:
        transport = SmtpTransport(settings)
    else:
        log.warning(
            "outgoing_mail.off",
            meaning="customers get no mail: neither answers nor receipts",
            remedy="set OPSDESK_SMTP_SERVER and OPSDESK_MAIL_FROM",
        )
    database = runtime.database.for_workload(NOTIFIER)
    await OutgoingMailSender(database, transport, settings).run()
