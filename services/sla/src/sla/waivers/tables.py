"""Tables: waivers."""

from sqlalchemy import BigInteger, Boolean, Column, Table, Text, Uuid

from sla.metadata import METADATA, instant_column

waivers = Table(
    "waivers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("clock_id", Uuid),
    Column("reason", Text, nullable=False),
    Column("requested_by", Text, nullable=False),
    instant_column("requested_at", nullable=False),
    instant_column("expires_at", nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_by", Text),
    instant_column("decided_at"),
    Column("decision_reason", Text),
    Column("late", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("customer_id", Uuid),
    Column("customer", Text),
    Column("service", Text),
    instant_column("starts_at"),
    instant_column("ends_at"),
    instant_column("reminded_at"),
    Column("ended_by", Text),
    instant_column("ended_at"),
    Column("end_reason", Text),
)
