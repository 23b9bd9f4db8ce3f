"""The mail of a notification."""

from email.message import EmailMessage
from email.utils import format_datetime

from common.domain.console_pages import ConsolePages
from common.domain.mail_headers import own_id
from common.mail.messages import new_message
from escalation.directory.domain import FALLBACK_CONTACT
from escalation.notifications.domain.ack_link import PATH, VALID_FOR, AckSigner
from escalation.notifications.domain.escalation_summary import EscalationSummary
from escalation.notifications.domain.notification import PAGING_PURPOSES, Notification
from escalation.notifications.domain.notification_text import Links, render
from escalation.settings import EscalationSettings


def build_message(
    notification: Notification,
    escalation: EscalationSummary,
    zone: str,
    settings: EscalationSettings,
) -> EmailMessage:
    """The mail of a notification, the same at each attempt.

    Raises ValueError where the address is not valid in a header.
    """
    text = render(
        notification.purpose,
        escalation.key,
        escalation.trigger,
        zone,
        _links(notification, escalation, settings),
        escalation.closing_reason,
        escalation.items,
    )
    message = new_message()
    message["From"] = settings.mail_from
    message["To"] = notification.channel.address
    message["Subject"] = text.subject
    message["Date"] = format_datetime(notification.send_at)
    message["Message-ID"] = f"<{own_id(notification.id, settings.mail_from)}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.body)
    return message


def _links(
    notification: Notification, escalation: EscalationSummary, settings: EscalationSettings
) -> Links:
    """Where a message leads: to the console's pages of the cause and of the case; without a console, to the API."""
    pages = ConsolePages(settings.console_url)
    case = pages.address("escalation", escalation.key)
    cause = escalation.trigger.cause
    look = pages.address(*cause) if cause else None
    pages_somebody = notification.purpose in PAGING_PURPOSES
    return Links(
        look or case or _api_address(escalation, settings),
        case if look and pages_somebody else None,
        _ack_address(notification, settings),
        notification.send_at + VALID_FOR,
    )


def _ack_address(notification: Notification, settings: EscalationSettings) -> str | None:
    """The link that acknowledges: for whoever is paged, and for persons alone; the fallback contact is none."""
    if notification.purpose not in PAGING_PURPOSES or notification.person == FALLBACK_CONTACT:
        return None
    signed = AckSigner(settings.signing_keys()).sign(notification.id)
    return None if signed is None else settings.public_url.rstrip("/") + PATH + signed


def _api_address(escalation: EscalationSummary, settings: EscalationSettings) -> str:
    """The address of the review where it is about one, else of the escalation."""
    if escalation.trigger.review is not None:
        review = f"/v1/reviews/{escalation.trigger.review}?format=html"
        return settings.sla_url.rstrip("/") + review
    return f"{settings.public_url.rstrip('/')}/v1/escalations/{escalation.key}"
