"""What intake answers about mails, accesses, articles, contacts, other systems, and what may help."""

from typing import Any, Final

from console_support.answers import page_of
from console_support.changes import CONTACT
from console_support.notices import waiting_row
from console_support.services import FakeServices
from console_support.two_person_settings import say_settings

MAIL_ID: Final = "0190a000-0000-7000-8000-0000000000f2"
MAIL: dict[str, Any] = {
    "id": MAIL_ID,
    "message_id": "a@acme.example",
    "received_at": "2026-03-02T07:00:00Z",
    "sender": "jan@acme.example",
    "sender_name": "Jan Bakker",
    "subject": "Out of office calendar is broken",
    "text": "It shows nobody.\n<b>Help</b>",
    "outcome": "ignored",
    "reason": "auto-submitted",
    "ticket_id": None,
    "raw_deleted_at": None,
    "raw_deleted_why": None,
    "set_aside_by": None,
    "set_aside_at": None,
}
ACCESS: dict[str, Any] = {
    "id": "0190a000-0000-7000-8000-0000000000f3",
    "key": "ACC-1",
    "state": "requested",
    "owed_removal": None,
    "recertification_due": False,
    "person": "omar",
    "environment": "acme-prod",
    "resource": "the database",
    "level": "read",
    "reason": "To look for lost invoices.",
    "until": "2026-06-30",
    "requested_by": "anna",
    "requested_at": "2026-03-01T08:00:00Z",
    "decision": None,
    "decision_reason": None,
    "removal_reason": None,
    **{
        f"{name}_{end}": None
        for name in (
            "decided",
            "granted",
            "grant_verified",
            "recertified",
            "removal_asked",
            "removed",
            "removal_verified",
        )
        for end in ("by", "at")
    },
}
VERSION: dict[str, Any] = {
    "version": 2,
    "audience": "customer",
    "title": "Invoices are late",
    "body": "# What to do\n\nWait an hour.",
    "written_by": "omar",
    "written_at": "2026-03-01T08:00:00Z",
    "published_by": None,
    "published_at": None,
}
PUBLISHED: dict[str, Any] = VERSION | {
    "version": 1,
    "published_by": "anna",
    "published_at": "2026-02-01T08:00:00Z",
}
ARTICLE: dict[str, Any] = {
    "id": "0190a000-0000-7000-8000-0000000000f4",
    "key": "KB-1",
    "language": "en",
    "title": "Invoices are late",
    "body": "# What to do\n\nWait a day.",
    "version": 1,
    "published_at": "2026-02-01T08:00:00Z",
    "audience": "customer",
    "state": "published",
    "owner": "anna",
    "review_days": 180,
    "review_due_at": "2026-08-01T08:00:00Z",
    "published_version": 1,
    "newest_version": 2,
    "written_by": "omar",
    "written_at": "2026-02-01T07:00:00Z",
    "published_by": "anna",
    "ticket_id": None,
    "helpful": 3,
    "not_helpful": 1,
    "sequence": 4,
}
ARTICLE_ROW: dict[str, Any] = {
    name: ARTICLE[name]
    for name in ("id", "key", "language", "title", "version", "published_at", "audience", "state")
} | {"excerpt": "Wait a day.", "owner": "anna", "review_due_at": None}
KNOWN_ERROR: dict[str, Any] = {
    "key": "OPS-3",
    "title": "The scheduler stops",
    "service": "billing",
    "state": "known_error",
    "root_cause": "A full disk.",
    "workaround": "Restart the scheduler.",
    "workaround_at": "2026-03-01T08:00:00Z",
    "shared": 4,
}
UNCONFIRMED: dict[str, Any] = CONTACT | {
    "counts_for": "anna",
    "wants_mail": True,
    "wants_notices": False,
    "other_addresses": [],
    "sequence": 2,
}
ERASURE: dict[str, Any] = {
    "contact_id": CONTACT["id"],
    "requested_by": "gina",
    "requested_at": "2026-03-01T08:00:00Z",
    "reason": "Request 12",
    "confirmed_by": None,
    "confirmed_at": None,
}
LINK_ID: Final = "0190a000-0000-7000-8000-0000000000f5"
CONFLICT_ID: Final = "0190a000-0000-7000-8000-0000000000f6"
LINKED: dict[str, Any] = {
    "id": LINK_ID,
    "ticket_id": "0190a000-0000-7000-8000-000000000001",
    "ticket": "OPS-7",
    "system": "acme-jira",
    "state": "linked",
    "remote_id": "10007",
    "remote_key": "ACM-7",
    "remote_url": "https://jira.acme.example/browse/ACM-7",
    "known": {"priority": "High"},
    "sends": {"sent": 3, "failed": 1},
    "conflicts": [
        {
            "id": CONFLICT_ID,
            "field": "priority",
            "ours": "Highest",
            "theirs": "Low",
            "detected_at": "2026-03-02T08:00:00Z",
            "decision": None,
            "decided_by": None,
            "decided_at": None,
            "reason": None,
        }
    ],
    "created_by": "anna",
    "created_at": "2026-03-01T08:00:00Z",
}
TEMPLATES: tuple[dict[str, Any], ...] = tuple(
    {
        "key": "first-reply",
        "language": language,
        "version": 1,
        "description": words,
        "text": "Dear {{contact}}",
        "placeholders": ["contact"],
        "written_by": "theo",
        "written_at": "2026-02-01T08:00:00Z",
        "retired": False,
    }
    for language, words in (("en", "We look into it"), ("nl", "We kijken ernaar"))
)
HREFS: Final = (
    ("confirm_person", "mia", "people/mia"),
    ("confirm_priority_matrix", "matrix", "priority-matrix"),
    ("confirm_outage_rules", "rules", "outage-rules"),
    ("handle_mail", MAIL_ID, f"emails/{MAIL_ID}"),
    ("decide_access", "ACC-1", "access-requests/ACC-1"),
    ("publish_article", "KB-1", "articles/KB-1"),
    ("confirm_contact", CONTACT["id"], f"customers/acme/contacts/{CONTACT['id']}"),
    ("confirm_environment_end", "acme-prod", "customers/acme/environments/acme-prod"),
    ("confirm_erasure", CONTACT["id"], f"contacts/{CONTACT['id']}/erasure"),
    ("decide_conflict", "OPS-7", "tickets/OPS-7/linked-tickets"),
)


