"""Improvements of the monitoring that are owed."""

from sqlalchemy import BigInteger, Column, Table, Text, Uuid

from intake.metadata import METADATA, instant

monitoring_improvements = Table(
    "monitoring_improvements",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("ticket_id", Uuid, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("cause", Text, nullable=False),
    instant("owed_since", nullable=False),
    instant("due_at", nullable=False),
    Column("owner", Text),
    Column("task", Text),
    Column("criterion", Text),
    Column("evidence", Text),
    Column("done_by", Text),
    instant("done_at"),
    Column("verified_by", Text),
    instant("verified_at"),
    instant("overdue_at"),
    Column("sequence", BigInteger, nullable=False),
)
