"""What the gate asks of a delivery, in versions."""

from sqlalchemy import Column, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from delivery_gate.metadata import INSTANT, METADATA

criteria = Table(
    "criteria",
    METADATA,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("body", JSONB, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", INSTANT, nullable=False),
)
