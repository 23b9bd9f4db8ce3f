"""What a customer gets by mail on a ticket, and a reply to it, as a mail client writes it."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from opsdesk.api_client import JSON
from opsdesk.errors import CliError
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.mails import build_mail, message_id, post_mail


@dataclass(frozen=True, slots=True)
class Correspondence:
    """The mails to the customer on one ticket, in order, and intake's response to the reply to the last."""

    ticket: str
    mails: list[EmailMessage]
    reply: JSON | None = None


def mails_to(context: JourneyContext, address: str, ticket: str) -> list[EmailMessage]:
    """Return the mails to this address with the ticket's key in the subject, in order."""
    return [mail for mail in context.mails_about(f"[{ticket}]") if mail["X-Envelope-To"] == address]


def report_thread(context: JourneyContext, mails: list[EmailMessage]) -> None:
    """Print the mails as they stand below each other in a mail client."""
    for mail in mails:
        kind = "receipt" if mail["Auto-Submitted"] else "answer"
        context.say(f"  {kind} to {mail['X-Envelope-To']}: {mail['Subject']}")
        context.say(f"    {mail['Message-ID']} answers {mail['In-Reply-To']}")


async def reply_to_last(
    context: JourneyContext, address: str, ticket: str, text: str, at: datetime
) -> Correspondence:
    """Reply to our last mail, whatever stands in its subject."""
    mails = mails_to(context, address, ticket)
    if not mails:
        raise CliError(
            f"{address} got no mail about {ticket}: is OPSDESK_SMTP_SERVER set for intake?"
        )
    last = mails[-1]
    thread = tuple(str(last["References"] or "").split())
    raw = build_mail(
        "Re: your answer", text, at, message_id(), answers=str(last["Message-ID"]), thread=thread
    )
    reply = await post_mail(context, raw)
    context.say(f"{address} replies to our mail: {reply['outcome']} {reply['ticket']['key']}.")
    return Correspondence(ticket, mails, reply)
