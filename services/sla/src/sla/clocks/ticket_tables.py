"""Tables: tickets, pending inputs."""

from sqlalchemy import Column, Integer, Table, Text, Uuid

from sla.metadata import METADATA, instant_column

tickets = Table(
    "tickets",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("customer_id", Uuid),
    Column("customer", Text),
    Column("environment", Text),
    Column("service", Text),
    instant_column("opened_at", nullable=False),
    Column("agreement_version", Uuid),
    Column("agreement", Text),
    instant_column("ended_at"),
    Column("ended_as", Text),
    Column("state", Text, nullable=False),
    Column("assignee", Text),
    Column("team", Text),
    Column("environment_tier", Text),
    Column("channel", Text),
    Column("customer_tier", Text),
    Column("tags", Text),
)

pending_inputs = Table(
    "pending_inputs",
    METADATA,
    Column("ticket_id", Uuid, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    instant_column("at", nullable=False),
    Column("forwarded_to", Text),
    Column("partner", Text),
    Column("contract", Text),
    Column("acted_by", Text),
)
