"""Versions of products, and the results of checks on them."""

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

from delivery_gate.metadata import INSTANT, METADATA, identity

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
    comment="Append-only: the service's role may neither update nor delete (G1).",
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
