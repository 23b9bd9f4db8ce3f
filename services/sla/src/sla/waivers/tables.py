"""Tables: waivers."""

from sqlalchemy import BigInteger, Boolean, Column, Table, Text, Uuid

from sla.metadata import METADATA, instant

waivers = Table(
    "waivers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("clock_id", Uuid),
    Column("reason", Text, nullable=False),
    Column("requested_by", Text, nullable=False),
    instant("requested_at", nullable=False),
    instant("expires_at", nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_by", Text),
    instant("decided_at"),
    Column("decision_reason", Text),
    Column("late", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("customer_id", Uuid),
    Column("customer", Text),
    Column("service", Text),
    instant("starts_at"),
    instant("ends_at"),
    instant("reminded_at"),
    Column("ended_by", Text),
    instant("ended_at"),
    Column("end_reason", Text),
)
