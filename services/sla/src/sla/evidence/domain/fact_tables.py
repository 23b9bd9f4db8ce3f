"""The tables of facts: what is sealed of each, and what may change in it (R16). Pure.

A table that stands neither here nor among the unsealed ones fails a test.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Columns = frozenset[str]
NOTHING: Final[Columns] = frozenset()
EVERYTHING: Final[Columns] = frozenset({"*"})


@dataclass(frozen=True, slots=True)
class FactTable:
    """A table whose every row has versions in `fact_versions`.

    `key`: the columns that name a row. `changing`: what may change in a row; nothing, or everything
    (`*`). `frozen_once`: once this column has a value, only `changing` may change; before, all but
    the key. `acts`: who did something with the row; a new value needs an entry of the audit trail in
    the same transaction, and so does the row itself where `audited`. `recorded`: instants at which
    something was written down; none may lie before the seal of the time before. `erasable`: a text that
    goes when its contact is erased. `name`: the column that people know a row by.
    """

    key: tuple[str, ...] = ("id",)
    changing: Columns = NOTHING
    frozen_once: str | None = None
    acts: tuple[str, ...] = ()
    audited: bool = True
    recorded: tuple[str, ...] = ()
    erasable: str | None = None
    name: str | None = None


VERSIONED: Final[Mapping[str, FactTable]] = {
    "action_items": FactTable(
        changing=frozenset(
            {"state", "done_by", "done_at", "evidence", "verified_by", "verified_at", "sequence"}
        ),
        acts=("done_by", "verified_by"),
        recorded=("agreed_at", "done_at", "verified_at"),
        name="key",
    ),
    "agreement_comments": FactTable(recorded=("created_at",), erasable="comment"),
    "agreement_versions": FactTable(
        changing=frozenset({"state", "valid_until", "coverage", "followed", "calendar_history"}),
        frozen_once="published_at",
        acts=("approved_by", "countersigned_by", "published_by", "declined_by"),
        recorded=("drafted_at", "approved_at", "countersigned_at", "published_at", "declined_at"),
    ),
    "agreements": FactTable(
        changing=frozenset(
            {
                "termination_requested_by",
                "termination_requested_at",
                "termination_reason",
                "ended_by",
                "ended_at",
                "sequence",
            }
        ),
        acts=("termination_requested_by", "ended_by"),
        recorded=("termination_requested_at", "ended_at"),
        name="key",
    ),
    "breach_comments": FactTable(("clock_id", "number"), recorded=("at",)),
    "bulk_updates": FactTable(
        changing=frozenset({"looks", "changed", "done_at"}), recorded=("decided_at", "done_at")
    ),
    "calendars": FactTable(
        changing=frozenset({"state", "effective_from", "published_by", "published_at"}),
        acts=("published_by",),
        recorded=("created_at", "published_at"),
        name="key",
    ),
    "coverage_extensions": FactTable(
        changing=frozenset({"ended_by", "ended_at", "ended_from", "ending"}),
        acts=("ended_by",),
        recorded=("created_at", "ended_at"),
    ),
    "heartbeats": FactTable(("run", "at"), audited=False, recorded=("at",)),
    "maintenance_windows": FactTable(
        changing=frozenset(
            {
                "starts_at",
                "ends_at",
                "moved_by",
                "moved_at",
                "agreed_by",
                "agreed_at",
                "cancelled_by",
                "cancelled_at",
                "sequence",
            }
        ),
        acts=("starts_at", "ends_at", "moved_by", "agreed_by", "cancelled_by"),
        recorded=("announced_at", "moved_at", "agreed_at", "cancelled_at"),
        name="key",
    ),
    "measured_promises": FactTable(("series_id", "version"), recorded=("agreed_at",)),
    "outage_corrections": FactTable(
        changing=frozenset({"state", "decided_by", "decided_at"}),
        acts=("decided_by",),
        recorded=("requested_at", "decided_at"),
    ),
    "outage_records": FactTable(
        ("outage_id", "ordinal"), audited=False, acts=("confirmed_by",), recorded=("known_at",)
    ),
    "outage_rule_requests": FactTable(recorded=("requested_at",)),
    "outage_rules": FactTable(("version",), recorded=("created_at",)),
    "outages": FactTable(
        changing=frozenset(
            {
                "customer_id",
                "customer",
                "environment",
                "service",
                "ticket_id",
                "effect",
                "started_at",
                "ended_at",
                "until",
                "counts",
                "superseded_by",
                "ordinal",
                "sequence",
            }
        ),
        audited=False,
        name="key",
    ),
    "rate_cards": FactTable(changing=frozenset({"valid_until"}), recorded=("created_at",)),
    "restorations": FactTable(("started_at",), changing=frozenset({"ended_at"}), audited=False),
    "review_agenda": FactTable(("review_id", "number"), recorded=("at",)),
    "review_audiences": FactTable(("customer_id",), changing=EVERYTHING, recorded=("set_at",)),
    "review_editions": FactTable(
        ("review_id", "edition"), recorded=("published_at",), erasable="figures"
    ),
    "review_minutes": FactTable(("review_id", "number"), recorded=("at",)),
    "series": FactTable(
        changing=frozenset({"limit_status", "sequence", "name", "sample_interval_seconds"}),
        recorded=("created_at",),
        name="key",
    ),
    "service_versions": FactTable(recorded=("created_at",)),
    "services": FactTable(changing=frozenset({"newest", "retired_at", "sequence"}), name="key"),
    "time_entries": FactTable(recorded=("created_at",), name="key"),
    "usage_limits": FactTable(("series_id", "version"), recorded=("set_at",)),
    "waivers": FactTable(
        changing=frozenset(
            {
                "reminded_at",
                "state",
                "decided_by",
                "decided_at",
                "decision_reason",
                "late",
                "ended_by",
                "ended_at",
                "end_reason",
                "sequence",
            }
        ),
        acts=("decided_by", "ended_by"),
        recorded=("requested_at", "decided_at", "ended_at"),
        name="key",
    ),
}
"""Tables whose rows are compared with their last version."""


@dataclass(frozen=True, slots=True)
class SealedTable:
    """A table whose own rows are sealed. `columns` by layout, from 1: a new column makes a new layout,
    and earlier seals are checked with theirs. `recorded`: as of a FactTable; `name`: SQL that names a row."""

    columns: tuple[tuple[str, ...], ...]
    recorded: str | None
    name: str


SEALED: Final[Mapping[str, SealedTable]] = {
    "clock_inputs": SealedTable(
        (("clock_id", "ordinal", "kind", "at", "known_at", "body", "fired_without_events", "xid"),),
        "known_at",
        "'clock/' || t.clock_id || ', input ' || t.ordinal",
    ),
    "samples": SealedTable(
        (("series_id", "at", "value", "xid"),),
        None,
        "'series/' || t.series_id || ', sample of ' || to_char(t.at, 'YYYY-MM-DD HH24:MI:SS')",
    ),
    "fact_versions": SealedTable(
        (("relation", "operation", "body", "written_by", "xid"),),
        None,
        "'a version of ' || t.relation",
    ),
}
LAYOUT: Final = 1
"""The layout in which rows are sealed at present."""
