"""Problems and the incidents that they cause."""

from sqlalchemy import Column, Computed, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from intake.metadata import METADATA, instant

problems = Table(
    "problems",
    METADATA,
    Column("ticket_id", Uuid, primary_key=True),
    Column("symptoms", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("method", Text),
    Column("cause_steps", JSONB, nullable=False),
    Column("root_cause", Text),
    Column("cause_by", Text),
    instant("cause_at"),
    Column("workaround", Text),
    Column("workaround_by", Text),
    instant("workaround_at"),
    Column("change_request_id", Uuid),
    Column("fix_by", Text),
    instant("fix_at"),
    Column("backlog_reference", Text),
    Column("backlog_by", Text),
    Column("staging_checked", Text),
    Column("staging_verified_by", Text),
    instant("staging_verified_at"),
    Column("production_checked", Text),
    Column("production_verified_by", Text),
    instant("production_verified_at"),
    Column("words", TSVECTOR, Computed("", persisted=True)),
)

problem_incidents = Table(
    "problem_incidents",
    METADATA,
    Column("problem_id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, primary_key=True),
    Column("linked_by", Text, nullable=False),
    instant("linked_at", nullable=False),
)
