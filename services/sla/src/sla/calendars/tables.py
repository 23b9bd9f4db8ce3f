"""Tables: calendars."""

from sqlalchemy import Column, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from sla.metadata import METADATA, instant_column

calendars = Table(
    "calendars",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("definition", JSONB, nullable=False),
    Column("zone", JSONB, nullable=False),
    Column("source", JSONB(none_as_null=True)),
    Column("created_by", Text, nullable=False),
    instant_column("created_at", nullable=False),
    Column("state", Text, nullable=False),
    instant_column("effective_from"),
    Column("published_by", Text),
    instant_column("published_at"),
)
