"""Parse posts of Alertmanager's webhook, version 4. Pure.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config. The group's status is
"firing" while any of its alerts fires, so each alert's own status counts. A firing alert has
`endsAt` in the year 1. The whole group is sent again when an alert joins or leaves it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from common.domain import Rejection
from intake.alerts.domain.alert import Alert, AlertBatch
from intake.tickets.domain.plain_text import strip_control_characters

MAX_TEXT_CHARS: Final = 1_000
MAX_ALERTS_PER_POST: Final = 1_000
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)


def parse(body: Any) -> AlertBatch | Rejection:
    """The alerts of a post, or why it is not in this format. Unknown fields are ignored."""
    if not isinstance(body, Mapping) or not isinstance(body.get("alerts"), list):
        return Rejection(
            "NOT_THIS_FORMAT", "Send an Alertmanager webhook body: `alerts` is a list."
        )
    entries = body["alerts"]
    if len(entries) > MAX_ALERTS_PER_POST:
        return Rejection(
            "TOO_MANY_ALERTS", f"Send at most {MAX_ALERTS_PER_POST} alerts in one post."
        )
    group_key = _text(body.get("groupKey"))
    parsed = [_parse_alert(entry, group_key) for entry in entries]
    rejections = [result for result in parsed if isinstance(result, Rejection)]
    if rejections:
        return rejections[0]
    truncated = body.get("truncatedAlerts")
    alerts = tuple(result for result in parsed if isinstance(result, Alert))
    return AlertBatch(alerts, truncated if isinstance(truncated, int) and truncated > 0 else 0)


def _parse_alert(entry: Any, group_key: str | None) -> Alert | Rejection:
    if not isinstance(entry, Mapping):
        return Rejection("NOT_THIS_FORMAT", "Each entry of `alerts` is an object.")
    fingerprint, starts = _text(entry.get("fingerprint")), _text(entry.get("startsAt"))
    status = entry.get("status")
    if not fingerprint or not starts or status not in ("firing", "resolved"):
        return Rejection(
            "NOT_THIS_FORMAT",
            "Each alert has a `fingerprint`, a `startsAt`, and the `status` firing or resolved.",
        )
    labels, notes = _texts(entry.get("labels")), _texts(entry.get("annotations"))
    return Alert(
        status="firing" if status == "firing" else "ended",
        dedup_key=fingerprint,
        episode=starts,
        group_key=group_key or fingerprint,
        title=notes.get("summary") or labels.get("alertname") or fingerprint,
        severity=labels.get("severity"),
        customer=labels.get("customer"),
        environment=labels.get("environment") or labels.get("env"),
        service=labels.get("service"),
        started_at=parse_instant(starts),
        ended_at=parse_instant(_text(entry.get("endsAt"))) if status == "resolved" else None,
    )


def parse_instant(text: str | None) -> datetime | None:
    """An RFC 3339 instant between 2000 and 2200, cut to microseconds; None for anything else."""
    try:
        parsed = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    # Compare before converting: the year 1 cannot be converted from zones west of Greenwich.
    if parsed.tzinfo is None or not _EARLIEST < parsed < _LATEST:
        return None
    return parsed.astimezone(UTC)


def _texts(values: Any) -> dict[str, str]:
    items = values.items() if isinstance(values, Mapping) else ()
    return {str(name): text for name, value in items if (text := _text(value))}


def _text(value: Any) -> str | None:
    return (
        strip_control_characters(value)[:MAX_TEXT_CHARS] or None if isinstance(value, str) else None
    )
