"""Every page, with the service of its main part, and who may do what it is for."""

from console.tickets.acts import ACT_FORMS
from console_support.answers import MESSAGE, clock
from console_support.forecasts import FORECAST_ID
from console_support.promises import AGREEMENT, AGREEMENT_ID, CALENDAR_ID, CLOCK_ID

PAGES = {
    "/": "intake",
    "/tickets": "intake",
    "/tickets?q=customer%3Aacme+is%3Abroken+breaks%3A%3C2h+invoices": "intake",
    "/tickets/OPS-7": "intake",
    "/status": "sla",
    "/status?wall=1": "sla",
    "/on-call": "escalation",
    "/waivers": "sla",
    "/waivers/WVR-1": "sla",
    "/deliveries": "delivery-gate",
    "/deliveries?state=in_review": "delivery-gate",
    "/deliveries/new": "delivery-gate",
    "/deliveries/new?product=billing&version=2.4.2": "delivery-gate",
    "/deliveries/DEL-4": "delivery-gate",
    "/versions?product=billing": "delivery-gate",
    "/versions/billing:2.4.2": "delivery-gate",
    "/escalations/ESC-3": "escalation",
    "/search?q=invoices": "intake",
    "/settings": "",
    "/clocks": "sla",
    "/clocks?ticket=OPS-7": "sla",
    f"/clocks/{CLOCK_ID}": "sla",
    "/customers": "intake",
    "/customers/acme": "intake",
    "/customers/acme/goals": "sla",
    "/environments/acme-prod": "delivery-gate",
    "/agreements": "sla",
    f"/agreements/{AGREEMENT_ID}": "sla",
    "/agreements/acme-sla?version=2": "sla",
    f"/agreements/{AGREEMENT['agreement_id']}/compare?from=1&to=2": "sla",
    "/calendars": "sla",
    f"/calendars/{CALENDAR_ID}?year=2026": "sla",
    "/forecasts": "sla",
    f"/forecasts/{FORECAST_ID}": "sla",
    "/availability?customer=acme": "sla",
    "/outages?state=open": "sla",
    "/outages/OUT-3": "sla",
    "/maintenance": "sla",
    "/maintenance/MW-2": "sla",
    "/reports": "sla",
    "/reports?report=response&step=day": "sla",
    "/leadership-report": "sla",
    "/reviews?customer=acme": "sla",
    "/reviews/acme-2026-02": "sla",
    "/review-actions": "sla",
    "/review-actions/RA-4": "sla",
    "/refusals": "delivery-gate",
    "/follow-ups": "delivery-gate",
    "/follow-ups/FUP-3": "delivery-gate",
    "/emergency-changes": "delivery-gate",
    "/emergency-changes/EMC-2": "delivery-gate",
    "/notices/NTC-2": "intake",
    "/monitoring-improvements/MON-1": "intake",
    "/tickets/new": "",
    "/tickets/new?who=jan": "",
    "/tickets/views?q=is%3Amine": "",
    "/tickets/OPS-7/links": "intake",
    "/tickets/OPS-7/hand-overs": "intake",
    "/tickets/OPS-7/time": "sla",
    "/tickets/OPS-7/history": "intake",
    f"/tickets/OPS-7/clocks/{clock()['id']}/waiver": "sla",
    f"/tickets/OPS-7/messages/{MESSAGE}/formatted": "intake",
    **{f"/tickets/OPS-7/do/{act.name}": "intake" for act in ACT_FORMS},
}
"""The pages, with the service of their main part."""


def reader_of(path: str) -> str:
    """Return somebody who may do what the page is for."""
    return "dana" if path.startswith("/deliveries/new") else "anna"
