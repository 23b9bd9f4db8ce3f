"""Reserved hours of agreements, and how much of them was used, by month."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from common.domain.durations import SECOND
from common.persistence.database import Connection
from sla.time_entries.domain.reserved_hours import ReservedHours

_SELECT_HOURS = text(
    """
    WITH promised AS (
        -- Of several versions in a month the last one counts.
        SELECT DISTINCT ON (a.id) a.id, a.key, v.customers,
            (v.promises ->> 'reserved_seconds')::bigint AS reserved
        FROM agreement_versions v JOIN agreements a ON a.id = v.agreement_id
        WHERE a.contract = 'sla' AND v.state IN ('published', 'superseded')
            AND v.valid_from < (CAST(:until AS date)::timestamp AT TIME ZONE 'UTC')
            AND (v.valid_until IS NULL
                OR v.valid_until > (CAST(:month AS date)::timestamp AT TIME ZONE 'UTC'))
            AND (CAST(:agreement AS uuid) IS NULL OR a.id = :agreement)
        ORDER BY a.id, v.valid_from DESC
    ), accounts AS (
        SELECT id, key, reserved, unnest(customers) AS customer_id FROM promised
        WHERE reserved IS NOT NULL
    ), used AS (
        SELECT agreement_id AS id, customer_id, sum(minutes) * 60 AS used FROM time_entries
        WHERE day >= :month AND day < :until AND agreement_id IS NOT NULL
            AND (CAST(:customer AS uuid) IS NULL OR customer_id = :customer)
        GROUP BY 1, 2
    ), booked AS (
        SELECT agreement_id AS id, customer_id, sum(minutes) * 60 AS booked
        FROM reserved_hours_bookings WHERE month = :month AND agreement_id IS NOT NULL
        GROUP BY 1, 2
    )
    SELECT accounts.key AS agreement, customers.key AS customer, customers.id AS customer_id,
        accounts.reserved, coalesce(used.used, 0) AS used,
        coalesce(booked.booked, 0) AS booked, account.warned_at
    FROM accounts JOIN customers ON customers.id = accounts.customer_id
    LEFT JOIN used ON used.id = accounts.id AND used.customer_id = accounts.customer_id
    LEFT JOIN booked ON booked.id = accounts.id AND booked.customer_id = accounts.customer_id
    LEFT JOIN reserved_hours_accounts account ON account.agreement_id = accounts.id
        AND account.customer_id = accounts.customer_id AND account.month = :month
    WHERE (CAST(:customer AS uuid) IS NULL OR accounts.customer_id = :customer)
        AND (accounts.key, customers.key) > (:after_agreement, :after_customer)
    ORDER BY accounts.key, customers.key LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class Utilisation:
    """The reserved hours of a month. `agreement` and `customer` are keys.

    `warned_at` is when the month's warning was published. `booked` is what changes are planned to take,
    whether the work is done already or not.
    """

    agreement: str
    customer: str
    hours: ReservedHours
    warned_at: datetime | None
    booked: timedelta = timedelta(0)


async def page(
    tx: Connection,
    month: date,
    until: date,
    *,
    customer_id: UUID | None = None,
    agreement_id: UUID | None = None,
    limit: int = 1,
    after: tuple[str, str] = ("", ""),
) -> list[Utilisation]:
    """Up to `limit` + 1 accounts of the month `[month, until)` with reserved hours, by key."""
    parameters: dict[str, Any] = {
        "month": month,
        "until": until,
        "customer": customer_id,
        "agreement": agreement_id,
        "limit": limit + 1,
        "after_agreement": after[0],
        "after_customer": after[1],
    }
    return [_utilisation(row) for row in await tx.execute(_SELECT_HOURS, parameters)]


def _utilisation(row: Row[Any]) -> Utilisation:
    hours = ReservedHours(int(row.used) * SECOND, int(row.reserved) * SECOND)
    booked = int(row.booked) * SECOND
    return Utilisation(row.agreement, row.customer, hours, row.warned_at, booked)
