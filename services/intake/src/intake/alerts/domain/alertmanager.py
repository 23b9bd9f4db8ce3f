"""Alertmanager's webhook, version 4. Pure.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config. The group's status is
"firing" while any alert of it fires, so each alert's own status counts. An alert that goes on has
`endsAt` in the year 1. The whole group is sent again when one alert joins or leaves it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from intake.alerts.domain.alert import Alert, Post
from intake.mail.domain.mime import clean
from intake.tickets.domain.rejection import Refusal

LONGEST: Final = 1_000
MOST_ALERTS: Final = 1_000
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)


def read(body: Any) -> Post | Refusal:
    """The alerts of a post. Unknown fields and labels are left alone."""
    if not isinstance(body, Mapping) or not isinstance(body.get("alerts"), list):
        return Refusal("not-this-format", "Send an Alertmanager webhook body: `alerts` is a list.")
    listed = body["alerts"]
    if len(listed) > MOST_ALERTS:
        return Refusal("too-many-alerts", f"Send at most {MOST_ALERTS} alerts in one post.")
    group_key = _said(body.get("groupKey"))
    read = [_alert(one, group_key) for one in listed]
    if (wrong := next((one for one in read if isinstance(one, Refusal)), None)) is not None:
        return wrong
    unseen = body.get("truncatedAlerts")
    alerts = tuple(one for one in read if isinstance(one, Alert))
    return Post(alerts, unseen if isinstance(unseen, int) and unseen > 0 else 0)


def _alert(told: Any, group_key: str | None) -> Alert | Refusal:
    if not isinstance(told, Mapping):
        return Refusal("not-this-format", "Each entry of `alerts` is an object.")
    fingerprint, starts = _said(told.get("fingerprint")), _said(told.get("startsAt"))
    status = told.get("status")
    if not fingerprint or not starts or status not in ("firing", "resolved"):
        return Refusal(
            "not-this-format",
            "Each alert has a `fingerprint`, a `startsAt`, and the `status` firing or resolved.",
        )
    labels, notes = _texts(told.get("labels")), _texts(told.get("annotations"))
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
        started_at=instant(starts),
        ended_at=instant(_said(told.get("endsAt"))) if status == "resolved" else None,
    )


def instant(text: str | None) -> datetime | None:
    """An RFC 3339 instant; nanoseconds are cut. None for none, or for one that cannot be meant."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    # Compared before it is converted: the year 1 has no equivalent west of Greenwich.
    if found.tzinfo is None or not _EARLIEST < found < _LATEST:
        return None
    return found.astimezone(UTC)


def _texts(told: Any) -> dict[str, str]:
    given = told.items() if isinstance(told, Mapping) else ()
    return {str(name): said for name, value in given if (said := _said(value))}


def _said(value: Any) -> str | None:
    return clean(value)[:LONGEST] or None if isinstance(value, str) else None
