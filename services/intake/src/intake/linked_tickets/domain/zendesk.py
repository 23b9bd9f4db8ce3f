"""Zendesk's Ticketing API and its webhooks of ticket events. Pure.

https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/,
https://developer.zendesk.com/api-reference/ticketing/tickets/ticket-attachments/,
https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events/,
https://developer.zendesk.com/documentation/webhooks/verifying/.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
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

TICKETS: Final = "/api/v2/tickets"
SIGNATURE_HEADER: Final = "x-zendesk-webhook-signature"
TIMESTAMP_HEADER: Final = "x-zendesk-webhook-signature-timestamp"
MAX_AGE: Final = timedelta(minutes=5)


class Zendesk:
    """Zendesk."""

    def create(self, ticket: NewTicket, fields: FieldMap) -> PeerRequest:
        values = {
            "subject": ticket.title,
            "comment": {"body": ticket.description or ticket.title, "public": True},
            "external_id": str(ticket.reference),
            **fields.constants,
            **_their_names(ticket.values),
        }
        return PeerRequest("POST", f"{TICKETS}.json", {"ticket": values})

    def find(self, ticket: NewTicket) -> PeerRequest:
        return PeerRequest("GET", f"{TICKETS}.json?external_id={ticket.reference}")

    def read_found(self, body: Json) -> Counterpart | None:
        row = first(body, "tickets")
        return None if row is None else _counterpart(row)

    def read_created(self, body: Json) -> Counterpart:
        return _counterpart(body["ticket"])

    def comment(self, id: str, text: str) -> PeerRequest:
        return self._update(id, {"comment": {"body": text, "public": True}})

    def comments(self, id: str) -> PeerRequest:
        return PeerRequest("GET", f"{TICKETS}/{quote(id, safe='')}/comments.json?sort_order=desc")

    def change(self, id: str, values: Mapping[str, str], fields: FieldMap) -> list[PeerRequest]:
        return [self._update(id, _their_names(values))]

    def attach(self, id: str, file: OutgoingFile) -> list[Step]:
        def keep(uploaded: Json) -> PeerRequest:
            token = str(uploaded["upload"]["token"])
            return self._update(
                id, {"comment": {"body": file.words, "public": True, "uploads": [token]}}
            )

        path = f"/api/v2/uploads.json?{urlencode({'filename': file.name})}"
        return [lambda _: PeerRequest("POST", path, carries="bytes"), keep]

    def files(self, id: str) -> PeerRequest:
        return self.comments(id)

    def read_files(self, body: Json) -> Iterator[tuple[str, int]]:
        for comment in objects(body.get("comments")):
            yield from named_sizes(objects(comment.get("attachments")), "file_name", "size")

    def locate(self, file: str) -> PeerRequest | None:
        return PeerRequest("GET", f"/api/v2/attachments/{quote(file, safe='')}.json")

    def address(self, file: str, located: Json) -> str:
        return str(located["attachment"]["content_url"])

    def read_webhook(self, body: Json) -> Incoming | None:
        id = text_at(body, "detail", "id")
        if id is None:
            return None
        values = {
            "priority": text_at(body, "detail", "priority"),
            "state": text_at(body, "detail", "status"),
        }
        event = body.get("event")
        comment: Any = event.get("comment") if isinstance(event, Mapping) else None
        is_public = not isinstance(comment, Mapping) or comment.get("is_public") is not False
        return Incoming(
            id,
            {name: value.lower() for name, value in values.items() if value is not None},
            comment=text_at(comment, "body"),
            author=text_at(comment, "author", "name") or text_at(comment, "author", "id"),
            is_public=is_public,
            event=text_at(body, "id"),
            files=_files(event),
        )

    def check_signature(
        self, headers: Mapping[str, str], body: bytes, secret: str, at: datetime
    ) -> Rejection | None:
        timestamp = headers.get(TIMESTAMP_HEADER, "")
        digest = hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256).digest()
        given = headers.get(SIGNATURE_HEADER, "").encode()
        if not hmac.compare_digest(given, base64.b64encode(digest)):
            return UNSIGNED
        if not _is_recent(timestamp, at):
            return Rejection("SIGNATURE", "The signature is older than five minutes: send it anew.")
        return None

    def _update(self, id: str, values: Mapping[str, Any]) -> PeerRequest:
        return PeerRequest("PUT", f"{TICKETS}/{quote(id, safe='')}.json", {"ticket": dict(values)})


def _files(event: Any) -> tuple[RemoteFile, ...]:
    file = object_at(event, "attachment")
    id, name = text_at(file, "id"), text_at(file, "filename") or text_at(file, "file_name")
    if id is None or name is None:
        return ()
    media_type = text_at(file, "content_type") or ""
    return (RemoteFile(id, name, media_type, is_public=file.get("is_public") is not False),)


def _their_names(values: Mapping[str, str]) -> dict[str, str]:
    names = {"priority": "priority", "state": "status"}
    return {names[name]: value for name, value in values.items()}


def _is_recent(timestamp: str, at: datetime) -> bool:
    try:
        signed_at = datetime.fromisoformat(timestamp)
        return abs(signed_at - at) <= MAX_AGE
    except (ValueError, TypeError):
        return False


def _counterpart(row: Json) -> Counterpart:
    id = str(row["id"])
    return Counterpart(id, f"#{id}", f"/agent/tickets/{quote(id)}")
