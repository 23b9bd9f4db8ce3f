"""Request forms by version, and what was filled in for tickets."""

from sqlalchemy import BigInteger, Boolean, Column, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from intake.metadata import METADATA, instant

request_forms = Table(
    "request_forms",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text),
    Column("language", Text, nullable=False),
    Column("service", Text),
    Column("kind", Text, nullable=False),
    Column("schema", JSONB, nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("made_by", Text, nullable=False),
    instant("made_at", nullable=False),
)

filled_forms = Table(
    "filled_forms",
    METADATA,
    Column("ticket_id", Uuid, primary_key=True),
    Column("form_id", Uuid, nullable=False),
    Column("filled_values", JSONB, nullable=False),
)
