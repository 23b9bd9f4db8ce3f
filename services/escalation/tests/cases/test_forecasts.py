"""R3: subscribers are informed of a promise that will break, once, and before it does."""

from datetime import timedelta
from typing import Any

from common.events.clocks import ClockBreached, ClockMet
from common.events.forecasts import ForecastChanged
from common.events.tickets import TicketResolved
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation.notifications.notifier import Notifier
from escalation.timers import TIMERS
from escalation_support.builders import CLOCK, NIGHT, clock_event, threshold_reached, ticket_event
from escalation_support.case_events import opened_and_resolved
from opsdesk_testing.mailboxes import Mailbox
from opsdesk_testing.protocol import deliver, fire_due, freeze_time

HOUR = timedelta(hours=1)


def forecast(
    outlook: str = "likely_to_breach", previous: str = "safe", **own: Any
) -> ForecastChanged:
    outlook_fields = {
        "forecast_id": CLOCK,
        "outlook": outlook,
        "previous": previous,
        "probability": 0.86,
        "expected_breach_at": NIGHT + HOUR,
        "reasons": ["3 h of its 4 h are used up (75%); 1 h of support time are left."],
        "subscribers": ["dana", "pavel"],
    }
    clock_fields = threshold_reached().model_dump(include=set(ForecastChanged.model_fields))
    return ForecastChanged.model_validate(clock_fields | outlook_fields | own)


async def test_one_notice_for_each_subscriber_and_nobody_is_paged(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    await deliver(database, HANDLERS, (forecast(), 1))
    for hours in (0, 1, 24):
        await freeze_time(database, NIGHT + hours * HOUR)
        await fire_due(database, TIMERS)
        await notifier.send_ready()
    assert sorted(mailbox.sent_to()) == ["dana", "pavel"]
    mail = mailbox.messages[0]
    assert str(mail["Subject"]).endswith(
        "For your information: OPS-1042: resolution is likely to break (86%)"
    )
    body = mail.get_content()
    assert "Breaks: " in body
    assert "invoices" not in body


async def test_getting_worse_is_announced_again_and_getting_better_is_not(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    await deliver(database, HANDLERS, (forecast("at_risk", probability=0.4), 1))
    await deliver(database, HANDLERS, (forecast("likely_to_breach", "at_risk"), 2))
    await deliver(database, HANDLERS, (forecast("at_risk", "likely_to_breach", probability=0.5), 3))
    await notifier.send_ready()
    assert sorted(mailbox.sent_to()) == ["dana", "dana", "pavel", "pavel"]
    subjects = {str(mail["Subject"]).partition("resolution ")[2] for mail in mailbox.messages}
    assert "is likely to break (86%)" in subjects
    await deliver(database, HANDLERS, (forecast("safe", "at_risk", probability=0.1), 4))
    assert await opened_and_resolved(database) == [
        ("opened", "clock_forecast"),
        ("resolved", "clock_forecast"),
    ]


async def test_without_subscribers_there_is_no_case(database: Database) -> None:
    await deliver(database, HANDLERS, (forecast(subscribers=[]), 1))
    assert await opened_and_resolved(database) == []


async def test_what_was_expected_ends_when_it_comes_or_cannot_come_any_more(
    database: Database,
) -> None:
    broke = clock_event(
        ClockBreached, due_at=NIGHT, fired_at=NIGHT, reason="deadline", approved=True
    )
    met = clock_event(ClockMet, stopped_at=NIGHT, elapsed_seconds=60)
    await deliver(database, HANDLERS, (forecast(), 1))
    await deliver(database, HANDLERS, (broke, 1))
    await deliver(database, HANDLERS, (forecast(), 2))
    await deliver(database, HANDLERS, (met, 2))
    await deliver(database, HANDLERS, (forecast(), 3))
    await deliver(database, HANDLERS, (ticket_event(TicketResolved, by="anna"), 1))
    assert await opened_and_resolved(database) == 3 * [
        ("opened", "clock_forecast"),
        ("resolved", "clock_forecast"),
    ]
