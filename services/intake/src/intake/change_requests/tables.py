"""Deliveries of the gate, in their newest state; change requests themselves extend tickets."""

from sqlalchemy import BigInteger, Column, Table, Text, Uuid

from intake.metadata import METADATA, instant

deliveries = Table(
    "deliveries",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("state", Text, nullable=False),
    instant("delivered_at"),
    Column("sequence", BigInteger, nullable=False),
)
