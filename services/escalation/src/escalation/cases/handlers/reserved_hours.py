"""Reserved hours of a month: who plans work on them hears before they are used up (R3)."""

from common.events.envelope import ReceivedEvent
from common.events.reserved_hours import ReservedHoursThresholdReached
from common.persistence.database import Connection
from common.wording import format_duration
from escalation.cases.handlers.for_information import inform
from escalation.cases.handlers.naming import name_customer, name_month
from escalation.policies.domain.trigger import Trigger


async def on_threshold_reached(
    tx: Connection, received: ReceivedEvent[ReservedHoursThresholdReached]
) -> None:
    """Tell delivery managers and product owners, once a month for each customer."""
    event = received.event
    used, reserved = (
        format_duration(seconds) for seconds in (event.used_seconds, event.reserved_seconds)
    )
    title = (
        f"{await name_customer(tx, event.customer)}: {used} of {reserved} reserved for"
        f" {name_month(event.month)} are used"
        f" ({event.agreement}), more than {event.threshold:.0%}"
    )
    trigger = Trigger(
        "reserved_hours_threshold_reached",
        "minor",
        f"hours/{event.account_id}/{event.month}",
        title,
        event.at,
        customer=event.customer,
    )
    await inform(tx, trigger, roles=("dm", "po"), is_over=True)
