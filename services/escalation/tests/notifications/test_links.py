"""Where messages lead: with a console to its pages, whatever they are about; without one to the API."""

from datetime import timedelta
from uuid import UUID

import pytest

from escalation.directory.domain import Channel
from escalation.notifications.domain.escalation_summary import EscalationSummary
from escalation.notifications.domain.notification import PAGING_PURPOSES, Notification, Purpose
from escalation.notifications.notification_mail import build_message
from escalation.policies.domain.trigger import TRIGGER_KINDS, Trigger, TriggerKind
from escalation.settings import EscalationSettings
from escalation_support.builders import NIGHT
from opsdesk_testing.client import settings_for

CASE, TICKET = UUID(int=0xE5C), UUID(int=0x71C)
DESK = "https://desk.example"
API = "https://opsdesk.example"
DEDUP_KEYS: dict[TriggerKind, str] = {
    "outage": f"outage/{CASE}",
    "waiver_requested": f"waiver/{CASE}",
    "waiver_revoked": f"waiver/{CASE}/revoked",
    "review_ready": "review/acme-2026-06/2026-06-01/review_ready",
    "review_published": "review/acme-2026-06/2026-06-01/review_published",
    "review_action": "review/acme-2026-06/ACT-1/review_action",
    "review_action_overdue": "review/acme-2026-06/ACT-1/review_action_overdue",
    "agreement_signature": f"agreement/{CASE}/agreement_signature/2",
    "agreement_publication": f"agreement/{CASE}/agreement_publication/2",
    "agreement_ending": f"agreement/{CASE}/agreement_ending",
    "agreement_termination": f"agreement/{CASE}/agreement_termination",
    "maintenance_planned": f"maintenance/{CASE}",
    "debt_overdue": f"debt/{CASE}",
    "settings_changed": "settings/anna/2026",
    "article_review": "article/KB-1",
}
WITHOUT_TICKET = {*DEDUP_KEYS} - {"waiver_requested", "waiver_revoked"}
LEADS_TO: dict[str, str] = {
    "outage": f"/outages/{CASE}",
    "waiver_requested": f"/waivers/{CASE}",
    "review_action_overdue": "/reviews/acme-2026-06",
    "agreement_ending": f"/agreements/{CASE}",
    "maintenance_planned": f"/maintenance/{CASE}",
    "debt_overdue": "/environments/acme-prod",
    "digest": "/",
    "clock_breached": "/tickets/OPS-7",
    "ticket_watched": "/tickets/OPS-7",
    "settings_changed": "/escalations/ESC-4",
    "article_review": "/escalations/ESC-4",
}


def _trigger(kind: TriggerKind) -> Trigger:
    bare = kind in {"settings_changed", "article_review", "digest"}
    has_ticket = kind not in WITHOUT_TICKET
    return Trigger(
        kind,
        "major",
        DEDUP_KEYS.get(kind, f"x/{CASE}/{kind}"),
        "Something is wrong",
        NIGHT,
        customer=None if bare else "acme",
        environment=None if bare else "acme-prod",
        ticket_id=TICKET if has_ticket and not bare else None,
        ticket="OPS-7" if has_ticket and not bare else None,
        expected_breach_at=NIGHT + timedelta(hours=1),
    )


def _text(trigger: Trigger, purpose: Purpose, console_url: str | None) -> str:
    settings = settings_for(
        EscalationSettings, "postgresql://x@y/z", public_url=API, console_url=console_url
    )
    address = Channel("email", "anna@meridian.example")
    notification = Notification("1/anna/1", CASE, purpose, "anna", address, NIGHT)
    summary = EscalationSummary("ESC-4", trigger, "it was fixed", ("ACT-1 is overdue",))
    message = build_message(notification, summary, "Europe/Amsterdam", settings)
    text: str = message.get_content()
    return text


@pytest.mark.parametrize("purpose", ["page", "exhausted", "duty", "all_clear"])
@pytest.mark.parametrize("kind", TRIGGER_KINDS)
def test_with_a_console_no_message_leads_to_the_api(kind: TriggerKind, purpose: Purpose) -> None:
    text = _text(_trigger(kind), purpose, DESK)
    assert "/v1/" not in text
    assert f"Look: {DESK}/" in text
    if purpose in PAGING_PURPOSES:
        assert f"{DESK}/escalations/ESC-4" in text, "where it is acknowledged"


@pytest.mark.parametrize("kind", TRIGGER_KINDS)
def test_without_a_console_every_message_leads_where_it_did(kind: TriggerKind) -> None:
    text = _text(_trigger(kind), "page", None)
    review = "http://127.0.0.1:8002/v1/reviews/acme-2026-06?format=html"
    expected = review if kind.startswith("review_") else f"{API}/v1/escalations/ESC-4"
    assert text.splitlines()[-1] == f"Look: {expected}"


@pytest.mark.parametrize(("kind", "path"), LEADS_TO.items())
def test_a_notice_leads_to_what_it_is_about(kind: TriggerKind, path: str) -> None:
    assert _text(_trigger(kind), "duty", DESK).splitlines()[-1] == f"Look: {DESK}{path}"


def test_outages_that_share_a_ticket_lead_to_the_ticket() -> None:
    trigger = Trigger(
        "outage", "critical", f"outage/{TICKET}/billing", "billing is down", NIGHT, ticket_id=TICKET
    )
    assert f"Look: {DESK}/tickets/{TICKET}" in _text(trigger, "page", DESK)
