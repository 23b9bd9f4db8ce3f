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
        since="coalesce(m.moved_at, m.announced_at)",
        due_at="m.starts_at",
        first="coalesce(m.moved_by, m.announced_by)" if audience == "staff" else "NULL",
        not_by="array_remove(ARRAY[m.announced_by, m.moved_by], NULL)",
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
    WaitingSource(
        "confirm_outage_rules",
        ("confirm_outage_rules",),
        "outages:configure",
        # The newest request alone counts, and none once another version was written.
        rows=(
            "(SELECT DISTINCT ON (based_on) * FROM outage_rule_requests"
            " ORDER BY based_on DESC, id DESC LIMIT 1) r"
            " WHERE r.based_on = (SELECT coalesce(max(version), 0) FROM outage_rules)"
        ),
        id="r.id",
        key="'outage-rules'",
        title="'Outage rules'",
        since="r.requested_at",
        first="r.requested_by",
        not_by="ARRAY[r.requested_by]",
        href="'/v1/outage-rules'",
        why="{first} asked for rules by which nothing is an outage any more; another person must confirm them",
    ),
    _maintenance("staff", ""),
    # One of all customers cannot agree for the others.
    _maintenance("contacts", " AND m.customer_id IS NOT NULL"),
)
