"""Parse posts of Alertmanager's webhook (version 4), and of Grafana, which are alike. Pure.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config. The group's status is
"firing" while any of its alerts fires, so each alert's own status counts. A firing alert has
`endsAt` in the year 1. The whole group is sent again when an alert joins or leaves it. `startsAt`
is no identity: after a restart an alert that still fires has another one.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from common.domain import Rejection
from intake.alerts.domain.alert import (
    Alert,
    AlertBatch,
    PostContext,
    Status,
    described,
    labelled,
)
from intake.alerts.domain.json_values import (
    MAX_LONG_TEXT_CHARS,
    digest,
    read_instant,
    read_key,
    read_text,
    read_texts,
)
from intake.alerts.domain.unreadable import unreadable_alert

MAX_TRUNCATED: Final = 1_000_000_000
"""Alerts that a post can say it has left out; more is more than the database counts."""
NO_OBJECT: Final = "Each entry of `alerts` is an object."
STATUSES: Final[Mapping[str, Status]] = {
    "firing": "firing",
    "alerting": "firing",
    "resolved": "ended",
    "ok": "ended",
}


def is_alertmanager(body: Mapping[str, Any]) -> bool:
    """Whether a body looks like one of Alertmanager's."""
    return isinstance(body.get("alerts"), list) and "orgId" not in body


def is_grafana(body: Mapping[str, Any]) -> bool:
    """Whether a body looks like one of Grafana's: it names its organisation."""
    return isinstance(body.get("alerts"), list) and "orgId" in body


def parse(body: Mapping[str, Any], context: PostContext) -> AlertBatch | Rejection:
    """The alerts of a post, or why it is not in this format. Unknown fields are ignored."""
    entries = body.get("alerts")
    if not isinstance(entries, list):
        return Rejection("NOT_THIS_FORMAT", "Send a webhook body in which `alerts` is a list.")
    count = body.get("truncatedAlerts")
    truncated = min(count, MAX_TRUNCATED) if isinstance(count, int) and count > 0 else 0
    if not entries and not truncated:
        return Rejection("NO_ALERTS", "`alerts` is empty: send at least one alert.")
    if not any(isinstance(entry, Mapping) for entry in entries):
        return Rejection("NOT_THIS_FORMAT", NO_OBJECT)
    source = "grafana" if "orgId" in body else "alertmanager"
    alerts = tuple(
        _parse_alert(one, body) if isinstance(one, Mapping) else _unreadable(one, source)
        for one in entries
    )
    return AlertBatch(source, alerts, truncated)


def _unreadable(entry: Any, source: str) -> Alert:
    """An entry that is no alert, beside others that are: a person reads it, and the others count."""
    raw = json.dumps(entry, ensure_ascii=False).encode("utf-8", "replace")
    (alert,) = unreadable_alert(source, raw, None, NO_OBJECT).alerts
    return alert


def _parse_alert(entry: Mapping[str, Any], body: Mapping[str, Any]) -> Alert:
    own, notes = read_texts(entry.get("labels")), read_texts(entry.get("annotations"))
    shared = read_texts(body.get("groupLabels")) | read_texts(body.get("commonLabels"))
    labels = shared | own
    key = read_key(entry.get("fingerprint")) or digest(json.dumps(labels, sort_keys=True))
    status, remarks = _status(entry, body)
    starts = entry.get("startsAt")
    started_at = read_instant(starts)
    if started_at is None:
        remarks += (f"`startsAt` is {_quote(starts)}, no instant: the time of arrival counts.",)
    alert = Alert(
        status=status,
        dedup_key=key,
        group_key=read_key(body.get("groupKey")) or key,
        title=notes.get("summary") or labels.get("alertname") or key,
        started_at=started_at,
        ended_at=read_instant(entry.get("endsAt")) if status == "ended" else None,
        description=described(
            read_text(entry.get("annotations", {}).get("description"), MAX_LONG_TEXT_CHARS)
            if isinstance(entry.get("annotations"), Mapping)
            else None,
            ", ".join(f"{name}={value}" for name, value in sorted(labels.items())),
            runbook=notes.get("runbook_url"),
            source=read_text(entry.get("generatorURL")),
            raw_alert=json.dumps(entry, ensure_ascii=False)[:MAX_LONG_TEXT_CHARS]
            if remarks
            else None,
        ),
        remarks=remarks,
    )
    return labelled(alert, labels)


def _status(entry: Mapping[str, Any], body: Mapping[str, Any]) -> tuple[Status, tuple[str, ...]]:
    """The alert's own status, else the group's. What is neither is taken as firing, and noted."""
    for given in (entry.get("status"), body.get("status")):
        status = STATUSES.get(given.lower()) if isinstance(given, str) else None
        if status:
            return status, ()
    shown = _quote(entry.get("status"))
    return "firing", (f"`status` is {shown}, neither firing nor resolved: taken as firing.",)


def _quote(value: Any) -> str:
    text = read_text(value, 100)
    return "missing" if value is None else f"“{text or json.dumps(value)[:100]}”"
