"""What sla answers about promises that may break."""

from typing import Any

FORECAST_ID = "0190a000-0000-7000-8000-0000000000f1"
CLOCK_ID = "0190a000-0000-7000-8000-0000000000c1"
FORECAST: dict[str, Any] = {
    "id": FORECAST_ID,
    "clock_id": CLOCK_ID,
    "ticket": "OPS-7",
    "title": "Invoices are not sent",
    "metric": "resolution",
    "customer": "acme",
    "environment": "acme-prod",
    "outlook": "likely_to_breach",
    "probability": 0.724,
    "expected_breach_at": "2026-03-02T09:00:00Z",
    "elapsed_seconds": 12_600,
    "target_seconds": 14_400,
    "queue_position": 3,
    "typical_queue_length": 2.0,
    "breached_share": 0.75,
    "prior": 0.62,
    "sample_size": 41,
    "reasons": ["Critical incidents of billing take 5 hr."],
    "created_at": "2026-03-02T08:25:00Z",
    "acknowledgements": [],
}
SCORE: dict[str, Any] = {
    "forecasts": 412,
    "breached": 61,
    "skill": 0.31,
    "starts_on": "2025-12-02",
    "ends_on": "2026-03-02",
    "bins": [{"forecasts": 40, "forecast": 0.7, "observed": 0.68, "low": 0.52, "high": 0.81}],
}
