"""What a partner reads of a hand-over, and of what we write to them later. Pure."""

from datetime import UTC
from zoneinfo import ZoneInfo

from common.wording import format_instant
from intake.directory.domain.parties import Partner
from intake.tickets.domain.hand_over import HandOver


def hand_over_text(partner: Partner, record: HandOver, key: str, environment: str | None) -> str:
    """The mail of a hand-over: what we ask, until when, and what we found."""
    due = format_instant(record.due_at, ZoneInfo(partner.timezone), seconds=False)
    utc = (
        ""
        if partner.timezone == "UTC"
        else f" ({format_instant(record.due_at, UTC, seconds=False)})"
    )
    reference = f"\nYour reference: {record.partner_reference}" if record.partner_reference else ""
    return (
        f"Dear colleagues at {partner.name},\n\n"
        f"we hand {key} over to you (hand-over {record.number}).{reference}\n\n"
        f"What we ask of you:\n{record.asked}\n\n"
        f"Please answer by: {due}{utc}\n"
        + (f"Environment: {environment}\n" if environment else "")
        + f"\nWhat we have seen:\n{record.seen}\n\n"
        f"What we have tried:\n{record.tried}\n\n"
        f"What we have excluded:\n{record.excluded}\n\n"
        f"Just reply to this e-mail, and tell us your own reference. Leave [{key}] in the subject.\n\n"
        "Kind regards\nThe support team"
    )
