"""One contract for the real post and the one in memory."""

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
from escalation_support.builders import InMemoryTransport, Mailbox


@pytest.fixture(params=["smtp", "memory"])
def post(request: pytest.FixtureRequest, settings: EscalationSettings) -> MailTransport:
    return (
        SmtpTransport(settings)
        if request.param == "smtp"
        else InMemoryTransport(refused={"gone@x.example"})
    )


def message(to: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@x.example", to, "Hello"
    letter["Message-ID"] = "<1@x.example>"
    return letter


async def test_every_post_takes_and_rejects(post: MailTransport, mailbox: Mailbox) -> None:
    """One contract for the real post and its fake."""
    mailbox.refused = {"gone@x.example": "550 gone"}
    outcomes: list[SendOutcome] = [await post.send(message(f"{who}@x.example")) for who in "ab"]
    assert outcomes == [Delivered(), Delivered()]
    assert isinstance(await post.send(message("gone@x.example")), PermanentFailure)


async def test_a_server_that_is_away_leaves_the_outcome_unknown(
    settings: EscalationSettings,
) -> None:
    """E19."""
    nowhere = settings.model_copy(update={"smtp_server": "127.0.0.1:9"})
    assert isinstance(await SmtpTransport(nowhere).send(message("a@x.example")), TemporaryFailure)
