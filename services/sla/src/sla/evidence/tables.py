"""Tables: versions of facts, salts, seals over facts, and published heads."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB

from sla.metadata import METADATA, instant_column

fact_versions = Table(
    "fact_versions",
    METADATA,
    Column("position", BigInteger, primary_key=True),
    Column("relation", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("written_by", Text, nullable=False),
    Column("xid", BigInteger, nullable=False),
)

fact_salts = Table(
    "fact_salts",
    METADATA,
    Column("position", BigInteger, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
)

fact_seals = Table(
    "fact_seals",
    METADATA,
    Column("number", BigInteger, primary_key=True),
    instant_column("sealed_at", nullable=False),
    Column("relation", Text),
    Column("layout", SmallInteger, nullable=False),
    Column("size", Integer, nullable=False),
    Column("positions", INT8MULTIRANGE, nullable=False),
    Column("leaves", LargeBinary, nullable=False),
    Column("audit_head", Text, nullable=False),
    Column("rewritten", JSONB, nullable=False),
    Column("snapshot", Text, nullable=False),
    Column("floor", BigInteger, nullable=False),
    Column("cluster", BigInteger, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("chain", LargeBinary, nullable=False),
)

fact_anchors = Table(
    "fact_anchors",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("seal", BigInteger, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    instant_column("anchored_at", nullable=False),
    Column("timestamp_token", LargeBinary),
    Column("timestamp_problem", Text),
)
