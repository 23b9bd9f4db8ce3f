"""Tables: calendars."""

from sqlalchemy import Column, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from sla.metadata import METADATA, instant

calendars = Table(
    "calendars",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("version", Integer),
    Column("definition", JSONB),
    Column("zone", JSONB),
    Column("source", JSONB(none_as_null=True)),
    Column("created_by", Text),
    instant("created_at"),
)
