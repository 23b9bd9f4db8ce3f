"""Tables: agreements, their versions and comments, coverage extensions and bulk updates."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from sla.metadata import METADATA, instant_column

agreements = Table(
    "agreements",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("customer_id", Uuid),
    Column("contract", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("partner", Text),
    Column("team", Text),
    Column("termination_requested_by", Text),
    instant_column("termination_requested_at"),
    Column("termination_reason", Text),
    Column("ended_by", Text),
    instant_column("ended_at"),
)

agreement_versions = Table(
    "agreement_versions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("services", ARRAY(Text), nullable=False),
    Column("customers", ARRAY(Uuid), nullable=False),
    instant_column("valid_from", nullable=False),
    instant_column("valid_until"),
    Column("promises", JSONB, nullable=False),
    Column("coverage", JSONB(none_as_null=True)),
    Column("followed", JSONB(none_as_null=True)),
    Column("calendar_history", JSONB(none_as_null=True)),
    Column("state", Text, nullable=False),
    Column("customer_signs", Boolean, nullable=False),
    Column("supersedes", Integer),
    Column("drafted_by", Text, nullable=False),
    instant_column("drafted_at", nullable=False),
    Column("approved_by", Text),
    instant_column("approved_at"),
    Column("countersigned_by", Text),
    instant_column("countersigned_at"),
    Column("countersigned_for", Uuid),
    Column("published_by", Text),
    instant_column("published_at"),
    Column("declined_by", Text),
    instant_column("declined_at"),
)

agreement_comments = Table(
    "agreement_comments",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("version_id", Uuid, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("side", Text, nullable=False),
    instant_column("created_at", nullable=False),
    Column("comment", Text, nullable=False),
)

coverage_extensions = Table(
    "coverage_extensions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid, nullable=False),
    instant_column("starts_at", nullable=False),
    instant_column("ends_at", nullable=False),
    Column("priorities", ARRAY(Text), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    instant_column("created_at", nullable=False),
    Column("ended_by", Text),
    instant_column("ended_at"),
    instant_column("ended_from"),
    Column("ending", Text),
)

bulk_updates = Table(
    "bulk_updates",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("version_id", Uuid),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    instant_column("decided_at", nullable=False),
    Column("confirmed_by", Text),
    Column("looks", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    instant_column("done_at"),
    instant_column("effective_at"),
)
