"""The audit trail: who did what, when, on which grounds. Append-only, sealed in the background."""

from common.audit.entry import COLUMNS, JSON, Entry, record, rows

__all__ = ["COLUMNS", "JSON", "Entry", "record", "rows"]
