"""Templates of messages: each version of each language is a row, and none is ever changed."""

from sqlalchemy import BigInteger, Boolean, Column, Table, Text

from intake.metadata import METADATA, instant

message_templates = Table(
    "message_templates",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("description", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("written_by", Text, nullable=False),
    instant("written_at", nullable=False),
    Column("retired", Boolean, nullable=False),
)
