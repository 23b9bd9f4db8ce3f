"""Stored files by their digest, and the uploads that refer to them."""

from sqlalchemy import BigInteger, Column, Table, Text, Uuid

from intake.metadata import METADATA, instant

stored_files = Table(
    "stored_files",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    instant("first_uploaded_at", nullable=False),
)

uploads = Table(
    "uploads",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("uploaded_by", Text, nullable=False),
    instant("uploaded_at", nullable=False),
    instant("ready_at"),
    Column("customer_id", Uuid),
    Column("ticket_id", Uuid),
    Column("message_id", Uuid),
)
