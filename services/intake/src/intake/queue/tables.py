"""Promises, as sla announces its clocks, and the queue of open tickets."""

from sqlalchemy import BigInteger, Column, Table, Text, Uuid

from intake.metadata import METADATA, instant

promises = Table(
    "promises",
    METADATA,
    Column("clock_id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
    Column("metric", Text, nullable=False),
    Column("contract", Text, nullable=False),
    Column("partner", Text),
    instant("due_at"),
    Column("sequence", BigInteger, nullable=False),
)

queue_entries = Table(
    "queue_entries",
    METADATA,
    Column("ticket_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("customer_id", Uuid),
    Column("environment_id", Uuid),
    Column("assignee", Text),
    Column("team", Text),
    instant("due_at", nullable=False),
    Column("metric", Text),
    Column("contract", Text),
    Column("partner", Text),
)
