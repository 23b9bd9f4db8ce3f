"""Tables: agreements, their versions, what was said about them, and how they change clocks."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from sla.metadata import METADATA, instant

agreements = Table(
    "agreements",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("customer_id", Uuid),
    Column("contract", Text),
    Column("sequence", BigInteger),
    Column("partner", Text),
    Column("team", Text),
    Column("ending_asked_by", Text),
    instant("ending_asked_at"),
    Column("ending_reason", Text),
    Column("ended_by", Text),
    instant("ended_at"),
)

agreement_versions = Table(
    "agreement_versions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid),
    Column("version", Integer),
    Column("services", ARRAY(Text)),
    Column("customers", ARRAY(Uuid)),
    instant("valid_from"),
    instant("valid_until"),
    Column("promises", JSONB),
    Column("cover", JSONB),
    Column("state", Text),
    Column("customer_signs", Boolean),
    Column("supersedes", Integer),
    Column("proposed_by", Text),
    instant("proposed_at"),
    Column("approved_by", Text),
    instant("approved_at"),
    Column("countersigned_by", Text),
    instant("countersigned_at"),
    Column("countersigned_for", Uuid),
    Column("published_by", Text),
    instant("published_at"),
)

agreement_comments = Table(
    "agreement_comments",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("version_id", Uuid),
    Column("said_by", Text),
    Column("side", Text),
    instant("said_at"),
    Column("comment", Text),
)

cover_extensions = Table(
    "cover_extensions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid),
    instant("starts_at"),
    instant("ends_at"),
    Column("priorities", ARRAY(Text)),
    Column("reason", Text),
    Column("made_by", Text),
    instant("made_at"),
    Column("ended_by", Text),
    instant("ended_at"),
    instant("ended_from"),
    Column("ending", Text),
)

clock_sweeps = Table(
    "clock_sweeps",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid),
    Column("kind", Text),
    Column("version_id", Uuid),
    Column("reason", Text),
    Column("decided_by", Text),
    instant("decided_at"),
    Column("stood_for_by", Text),
    Column("looks", Integer),
    Column("changed", Integer),
    instant("done_at"),
)

clock_sweep_items = Table(
    "clock_sweep_items",
    METADATA,
    Column("sweep_id", Uuid, primary_key=True),
    Column("clock_id", Uuid, primary_key=True),
)
