"""Tables: services, service versions."""

from sqlalchemy import BigInteger, Column, Integer, Numeric, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from sla.metadata import METADATA, instant

services = Table(
    "services",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("newest", Uuid),
    instant("retired_at"),
    Column("sequence", BigInteger),
)

service_versions = Table(
    "service_versions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("service_id", Uuid),
    Column("version", Integer),
    Column("name", Text),
    Column("owner", Text),
    Column("description", Text),
    Column("hours", Uuid),
    Column("price", Numeric(14, 2)),
    Column("currency", Text),
    Column("sold_to", ARRAY(Text)),
    Column("runs_on", JSONB),
    Column("made_by", Text),
    instant("made_at"),
)
