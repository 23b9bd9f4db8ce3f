"""Posts of monitors as they came, and the episodes of alerts in them."""

from sqlalchemy import BigInteger, Column, LargeBinary, Table, Text, Uuid

from intake.metadata import METADATA, instant

alert_posts = Table(
    "alert_posts",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("format", Text, nullable=False),
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
    Column("dedup_key", Text, nullable=False),
    Column("episode", Text, nullable=False),
    Column("group_key", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("severity", Text),
    Column("service", Text),
    Column("customer_id", Uuid),
    Column("environment_id", Uuid),
    Column("ticket_id", Uuid),
    instant("started_at", nullable=False),
    instant("ended_at"),
    Column("sequence", BigInteger, nullable=False),
)
