"""The accesses as a table for auditors: CSV that no spreadsheet takes for formulas."""

import csv
from collections.abc import Iterable
from datetime import date, datetime
from io import StringIO
from typing import Final

from common.domain.formula_escape import escape_formula
from intake.access_requests.domain import AccessRequest

COLUMNS: Final = (
    "key",
    "person",
    "environment",
    "resource",
    "level",
    "reason",
    "until",
    "requested_by",
    "requested_at",
    "decision",
    "decision_reason",
    "decided_by",
    "decided_at",
    "granted_by",
    "granted_at",
    "grant_verified_by",
    "grant_verified_at",
    "recertified_by",
    "recertified_at",
    "removal_asked_by",
    "removal_asked_at",
    "removal_reason",
    "removed_by",
    "removed_at",
    "removal_verified_by",
    "removal_verified_at",
    "has_left",
)


HEADER: Final = ",".join((*COLUMNS, "state", "owed_removal")) + "\r\n"


def to_csv(rows: Iterable[AccessRequest], today: date) -> str:
    """The accesses, one row each, with their state of `today`; `HEADER` belongs above them."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for one in rows:
        values = [getattr(one, name) for name in COLUMNS]
        writer.writerow(
            [_cell(value) for value in (*values, one.state(today), one.owed_removal(today))]
        )
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return escape_formula(str(value))
