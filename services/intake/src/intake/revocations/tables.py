"""What was revoked; intake announces it."""

from sqlalchemy import BigInteger, Column, Table, Text, Uuid

from intake.metadata import METADATA, instant

token_revocations = Table(
    "token_revocations",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    instant("issued_until", nullable=False),
    instant("expires_at", nullable=False),
    Column("revoked_by", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)
