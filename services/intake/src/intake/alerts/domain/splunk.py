"""Parse posts of Splunk's webhook alert action. Pure.

https://docs.splunk.com/Documentation/Splunk/latest/Alert/Webhooks. It sends the first row of the
result alone, no key (`sid` is another one in every run), and never an end.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from common.domain import Rejection
from intake.alerts.domain.alert import (
    CUSTOMER_NAMES,
    ENVIRONMENT_NAMES,
    Alert,
    AlertBatch,
    PostContext,
    Status,
    described,
    labelled,
)
from intake.alerts.domain.json_values import (
    MAX_LONG_TEXT_CHARS,
    first_of,
    read_instant,
    read_key,
    read_text,
    read_texts,
)
from intake.alerts.domain.severity import severity_in_title

_SEARCH_IN_SID: Final = re.compile(r"__(RMD5[0-9a-zA-Z]+)_at_")
"""Where a search has no name, its digest in `sid` is the same in every run."""
STATUS_FIELD: Final = "alert_status"
_ENDED: Final = frozenset({"resolved", "recovered", "ok", "closed", "cleared", "ended"})


def is_splunk(body: Mapping[str, Any]) -> bool:
    """Whether a body looks like one of Splunk's."""
    return "sid" in body and "results_link" in body


def parse(body: Mapping[str, Any], context: PostContext) -> AlertBatch | Rejection:
    """The alert of a post, or why it is not in this format."""
    row = read_texts(body.get("result"))
    name = read_text(body.get("search_name"))
    in_sid = _SEARCH_IN_SID.search(read_text(body.get("sid")) or "")
    search = name or (in_sid[1] if in_sid else None)
    if search is None and not row:
        return Rejection("NOT_THIS_FORMAT", "Send the `search_name` and the `result` of a search.")
    chosen = (
        first_of(row, CUSTOMER_NAMES),
        first_of(row, ENVIRONMENT_NAMES),
        row.get("host"),
    )
    parts = [read_text(body.get("app")), read_text(body.get("owner")), search or "unnamed search"]
    key = read_key("/".join(part for part in (*parts, *chosen) if part)) or ""
    status: Status = "ended" if (row.get(STATUS_FIELD) or "").lower() in _ENDED else "firing"
    alert = Alert(
        status=status,
        dedup_key=key,
        group_key="/".join(part for part in parts if part),
        title=row.get("title")
        or row.get("message")
        or name
        or "A search of Splunk found something",
        severity=first_of(row, ("severity", "priority", "urgency", "level"))
        or severity_in_title(name or ""),
        started_at=read_instant(row.get("_time")),
        description=described(
            "\n".join(f"{field}={value}" for field, value in sorted(row.items()))[
                :MAX_LONG_TEXT_CHARS
            ],
            results=read_text(body.get("results_link")),
        ),
        needs_quiet=True,
    )
    return AlertBatch("splunk", (labelled(alert, row),))
