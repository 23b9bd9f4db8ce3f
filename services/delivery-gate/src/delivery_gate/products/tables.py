"""Products."""

from sqlalchemy import Column, Integer, Table, Text

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
