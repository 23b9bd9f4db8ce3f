"""Tables: agreements, agreement versions."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from sla.tables.schema import METADATA, instant

agreements = Table(
    "agreements",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("customer_id", Uuid),
    Column("contract", Text),
    Column("sequence", BigInteger),
)

agreement_versions = Table(
    "agreement_versions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid),
    Column("version", Integer),
    Column("service", Text),
    instant("valid_from"),
    instant("valid_until"),
    Column("promises", JSONB),
    Column("proposed_by", Text),
    instant("proposed_at"),
    Column("published_by", Text),
    instant("published_at"),
)
