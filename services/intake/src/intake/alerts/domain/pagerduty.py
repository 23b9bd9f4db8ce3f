"""Parse events of PagerDuty's Events API v2. Pure.

https://developer.pagerduty.com/docs/events-api-v2/overview/. A trigger without `dedup_key` is
always a new alert; an acknowledgement or end of nothing that is open is dropped. Keys belong to
their routing key.
"""

from collections.abc import Mapping
from typing import Any, Final

from common.domain import Rejection
from intake.alerts.domain.alert import (
    Alert,
    AlertBatch,
    PostContext,
    Status,
    described,
    fallback_key,
    labelled,
)
from intake.alerts.domain.json_values import (
    digest,
    read_instant,
    read_key,
    read_text,
    read_texts,
)

STATUSES: Final[Mapping[str, Status]] = {
    "trigger": "firing",
    "acknowledge": "acknowledged",
    "resolve": "ended",
}


def is_pagerduty(body: Mapping[str, Any]) -> bool:
    """Whether a body looks like an event of this API."""
    return "event_action" in body and ("routing_key" in body or "payload" in body)


def parse(body: Mapping[str, Any], context: PostContext) -> AlertBatch | Rejection:
    """The alert of an event, or why it is not in this format."""
    status = STATUSES.get(read_text(body.get("event_action")) or "")
    given = read_key(body.get("dedup_key"))
    if status is None or (given is None and status != "firing"):
        return Rejection(
            "NOT_THIS_FORMAT",
            "Send the `event_action` trigger, or acknowledge or resolve with a `dedup_key`.",
        )
    payload = body.get("payload") if isinstance(body.get("payload"), Mapping) else {}
    assert isinstance(payload, Mapping)
    summary = read_text(payload.get("summary"))
    alert = Alert(
        status=status,
        dedup_key=given or fallback_key(context),
        group_key=given or summary or fallback_key(context),
        title=summary or given or "An event without summary",
        severity=read_text(payload.get("severity")),
        started_at=read_instant(payload.get("timestamp")),
        description=_description(body, payload),
        needs_open=status != "firing",
    )
    labels = read_texts(payload) | read_texts(payload.get("custom_details"))
    return AlertBatch(_source(body), (labelled(alert, labels),), are_keys_chosen=True)


def _source(body: Mapping[str, Any]) -> str:
    routing_key = read_text(body.get("routing_key"))
    return f"pagerduty:{digest(routing_key)}" if routing_key else "pagerduty"


def _description(body: Mapping[str, Any], payload: Mapping[str, Any]) -> str | None:
    details = read_texts(payload.get("custom_details"))
    links = [read_texts(link) for link in _list(body.get("links"))]
    return described(
        "\n".join(f"{name}={value}" for name, value in sorted(details.items())),
        "\n".join(
            f"{link.get('text', 'link')}: {link['href']}" for link in links if "href" in link
        ),
        seen_by=read_text(body.get("client")),
        where=read_text(payload.get("source")),
        component=read_text(payload.get("component")),
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
