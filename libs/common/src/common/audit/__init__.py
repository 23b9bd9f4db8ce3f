"""Who did what, when, on which grounds: append-only, sealed in the background (R16)."""

from common.audit.entry import COLUMNS, JSON, Entry, record, rows

__all__ = ["COLUMNS", "JSON", "Entry", "record", "rows"]
