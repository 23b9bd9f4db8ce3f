"""Parse posts of New Relic's workflows. Pure.

https://docs.newrelic.com/docs/alerts/get-notified/custom-variables-incident-workflows/. New Relic
says CLOSED for an end. Values of tags come as lists, `["acme"]`.
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
    labelled,
)
from intake.alerts.domain.json_values import (
    read_instant,
    read_key,
    read_tags,
    read_text,
    read_texts,
)

STATUSES: Final[Mapping[str, Status]] = {
    "created": "firing",
    "activated": "firing",
    "active": "firing",
    "open": "firing",
    "acknowledged": "acknowledged",
    "closed": "ended",
    "resolved": "ended",
}


def is_newrelic(body: Mapping[str, Any]) -> bool:
    """Whether a body looks like one of a workflow."""
    return "state" in body and ("issueUrl" in body or "issueId" in body)


def parse(body: Mapping[str, Any], context: PostContext) -> AlertBatch | Rejection:
    """The alert of a post: one issue of New Relic; or why it is not in this format."""
    key = read_key(body.get("id")) or read_key(body.get("issueId"))
    state = read_text(body.get("state"))
    if key is None or state is None:
        return Rejection("NOT_THIS_FORMAT", "Send the `id` and the `state` of the issue.")
    status = STATUSES.get(state.lower())
    conditions = _joined(body.get("alertConditionNames"))
    alert = Alert(
        status=status or "firing",
        dedup_key=key,
        group_key=key,
        title=_joined(body.get("title")) or conditions or key,
        started_at=read_instant(body.get("createdAt")),
        ended_at=read_instant(body.get("updatedAt")) if status == "ended" else None,
        description=described(
            issue=read_text(body.get("issueUrl")),
            conditions=conditions,
            policies=_joined(body.get("alertPolicyNames")),
            entities=_joined(body.get("impactedEntities")),
        ),
        remarks=() if status else (f"The state “{state}” is not known here: taken as firing.",),
    )
    single = {name: value[0] for name, value in body.items() if isinstance(value, list) and value}
    labels = read_texts(dict(body) | single) | read_tags(body.get("tags"))
    return AlertBatch("newrelic", (labelled(alert, labels),))


def _joined(value: Any) -> str | None:
    """A text, or the texts of a list with commas."""
    values = value if isinstance(value, list) else [value]
    return read_text(", ".join(text for one in values if (text := read_text(one))))
