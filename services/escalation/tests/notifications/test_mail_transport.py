"""One contract for the SMTP transport and its fake in memory."""

from email.message import EmailMessage

import pytest

from escalation.notifications.domain.notification import (
    Delivered,
    PermanentFailure,
    SendOutcome,
    TemporaryFailure,
)
from escalation.notifications.mail_transport import MailTransport, SmtpTransport
from escalation.settings import EscalationSettings
from escalation_support.mailboxes import InMemoryTransport, Mailbox


@pytest.fixture(params=["smtp", "memory"])
def transport(request: pytest.FixtureRequest, settings: EscalationSettings) -> MailTransport:
    return (
        SmtpTransport(settings)
        if request.param == "smtp"
        else InMemoryTransport(refused={"gone@x.example"})
    )


def message(to: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@x.example", to, "Hello"
    mail["Message-ID"] = "<1@x.example>"
    return mail


async def test_every_transport_delivers_and_rejects(
    transport: MailTransport, mailbox: Mailbox
) -> None:
    """E19."""
    mailbox.refused = {"gone@x.example": "550 gone"}
    outcomes: list[SendOutcome] = [
        await transport.send(message(f"{name}@x.example")) for name in "ab"
    ]
    assert outcomes == [Delivered(), Delivered()]
    assert isinstance(await transport.send(message("gone@x.example")), PermanentFailure)


async def test_a_server_that_is_away_leaves_the_outcome_unknown(
    settings: EscalationSettings,
) -> None:
    """E19."""
    unreachable = settings.model_copy(update={"smtp_server": "127.0.0.1:9"})
    assert isinstance(
        await SmtpTransport(unreachable).send(message("a@x.example")), TemporaryFailure
    )
