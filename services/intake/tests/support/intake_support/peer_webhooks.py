"""The webhooks of linked systems, as their public documents show them, and how each signs."""

import base64
import hashlib
import hmac
from typing import Any

from intake_support.peers import SECRET


def webhook(kind: str, id: str, event: str, **values: str) -> dict[str, Any]:
    """A webhook as the system's documents show it: `values` are priority, state and comment."""
    if kind == "servicenow":
        return {"sys_id": id, "event_id": event, "sys_updated_by": "abel.tuter", **values}
    if kind == "jira":
        fields = {"priority": {"name": values.get("priority", "Medium")}, "summary": "Down"}
        if "state" in values:
            fields["status"] = {"name": values["state"]}
        body: dict[str, Any] = {
            "timestamp": event,
            "webhookEvent": "jira:issue_updated",
            "user": {"accountId": "5b10", "displayName": "Mia Krystof"},
            "issue": {"id": id, "key": f"SUP-{id}", "fields": fields},
        }
        if "comment" in values:
            author = {"accountId": "5b10", "displayName": "Mia Krystof"}
            body["comment"] = {"id": event, "body": values["comment"], "author": author}
            body["webhookEvent"] = "comment_created"
        return body
    detail = {"id": id, "subject": "Down", "priority": values.get("priority", "NORMAL").upper()}
    if "state" in values:
        detail["status"] = values["state"].upper()
    shown: dict[str, Any] = {"id": event, "type": "zen:event-type:ticket.changed", "detail": detail}
    if "comment" in values:
        author = {"id": "8447388090494", "name": "Mia Krystof"}
        comment = {"id": "1", "body": values["comment"], "is_public": True, "author": author}
        shown["event"] = {"comment": comment}
    return shown


def signed(kind: str, body: bytes, at: str, secret: str = SECRET) -> dict[str, str]:
    """The headers with which the system signs this body."""
    if kind == "servicenow":
        return {"X-OpsDesk-Secret": secret}
    if kind == "jira":
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return {"X-Hub-Signature": f"sha256={digest}"}
    raw = hmac.new(secret.encode(), at.encode() + body, hashlib.sha256).digest()
    return {
        "X-Zendesk-Webhook-Signature": base64.b64encode(raw).decode(),
        "X-Zendesk-Webhook-Signature-Timestamp": at,
    }


def file_webhook(kind: str, body: dict[str, Any], file: str, name: str, media: str) -> Any:
    """A webhook of the system, as one about a file that was attached."""
    if kind == "servicenow":
        shown = {"sys_id": file, "file_name": name, "content_type": media}
        return body | {"attachment": shown}
    if kind == "jira":
        item = {"field": "Attachment", "fieldtype": "jira", "fieldId": "attachment", "from": None}
        return body | {"changelog": {"id": "7", "items": [item | {"to": file, "toString": name}]}}
    attachment = {"id": file, "filename": name, "content_type": media, "is_public": True}
    event_type = "zen:event-type:ticket.attachment_linked_to_comment"
    return body | {"type": event_type, "event": {"attachment": attachment, "comment": {"id": "1"}}}
