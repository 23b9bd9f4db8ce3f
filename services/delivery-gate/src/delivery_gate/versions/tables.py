"""Products, their versions, what pipelines found out about them, and what the gate asks."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from delivery_gate.metadata import INSTANT, METADATA, identity, key

products = Table(
    "products",
    METADATA,
    identity(),
    key(),
    Column("name", Text, nullable=False),
    Column("versions", Integer, nullable=False, comment="How many were registered so far."),
    Column("created_by", Text, nullable=False),
    Column("created_at", INSTANT, nullable=False),
)

versions = Table(
    "versions",
    METADATA,
    identity(),
    Column("product", Text, ForeignKey("products.key"), nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("contains", ARRAY(Uuid), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("registered_by", Text, nullable=False),
    Column("registered_at", INSTANT, nullable=False),
    UniqueConstraint("product", "name"),
    UniqueConstraint("product", "ordinal"),
    CheckConstraint("digest ~ '^sha256:[0-9a-f]{64}$'", name="digest"),
    Index("ix_versions_digest", "product", "digest"),
    Index("ix_versions_registered_at", "registered_at", "id"),
    comment="G1: inserted once; the service's role may neither update nor delete.",
)

checks = Table(
    "checks",
    METADATA,
    identity(),
    Column("position", BigInteger, Identity(always=True), nullable=False),
    Column("version_id", Uuid, ForeignKey("versions.id"), nullable=False),
    Column("product", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("evidence", Text),
    Column("reported_by", Text, nullable=False),
    CheckConstraint("result IN ('passed', 'failed', 'error')", name="result"),
    Index("ix_checks_digest", "product", "digest", "kind", "at", "position"),
    comment="Every run of every check. Append-only.",
)

criteria = Table(
    "criteria",
    METADATA,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("body", JSONB, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", INSTANT, nullable=False),
)
