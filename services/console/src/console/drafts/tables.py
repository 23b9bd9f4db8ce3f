"""The table of drafts, as the migrations make it."""

from sqlalchemy import Column, Table, Text, Uuid

from console.metadata import INSTANT, METADATA

drafts = Table(
    "drafts",
    METADATA,
    Column("sub", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("contact", Uuid),
    Column("saved_at", INSTANT, nullable=False),
)
