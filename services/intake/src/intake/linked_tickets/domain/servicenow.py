"""ServiceNow's Table API and what its business rules post to us. Pure.

https://docs.servicenow.com/ (Table API). ServiceNow has no webhooks of its own: a business rule posts the
JSON that docs/linked-tickets.md gives, with a header that is compared as it is.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote

from common.domain import Rejection
from intake.linked_tickets.domain.peer import (
    UNSIGNED,
    Counterpart,
    FieldMap,
    Incoming,
    Json,
    NewTicket,
    PeerRequest,
    first,
    text_at,
)

TABLE: Final = "/api/now/table/incident"
SECRET_HEADER: Final = "x-opsdesk-secret"


class ServiceNow:
    """ServiceNow."""

    def create(self, ticket: NewTicket, fields: FieldMap) -> PeerRequest:
        body = {
            "short_description": ticket.title,
            "description": ticket.description,
            "correlation_id": str(ticket.reference),
            "correlation_display": ticket.key,
            **fields.constants,
            **ticket.values,
        }
        return PeerRequest("POST", TABLE, body)

    def find(self, ticket: NewTicket) -> PeerRequest:
        query = quote(f"correlation_id={ticket.reference}")
        return PeerRequest("GET", f"{TABLE}?sysparm_limit=1&sysparm_query={query}")

    def read_found(self, body: Json) -> Counterpart | None:
        row = first(body, "result")
        return None if row is None else _counterpart(row)

    def read_created(self, body: Json) -> Counterpart:
        return _counterpart(body["result"])

    def comment(self, id: str, text: str) -> PeerRequest:
        return PeerRequest("PATCH", f"{TABLE}/{quote(id, safe='')}", {"comments": text})

    def comments(self, id: str) -> PeerRequest:
        query = quote(f"element_id={id}^element=comments")
        return PeerRequest("GET", f"/api/now/table/sys_journal_field?sysparm_query={query}")

    def change(self, id: str, values: Mapping[str, str], fields: FieldMap) -> list[PeerRequest]:
        return [PeerRequest("PATCH", f"{TABLE}/{quote(id, safe='')}", dict(values))]

    def read_webhook(self, body: Json) -> Incoming | None:
        id = text_at(body, "sys_id")
        if id is None:
            return None
        values = {name: text_at(body, name) for name in ("priority", "state")}
        return Incoming(
            id,
            {name: value for name, value in values.items() if value is not None},
            comment=text_at(body, "comment"),
            author=text_at(body, "sys_updated_by"),
            event=text_at(body, "event_id"),
        )

    def check_signature(
        self, headers: Mapping[str, str], body: bytes, secret: str, at: datetime
    ) -> Rejection | None:
        given = headers.get(SECRET_HEADER, "")
        return None if hmac.compare_digest(given.encode(), secret.encode()) else UNSIGNED


def _counterpart(row: Json) -> Counterpart:
    id = str(row["sys_id"])
    return Counterpart(id, str(row["number"]), f"/nav_to.do?uri=incident.do?sys_id={quote(id)}")
