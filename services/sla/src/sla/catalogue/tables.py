"""Tables: services, service versions."""

from sqlalchemy import BigInteger, Column, Integer, Numeric, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from sla.metadata import METADATA, instant_column

services = Table(
    "services",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("newest", Uuid, nullable=False),
    instant_column("retired_at"),
    Column("sequence", BigInteger, nullable=False),
)

service_versions = Table(
    "service_versions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("service_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("hours", Uuid),
    Column("price", Numeric(14, 2)),
    Column("currency", Text),
    Column("sold_to", ARRAY(Text), nullable=False),
    Column("runs_on", JSONB, nullable=False),
    Column("created_by", Text, nullable=False),
    instant_column("created_at", nullable=False),
)
