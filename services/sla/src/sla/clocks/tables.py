"""Tables: clocks, clock inputs, clocks that a bulk update still has to change."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, SmallInteger, Table, Text, Uuid

from sla.metadata import METADATA, instant_column

clocks = Table(
    "clocks",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("metric", Text, nullable=False),
    Column("state", Text, nullable=False),
    instant_column("deadline"),
    instant_column("breached_at"),
    Column("outcome", Text),
    instant_column("outcome_at"),
    instant_column("next_at"),
    Column("ordinal", Integer, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("state_json", Text, nullable=False),
    instant_column("stopped_at"),
    Column("elapsed_seconds", BigInteger),
    Column("contract", Text, nullable=False),
    Column("forwarding", SmallInteger, nullable=False),
    Column("partner", Text),
    Column("agreement_version", Uuid),
    Column("agreement", Text),
)

clock_inputs = Table(
    "clock_inputs",
    METADATA,
    Column("clock_id", Uuid, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    instant_column("at", nullable=False),
    instant_column("known_at", nullable=False),
    Column("body", Text),
    Column("fired_without_events", Boolean, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("xid", BigInteger, nullable=False),
)

bulk_update_items = Table(
    "bulk_update_items",
    METADATA,
    Column("bulk_update_id", Uuid, primary_key=True),
    Column("clock_id", Uuid, primary_key=True),
)
