"""Tables of policies and of the matrix: one row per version."""

from sqlalchemy import Column, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from escalation.metadata import INSTANT, METADATA

policies = Table(
    "policies",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("created_by", Text, nullable=False),
)

matrices = Table(
    "matrices",
    METADATA,
    Column("version", Integer, primary_key=True),
    Column("rows", JSONB, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("created_by", Text, nullable=False),
)
