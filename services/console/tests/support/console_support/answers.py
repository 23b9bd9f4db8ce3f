"""Answers of the services, as their documents describe them."""

from typing import Any

from console_support.services import FakeServices


def ticket(**changed: Any) -> dict[str, Any]:
    """A ticket as staff reads it."""
    facts: dict[str, Any] = {
        "id": "0190a000-0000-7000-8000-000000000001",
        "key": "OPS-7",
        "kind": "incident",
        "nature": None,
        "title": "Invoices are not sent",
        "state": "in_progress",
        "priority": "critical",
        "impact": "high",
        "urgency": "high",
        "customer": "acme",
        "environment": "acme-prod",
        "service": "billing",
        "channel": "email",
        "assignee": "anna",
        "team": None,
        "waiting_on": None,
        "opened_at": "2026-03-02T07:58:00Z",
        "opened_by": "jan",
        "reporter": "jan",
        "resolution": None,
        "resolved_by": None,
        "verified_by": None,
        "description": "Since this morning\nno invoice leaves.\n\n<b>Help!</b>",
        "names": {"anna": "Anna de Vries", "jan": "Jan Bakker"},
        "allowed": [],
        "next_promise": {
            "metric": "resolution",
            "contract": "sla",
            "partner": None,
            "due_at": "2026-03-02T09:00:00Z",
            "is_breached": False,
        },
    }
    return facts | changed


MESSAGE = "0190a000-0000-7000-8000-0000000000e1"


def message(text: str, **changed: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "id": MESSAGE,
        "html": None,
        "visibility": "public",
        "direction": "outbound",
        "author": "anna",
        "author_name": "Anna de Vries",
        "automatic": False,
        "text": text,
        "at": "2026-03-02T08:09:00Z",
        "attachments": [],
        "mails": [],
        "mailing": "planned",
        "sender_doubt": None,
        "partner": None,
        "history": None,
        "email": None,
    }
    return facts | changed


FILE: dict[str, Any] = {"number": 0, "name": "error.png", "media_type": "image/png", "size": 2048}


def clock(**changed: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "id": "0190a000-0000-7000-8000-0000000000c1",
        "ticket": "OPS-7",
        "metric": "resolution",
        "contract": "sla",
        "partner": None,
        "state": "running",
        "outcome": None,
        "breached": False,
        "deadline": "2026-03-02T09:00:00Z",
        "elapsed_seconds": 12_600,
        "target_seconds": 14_400,
        "overrun_seconds": 0,
    }
    return facts | changed


def waiting(kind: str, key: str, noun: str, **changed: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "kind": kind,
        "key": key,
        "title": f"Something about {key}",
        "customer": "acme",
        "due_at": None,
        "since": "2026-03-02T07:00:00Z",
        "why": "somebody else must look at it",
        "first": "Omar Haddad",
        "href": f"/v1/{noun}/{key}",
    }
    return facts | changed


def page_of(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"items": list(items), "next": None, **more}


def waiting_page(*items: dict[str, Any]) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for item in items:
        counts[item["kind"]] = counts.get(item["kind"], 0) + 1
    return page_of(*items, counts=counts)


def say_ticket(services: FakeServices, **changed: Any) -> None:
    """Let the services know a ticket with a conversation, a promise, an escalation, an environment."""
    services.say("intake", "/v1/tickets/OPS-7", ticket(**changed), etag='"7"')
    written = [
        message(
            "It still does not work.",
            direction="inbound",
            author="jan",
            author_name="Jan",
            html="<p>It <b>still</b> does not work.</p>",
            attachments=[FILE],
            history="On Monday Anna wrote:\n> Dear Jan",
            email="0190a000-0000-7000-8000-0000000000f2",
        ),
        message("Dear Jan, we are looking into it.", id=f"{MESSAGE[:-1]}2"),
        message(
            "The scheduler is down.",
            id=f"{MESSAGE[:-1]}3",
            visibility="internal",
            author_name="Omar Haddad",
        ),
    ]
    services.say("intake", "/v1/tickets/OPS-7/messages", page_of(*written))
    services.say("sla", "/v1/tickets/OPS-7/clocks", page_of(clock()))
    case = {
        "key": "ESC-3",
        "trigger": "clock_threshold_reached",
        "state": "open",
        "opened_at": "2026-03-02T08:20:00Z",
        "acknowledged_by": [],
        "next_at": "2026-03-02T08:40:00Z",
        "step": 2,
    }
    services.say("escalation", "/v1/escalations", page_of(case))
    environment = {
        "key": "acme-prod",
        "tier": "production",
        "state": "compliant",
        "running": {"billing": "sha256:9f3c"},
        "debt": None,
    }
    services.say("delivery-gate", "/v1/environments/acme-prod", environment)


def say_work(services: FakeServices) -> None:
    """Let something wait for everybody in each service."""
    services.say("intake", "/v1/queue", page_of(ticket()))
    second = waiting("verify", "OPS-9", "tickets", due_at="2026-03-02T09:30:00Z")
    services.say("intake", "/v1/waiting-for-me", waiting_page(second))
    services.say(
        "sla", "/v1/waiting-for-me", waiting_page(waiting("decide_waiver", "WVR-1", "waivers"))
    )
    page = waiting("acknowledge_escalation", "ESC-3", "escalations", due_at="2026-03-02T08:40:00Z")
    services.say("escalation", "/v1/waiting-for-me", waiting_page(page))
    services.say("delivery-gate", "/v1/waiting-for-me", waiting_page())
    rota = {"rota": "first-level", "people": ["anna"]}
    rota |= {"until": "2026-03-02T16:00:00Z", "next": ["omar"]}
    services.say("escalation", "/v1/oncall", {"at": "2026-03-02T08:30:00Z", "items": [rota]})
    services.say("escalation", "/v1/oncall/shifts", {"person": "anna", "items": []})
