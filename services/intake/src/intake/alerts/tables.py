"""Posts of monitors as they came, the episodes of alerts in them, and the tickets of their groups."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, LargeBinary, Table, Text, Uuid

from intake.metadata import METADATA, instant

alert_posts = Table(
    "alert_posts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("source", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("monitor", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    instant("received_at", nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text),
)

alerts = Table(
    "alerts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("monitor", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("dedup_key", Text, nullable=False),
    Column("group_key", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("severity", Text),
    Column("priority", Text, nullable=False),
    Column("service", Text),
    Column("customer_id", Uuid),
    Column("environment_id", Uuid),
    Column("ticket_id", Uuid),
    instant("started_at", nullable=False),
    instant("received_at", nullable=False),
    instant("last_seen_at", nullable=False),
    Column("times", BigInteger, nullable=False),
    Column("needs_quiet", Boolean, nullable=False),
    instant("end_reported_at"),
    instant("ended_at"),
    Column("sequence", BigInteger, nullable=False),
)

alert_tickets = Table(
    "alert_tickets",
    METADATA,
    Column("ticket_id", Uuid, primary_key=True),
    Column("monitor", Text, nullable=False),
    Column("storm", Text),
    Column("remarks", ARRAY(Text), nullable=False),
    Column("truncated", BigInteger, nullable=False),
    Column("truncated_note_id", Uuid),
)

alert_groups = Table(
    "alert_groups",
    METADATA,
    Column("monitor", Text, primary_key=True),
    Column("group_key", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
    instant("opened_at", nullable=False),
)
