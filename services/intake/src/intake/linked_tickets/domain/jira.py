"""Jira Service Management's REST API (Cloud, version 2: plain text) and its webhooks. Pure.

https://developer.atlassian.com/cloud/jira/platform/rest/v2/,
https://developer.atlassian.com/cloud/jira/service-desk/rest/,
https://developer.atlassian.com/cloud/jira/platform/webhooks/.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote

from common.domain import Rejection
from intake.linked_tickets.domain.peer import (
    MAX_FILES,
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

ISSUE: Final = "/rest/api/2/issue"
SIGNATURE_HEADER: Final = "x-hub-signature"


class Jira:
    """Jira Service Management."""

    def create(self, ticket: NewTicket, fields: FieldMap) -> PeerRequest:
        values = {
            "summary": ticket.title,
            "description": ticket.description,
            "labels": [_label(ticket)],
            **fields.constants,
        }
        if priority := ticket.values.get("priority"):
            values["priority"] = {"name": priority}
        return PeerRequest("POST", ISSUE, {"fields": values})

    def find(self, ticket: NewTicket) -> PeerRequest:
        query = quote(f'labels = "{_label(ticket)}"')
        return PeerRequest("GET", f"/rest/api/2/search/jql?maxResults=1&fields=summary&jql={query}")

    def read_found(self, body: Json) -> Counterpart | None:
        issue = first(body, "issues")
        return None if issue is None else self.read_created(issue)

    def read_created(self, body: Json) -> Counterpart:
        key = str(body["key"])
        return Counterpart(str(body["id"]), key, f"/browse/{quote(key)}")

    def comment(self, id: str, text: str) -> PeerRequest:
        path = f"/rest/servicedeskapi/request/{quote(id, safe='')}/comment"
        return PeerRequest("POST", path, {"body": text, "public": True})

    def comments(self, id: str) -> PeerRequest:
        return PeerRequest(
            "GET", f"{ISSUE}/{quote(id, safe='')}/comment?orderBy=-created&maxResults=100"
        )

    def change(self, id: str, values: Mapping[str, str], fields: FieldMap) -> list[PeerRequest]:
        issue = f"{ISSUE}/{quote(id, safe='')}"
        requests: list[PeerRequest] = []
        if priority := values.get("priority"):
            fields_body = {"fields": {"priority": {"name": priority}}}
            requests.append(PeerRequest("PUT", issue, fields_body))
        if step := fields.transitions.get(values.get("state", "")):
            body = {"transition": {"id": step}}
            requests.append(PeerRequest("POST", f"{issue}/transitions", body))
        return requests

    def attach(self, id: str, file: OutgoingFile) -> list[Step]:
        request = f"/rest/servicedeskapi/request/{quote(id, safe='')}"

        def upload(found: Json) -> PeerRequest:
            desk = quote(str(found["serviceDeskId"]), safe="")
            path = f"/rest/servicedeskapi/servicedesk/{desk}/attachTemporaryFile"
            return PeerRequest("POST", path, carries="form")

        def keep(uploaded: Json) -> PeerRequest:
            temporary = str(uploaded["temporaryAttachments"][0]["temporaryAttachmentId"])
            body = {
                "temporaryAttachmentIds": [temporary],
                "public": True,
                "additionalComment": {"body": file.words},
            }
            return PeerRequest("POST", f"{request}/attachment", body)

        return [lambda _: PeerRequest("GET", request), upload, keep]

    def files(self, id: str) -> PeerRequest:
        return PeerRequest("GET", f"{ISSUE}/{quote(id, safe='')}?fields=attachment")

    def read_files(self, body: Json) -> Iterator[tuple[str, int]]:
        rows = objects(object_at(body, "fields").get("attachment"))
        return named_sizes(rows, "filename", "size")

    def locate(self, file: str) -> PeerRequest | None:
        return None

    def address(self, file: str, located: Json) -> str:
        return f"/rest/api/2/attachment/content/{quote(file, safe='')}?redirect=false"

    def read_webhook(self, body: Json) -> Incoming | None:
        id = text_at(body, "issue", "id")
        if id is None:
            return None
        kind = text_at(body, "webhookEvent") or ""
        values = {
            "priority": text_at(body, "issue", "fields", "priority", "name"),
            "state": text_at(body, "issue", "fields", "status", "name"),
        }
        is_comment = kind == "comment_created"
        comment = body.get("comment")
        is_internal = isinstance(comment, Mapping) and comment.get("jsdPublic") is False
        return Incoming(
            id,
            {name: value for name, value in values.items() if value is not None},
            comment=text_at(body, "comment", "body") if is_comment else None,
            author=text_at(body, "comment", "author", "displayName")
            or text_at(body, "user", "displayName"),
            is_public=not is_internal,
            event=_event(kind, body),
            files=_files(body),
        )

    def check_signature(
        self, headers: Mapping[str, str], body: bytes, secret: str, at: datetime
    ) -> Rejection | None:
        expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        given = headers.get(SIGNATURE_HEADER, "").strip().lower()
        return None if hmac.compare_digest(given.encode(), expected.encode()) else UNSIGNED


def _event(kind: str, body: Json) -> str | None:
    """A name that stays the same when Jira sends the event again."""
    at, comment = text_at(body, "timestamp"), text_at(body, "comment", "id")
    return f"{kind}/{comment or ''}/{at}" if at else None


def _files(body: Json) -> tuple[RemoteFile, ...]:
    """What a change says was attached: not whether their customer sees it, so nobody else's does here."""
    author = text_at(body, "user", "displayName")
    found = []
    for item in objects(object_at(body, "changelog").get("items")):
        id, name = text_at(item, "to"), text_at(item, "toString")
        if text_at(item, "field") == "Attachment" and id is not None and name is not None:
            found.append(RemoteFile(id, name, author=author, is_public=False))
    return tuple(found[:MAX_FILES])


def _label(ticket: NewTicket) -> str:
    return f"opsdesk-{ticket.reference}"
