"""What sla answers about a version that is tried on past tickets."""

from typing import Any

MOVED: dict[str, Any] = {
    "clock_id": "0190a000-0000-7000-8000-0000000000c1",
    "ticket": "OPS-7",
    "metric": "resolution",
    "priority": "critical",
    "state": "running",
    "actual_deadline": "2026-03-02T09:00:00Z",
    "simulated_deadline": "2026-03-02T08:00:00Z",
    "actual_outcome": None,
    "simulated_outcome": "breached",
}
TRIAL: dict[str, Any] = {
    "starts_at": "2026-01-31T08:30:00Z",
    "as_of": "2026-03-02T08:30:00Z",
    "tickets": 41,
    "clocks": 80,
    "without_clocks": 2,
    "next": "older",
    "compliance": [
        {
            "metric": "resolution",
            "actual": {"met": 9, "breached": 1, "waived": 0, "raw": 0.9, "adjusted": 0.9},
            "simulated": {"met": 8, "breached": 2, "waived": 0, "raw": 0.8, "adjusted": 0.8},
        }
    ],
    "deadline_changes_total": 1,
    "deadline_changes": [MOVED],
    "outcome_changes_total": 0,
    "outcome_changes": [],
    "immediate_breaches_total": 1,
    "immediate_breaches": [MOVED],
    "new_promises_total": 60,
    "new_promises": [MOVED | {"clock_id": None, "actual_deadline": None}],
}
