"""Saved views of the queue and of lists of tickets."""

from sqlalchemy import Boolean, Column, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from intake.metadata import METADATA, instant

saved_views = Table(
    "saved_views",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("list", Text, nullable=False),
    Column("query", JSONB, nullable=False),
    instant("saved_at", nullable=False),
)
