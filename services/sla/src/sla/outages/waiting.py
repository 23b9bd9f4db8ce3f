"""What of outages waits: corrections to decide on, and maintenance to agree to before it starts."""

from typing import Final

from common.waiting import Audience, WaitingSource


def _maintenance(audience: Audience, where: str) -> WaitingSource:
    return WaitingSource(
        "agree_to_maintenance",
        ("agree_to_maintenance",),
        "maintenance:agree",
        rows=(
            "maintenance_windows m WHERE m.agreed_at IS NULL AND m.cancelled_at IS NULL"
            f" AND m.starts_at > :at{where}"
        ),
        id="m.id",
        key="m.key",
        title="m.title",
        customer="m.customer",
        since="m.announced_at",
        due_at="m.starts_at",
        first="m.announced_by" if audience == "staff" else "NULL",
        not_by="ARRAY[m.announced_by]",
        href="'/v1/maintenance/' || m.key",
        why=(
            "{first} announced this maintenance; agreed to before it starts, its downtime does not count"
            if audience == "staff"
            else "this maintenance is announced; agreed to before it starts, its downtime does not count"
        ),
        audience=audience,
    )


SOURCES: Final = (
    WaitingSource(
        "decide_correction",
        ("confirm_correction", "refuse_correction"),
        "outages:confirm",
        rows="outage_corrections x JOIN outages o ON o.id = x.outage_id WHERE x.state = 'requested'",
        id="x.id",
        key="o.key",
        title="x.reason",
        customer="o.customer",
        since="x.requested_at",
        first="x.requested_by",
        not_by="ARRAY[x.requested_by]",
        href="'/v1/outages/' || o.key",
        why="{first} asked to correct this outage; another person must confirm or refuse it",
    ),
    _maintenance("staff", ""),
    # One of all customers cannot agree for the others.
    _maintenance("contacts", " AND m.customer_id IS NOT NULL"),
)
