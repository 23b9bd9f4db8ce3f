"""Tables of digests: one per person, with what the next one says and what earlier ones said."""

from sqlalchemy import Column, ForeignKey, Table, Text, Uuid

from escalation.metadata import INSTANT, METADATA

digests = Table(
    "digests",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("person", Text, nullable=False),
)

digest_items = Table(
    "digest_items",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("digest_id", Uuid, ForeignKey("digests.id"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("escalation_id", Uuid, ForeignKey("escalations.id")),
)
