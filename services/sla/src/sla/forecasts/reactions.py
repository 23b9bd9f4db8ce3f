"""What forecasts do when clocks change: record handling times."""

from collections.abc import Sequence

from common.persistence.database import Connection
from sla.clocks.domain.ticket_clock import Change
from sla.forecasts.domain.handling_times import handling_time_changes
from sla.forecasts.store import handling_times


async def record_handling_times(tx: Connection, changes: Sequence[Change]) -> None:
    """Append the handling times of these changes, with one statement at most."""
    await handling_times.add_changes(
        tx, [one for change in changes for one in handling_time_changes(change)]
    )
