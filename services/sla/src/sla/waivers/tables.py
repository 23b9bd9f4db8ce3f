"""Tables: waivers."""

from sqlalchemy import BigInteger, Boolean, Column, Table, Text, Uuid

from sla.metadata import METADATA, instant

waivers = Table(
    "waivers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("clock_id", Uuid),
    Column("reason", Text),
    Column("requested_by", Text),
    instant("requested_at"),
    instant("expires_at"),
    Column("state", Text),
    Column("decided_by", Text),
    instant("decided_at"),
    Column("decision", Text),
    Column("late", Boolean),
    Column("sequence", BigInteger),
    Column("customer_id", Uuid),
    Column("customer", Text),
    Column("service", Text),
    instant("starts_at"),
    instant("ends_at"),
    instant("reminded_at"),
    Column("ended_by", Text),
    instant("ended_at"),
    Column("ending", Text),
)
