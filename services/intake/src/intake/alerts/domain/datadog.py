"""Parse posts of Datadog's webhooks integration. Pure.

https://docs.datadoghq.com/integrations/webhooks/. The body is whatever the template says: with the
one in docs/alerts.md an alert is recognised by its cycle; Datadog's default body has no key, only a
title such as `[P1] [Triggered] Checkout p99`.
"""

import re
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
    read_instant,
    read_key,
    read_tags,
    read_text,
    read_texts,
)
from intake.alerts.domain.severity import severity_in_title

STATUSES: Final[Mapping[str, Status]] = {
    "triggered": "firing",
    "re-triggered": "firing",
    "renotify": "firing",
    "warn": "firing",
    "re-warn": "firing",
    "no data": "firing",
    "re-no data": "firing",
    "recovered": "ended",
    "resolved": "ended",
    "muted": "acknowledged",
    "acknowledged": "acknowledged",
}
_PREFIXES: Final = re.compile(r"\A\s*(?:\[[^\[\]]*\]\s*)+")
_PREFIX: Final = re.compile(r"\[([^\[\]]*)\]")
INSTALL_OUR_TEMPLATE: Final = (
    "Datadog sent a body without a key of the alert, which was recognised by its title."
    " Install the webhook template of docs/alerts.md."
)


def is_datadog(body: Mapping[str, Any]) -> bool:
    """Whether a body looks like our template, or like Datadog's default."""
    is_default = "event_type" in body and "org" in body and "title" in body
    return body.get("format") == "datadog" or "cycle_key" in body or is_default


def parse(body: Mapping[str, Any], context: PostContext) -> AlertBatch | Rejection:
    """The alert of a post, or why it is not in this format."""
    title = read_text(body.get("title")) or ""
    name = _PREFIXES.sub("", title, count=1) if title.startswith("[") else title
    alert_id, scope = read_text(body.get("alert_id")), read_text(body.get("scope"))
    key = (
        read_key(body.get("cycle_key"))
        or read_key(alert_id and f"{alert_id}/{scope or ''}")
        or read_key(body.get("aggreg_key"))
    )
    if not key and not name:
        return Rejection("NOT_THIS_FORMAT", "Send the fields of the template in docs/alerts.md.")
    status, remarks = _status(body, title)
    if not key:
        organisation = body.get("org")
        identity = organisation.get("id") if isinstance(organisation, Mapping) else None
        key, remarks = f"{name}/{read_text(identity) or ''}", (*remarks, INSTALL_OUR_TEMPLATE)
    is_warning = (read_text(body.get("transition")) or "").lower() in ("warn", "re-warn")
    alert = Alert(
        status=status,
        dedup_key=key,
        group_key=key,
        title=name or key,
        severity=read_text(body.get("priority"))
        or severity_in_title(title)
        or ("warning" if is_warning else None),
        started_at=read_instant(body.get("date")),
        ended_at=read_instant(body.get("last_updated")) if status == "ended" else None,
        description=described(
            read_text(body.get("body"), MAX_LONG_TEXT_CHARS),
            host=read_text(body.get("host")),
            tags=read_text(body.get("tags")),
            link=read_text(body.get("link")),
        ),
        remarks=remarks,
    )
    labels = read_texts(body) | read_tags(body.get("scope")) | read_tags(body.get("tags"))
    labels.pop("priority", None)
    return AlertBatch("datadog", (labelled(alert, labels),))


def _status(body: Mapping[str, Any], title: str) -> tuple[Status, tuple[str, ...]]:
    transition = read_text(body.get("transition"))
    words = [transition] if transition else _PREFIX.findall(title)
    for word in words:
        # In a title: `[Recovered on {host:web-1}]`.
        if status := STATUSES.get(word.lower().partition(" on ")[0].strip()):
            return status, ()
    if transition is None:
        return "firing", ()
    return "firing", (f"The transition “{transition}” is not known here: taken as firing.",)
