"""The roles of a service in PostgreSQL, and those of reports.

Each service has a schema and three roles, which cannot reach another service's schema. The third one
cannot log in: a service takes it on while it works for a customer's contact, and row-level security
shows it that customer's rows alone (`common.persistence.row_scope`). In the schema `reporting` the
owner of each service creates views; one role reads these views, nothing else, and for a limited time.
"""

from typing import Final

from common.persistence.bi_views import READER_ROLE, REPORTING_SCHEMA
from common.persistence.row_scope import contact_role

SCHEMAS: Final = ("intake", "sla", "escalation", "delivery_gate", "console")
REPORT_WATCH_ROLE: Final = "opsdesk_reporting_watch"
"""Owns the function by which services end reports that are too long; it cannot log in."""
READER_CONNECTION_LIMIT: Final = 20
"""Connections that the reader may hold: dashboards must leave enough for the services."""
READER_SETTINGS: Final = {
    # An open snapshot slows down the queues (a look of the relay takes 11 ms instead of 0.6).
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "30s",
    "default_transaction_read_only": "on",
}

__all__ = ["READER_ROLE", "REPORTING_SCHEMA", "contact_role", "owner_role", "runtime_role"]


def runtime_role(schema: str) -> str:
    return f"opsdesk_{schema}"


def owner_role(schema: str) -> str:
    return f"opsdesk_{schema}_owner"
