"""The mail of a notification."""

from email.message import EmailMessage
from email.utils import format_datetime

from common.domain.mail_headers import own_id
from common.mail.messages import new_message
from escalation.notifications.domain.escalation_summary import EscalationSummary
from escalation.notifications.domain.notification import Notification
from escalation.notifications.domain.notification_text import render
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
        _link(escalation, settings),
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


def _link(escalation: EscalationSummary, settings: EscalationSettings) -> str:
    """The address of the cause's own page where it has one, else of the escalation."""
    if escalation.trigger.page_path is not None:
        return settings.sla_url.rstrip("/") + escalation.trigger.page_path
    return f"{settings.public_url.rstrip('/')}/v1/escalations/{escalation.key}"
