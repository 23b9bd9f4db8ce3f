"""The table of rotas: one row per version."""

from sqlalchemy import Column, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from escalation.metadata import INSTANT, METADATA

rotas = Table(
    "rotas",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("body", JSONB, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("created_by", Text, nullable=False),
)