def say_desk(services: FakeServices) -> None:
    """Let there be one of each, and something that waits in each."""
    services.say("intake", "/v1/emails", page_of(MAIL))
    services.say("intake", f"/v1/emails/{MAIL_ID}", MAIL)
    services.say("intake", "/v1/access-requests", page_of(ACCESS))
    services.say("intake", "/v1/access-requests/ACC-1", ACCESS)
    services.say("intake", "/v1/articles", page_of(ARTICLE_ROW))
    services.say("intake", "/v1/articles/KB-1", ARTICLE, etag='"4"')
    services.say("intake", "/v1/articles/KB-1/versions", {"items": [VERSION, PUBLISHED]})
    contact = f"/v1/customers/acme/contacts/{CONTACT['id']}"
    services.say("intake", contact, UNCONFIRMED, etag='"2"')
    services.say("intake", f"/v1/contacts/{CONTACT['id']}/erasure", ERASURE)
    here = "/v1/tickets/OPS-7"
    services.say("intake", f"{here}/linked-tickets", {"items": [LINKED]})
    services.say("intake", "/v1/linked-systems", page_of({"key": "acme-jira"}))
    services.say("intake", f"{here}/suggestions", {"known_errors": [KNOWN_ERROR]})
    services.say("intake", f"{here}/suggested-articles", page_of(ARTICLE_ROW))
    services.say("intake", "/v1/message-templates", page_of(*TEMPLATES))
    say_settings(services)


def waiting_rows() -> list[dict[str, Any]]:
    """What of these waits, with the address that intake names."""
    return [
        waiting_row(kind, key, "x") | {"href": f"/v1/{address}"} for kind, key, address in HREFS
    ]
