"""Tables: clocks, clock inputs."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, SmallInteger, Table, Text, Uuid

from sla.metadata import METADATA, instant

clocks = Table(
    "clocks",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", Uuid),
    Column("customer_id", Uuid),
    Column("metric", Text),
    Column("state", Text),
    instant("deadline"),
    instant("broken_at"),
    Column("outcome", Text),
    instant("outcome_at"),
    instant("next_at"),
    Column("ordinal", Integer),
    Column("sequence", BigInteger),
    Column("course", Text),
    instant("stopped_at"),
    Column("took_seconds", BigInteger),
    Column("contract", Text),
    Column("forwarding", SmallInteger),
    Column("partner", Text),
    Column("agreement_version", Uuid),
    Column("agreement", Text),
)

clock_inputs = Table(
    "clock_inputs",
    METADATA,
    Column("clock_id", Uuid, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("kind", Text),
    instant("at"),
    instant("known_at"),
    Column("body", Text),
    Column("blind", Boolean),
)
