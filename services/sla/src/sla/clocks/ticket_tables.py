"""Tables: tickets, early inputs."""

from sqlalchemy import Column, Integer, Table, Text, Uuid

from sla.metadata import METADATA, instant

tickets = Table(
    "tickets",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("title", Text),
    Column("kind", Text),
    Column("priority", Text),
    Column("customer_id", Uuid),
    Column("customer", Text),
    Column("environment", Text),
    Column("service", Text),
    instant("opened_at"),
    Column("agreement_version", Uuid),
    Column("agreement", Text),
    instant("ended_at"),
    Column("ended_as", Text),
)

early_inputs = Table(
    "early_inputs",
    METADATA,
    Column("ticket_id", Uuid, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("kind", Text),
    instant("at"),
    Column("forwarded_to", Text),
    Column("partner", Text),
    Column("contract", Text),
)
