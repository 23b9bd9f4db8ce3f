"""Delivery managers of customers and product owners of products."""

from sqlalchemy import ARRAY, Column, Table, Text

from intake.metadata import METADATA, instant

responsibilities = Table(
    "responsibilities",
    METADATA,
    Column("role", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("deputies", ARRAY(Text), nullable=False),
    Column("changed_by", Text, nullable=False),
    instant("changed_at", nullable=False),
)
