"""Parse requests of Opsgenie's Alert API. Pure.

Its senders create an alert with `POST …/v2/alerts`, and end or acknowledge it at
`…/v2/alerts/{alias}/close` and `…/acknowledge`.
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
    MAX_LONG_TEXT_CHARS,
    read_key,
    read_tags,
    read_text,
    read_texts,
)

STATUSES: Final[Mapping[str, Status]] = {
    "create": "firing",
    "close": "ended",
    "acknowledge": "acknowledged",
}
DEFAULT_PRIORITY: Final = "P3"


def is_opsgenie(body: Mapping[str, Any]) -> bool:
    """Whether a body looks like a new alert of this API."""
    return "message" in body and any(name in body for name in ("alias", "responders", "entity"))


def parse(body: Mapping[str, Any], context: PostContext) -> AlertBatch | Rejection:
    """The alert of a request, or why it is not in this format.

    The rest of the path is `alias/action`; without it the body may name an `action`.
    """
    path_alias, _, path_action = context.address.rpartition("/")
    action = (path_action or read_text(body.get("action")) or "create").lower()
    alias = read_key(path_alias or body.get("alias"))
    message = read_text(body.get("message"))
    status = STATUSES.get(action)
    if status is None or (alias is None and (message is None or status != "firing")):
        return Rejection("NOT_THIS_FORMAT", "Send a `message`, and an `alias` to end it by.")
    alert = Alert(
        status=status,
        dedup_key=alias or fallback_key(context),
        group_key=alias or message or fallback_key(context),
        title=message or alias or "An alert without message",
        severity=read_text(body.get("priority")) or DEFAULT_PRIORITY,
        description=described(
            read_text(body.get("description"), MAX_LONG_TEXT_CHARS),
            entity=read_text(body.get("entity")),
            source=read_text(body.get("source")),
            note=read_text(body.get("note")),
        ),
        needs_open=status != "firing",
    )
    labels = read_texts(body.get("details")) | read_tags(body.get("tags"))
    return AlertBatch("opsgenie", (labelled(alert, labels),), are_keys_chosen=True)
