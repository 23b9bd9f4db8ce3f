"""The tables that every service has, as a migration: `base_schema.create_v1(op)` in its revision 0001.

They are plain SQL in `base_schema_v1.sql`, which is never edited once released: a later change is
`create_v2`. The search path names the schema in which they are created.
"""

from pathlib import Path

from common.persistence.migrations import Operations, execute_script

SCRIPT_V1 = Path(__file__).with_name("base_schema_v1.sql")
TABLES = (
    "account_addresses",
    "account_owners",
    "audit",
    "audit_leaves",
    "audit_seals",
    "consumed_offsets",
    "dead_letters",
    "deadlines",
    "deployment",
    "ended_customers",
    "firings",
    "idempotency",
    "inbox",
    "lost_history",
    "outbox",
    "parked",
    "restorations",
    "revoked_callers",
    "revoked_tokens",
    "simulated_time",
    "stopped_sources",
)
"""The names of the tables."""


def create_v1(op: Operations) -> None:
    """Create outbox, inbox, deadlines, idempotency keys, the audit trail and `<schema>.now()`."""
    execute_script(op, SCRIPT_V1)
