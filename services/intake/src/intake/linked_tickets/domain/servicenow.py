"""ServiceNow's Table API and what its business rules post to us. Pure.

https://www.servicenow.com/docs/ (Table API, Attachment API). ServiceNow has no webhooks of its own: a business rule posts the
JSON that docs/linked-tickets.md gives, with a header that is compared as it is.
"""

import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

from common.domain import Rejection
from intake.linked_tickets.domain.peer import (
    UNSIGNED,
    Counterpart,
    FieldMap,
    Incoming,
    Json,
    NewTicket,
    OutgoingFile,
    PeerRequest,
    RemoteFile,
    Step,
    first,
    named_sizes,
    object_at,
    objects,
    text_at,
)

TABLE: Final = "/api/now/table/incident"
FILES: Final = "/api/now/attachment"
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

    def attach(self, id: str, file: OutgoingFile) -> list[Step]:
        query = urlencode({"table_name": "incident", "table_sys_id": id, "file_name": file.name})
        return [lambda _: PeerRequest("POST", f"{FILES}/file?{query}", carries="bytes")]

    def files(self, id: str) -> PeerRequest:
        query = quote(f"table_name=incident^table_sys_id={id}^ORDERBYDESCsys_created_on")
        return PeerRequest("GET", f"{FILES}?sysparm_limit=200&sysparm_query={query}")

    def read_files(self, body: Json) -> Iterator[tuple[str, int]]:
        return named_sizes(objects(body.get("result")), "file_name", "size_bytes")

    def locate(self, file: str) -> PeerRequest | None:
        return None

    def address(self, file: str, located: Json) -> str:
        return f"{FILES}/{quote(file, safe='')}/file"

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
            files=_files(body),
        )

    def check_signature(
        self, headers: Mapping[str, str], body: bytes, secret: str, at: datetime
    ) -> Rejection | None:
        given = headers.get(SECRET_HEADER, "")
        return None if hmac.compare_digest(given.encode(), secret.encode()) else UNSIGNED


def _files(body: Json) -> tuple[RemoteFile, ...]:
    file = object_at(body, "attachment")
    id, name = text_at(file, "sys_id"), text_at(file, "file_name")
    if id is None or name is None:
        return ()
    media_type, author = text_at(file, "content_type") or "", text_at(body, "sys_updated_by")
    return (RemoteFile(id, name, media_type, author, file.get("public") is not False),)


def _counterpart(row: Json) -> Counterpart:
    id = str(row["sys_id"])
    return Counterpart(id, str(row["number"]), f"/nav_to.do?uri=incident.do?sys_id={quote(id)}")
