"""What is searched, and what has to be read again for it."""

from sqlalchemy import BigInteger, Boolean, Column, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import TSVECTOR

from intake.metadata import METADATA

ticket_documents = Table(
    "ticket_documents",
    METADATA,
    Column("ticket_id", Uuid, primary_key=True),
    Column("audience", Text, primary_key=True),
    Column("customer_id", Uuid),
    Column("words", TSVECTOR, nullable=False),
)

document_changes = Table(
    "document_changes",
    METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
)

indexed_openings = Table(
    "indexed_openings",
    METADATA,
    Column("single", Boolean, primary_key=True),
    Column("xid", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("cluster", BigInteger, nullable=False),
)
