"""What the console is made of. Built here, run by `python -m console`."""

from typing import Final

from common.http import MIB, Service
from console.access_requests import pages as access_request_pages
from console.account import back_channel_pages, sign_in_pages
from console.account import pages as account_pages
from console.actions import pages as action_pages
from console.agreements import pages as agreement_pages
from console.agreements import term_pages, trial_pages
from console.articles import pages as article_pages
from console.availability import pages as availability_pages
from console.calendars import pages as calendar_pages
from console.clocks import pages as clock_pages
from console.contacts import pages as contact_pages
from console.customers import delivery_manager_pages, goals_pages
from console.customers import pages as customer_pages
from console.deliveries import delivery_request_pages
from console.deliveries import list_pages as delivery_list_pages
from console.deliveries import pages as delivery_pages
from console.drafts import pages as draft_pages
from console.drafts.store import RETENTION as DRAFTS
from console.emergencies import pages as emergency_pages
from console.environments import entry_pages
from console.environments import pages as environment_pages
from console.escalations import pages as escalation_pages
from console.files import pages as file_pages
from console.follow_ups import pages as follow_up_pages
from console.forecasts import pages as forecast_pages
from console.handlers import HANDLERS
from console.improvements import pages as improvement_pages
from console.leadership import pages as leadership_pages
from console.live import pages as live_pages
from console.live.hub import Hub, run_hub
from console.look.rendering import CompiledTemplates
from console.mails import pages as mail_pages
from console.maintenance import pages as maintenance_pages
from console.notices import pages as notice_pages
from console.on_call import pages as on_call_pages
from console.outage_rules import pages as outage_rule_pages
from console.outages import pages as outage_pages
from console.people import pages as people_pages
from console.presence import pages as presence_pages
from console.presence.store import RETENTION as PRESENCE
from console.priority_matrix import pages as priority_matrix_pages
from console.refusals import pages as refusal_pages
from console.reports import pages as report_pages
from console.reviews import meeting_pages
from console.reviews import pages as review_pages
from console.search import pages as search_pages
from console.sessions.logout_tokens import RETENTION as LOGOUT_TOKENS
from console.sessions.store import RETENTION as SESSIONS
from console.settings import ConsoleSettings
from console.status import pages as status_pages
from console.tickets import (
    act_pages,
    before_sending_pages,
    bulk_pages,
    help_pages,
    new_pages,
    queue_pages,
    side_pages,
    view_pages,
    writing_pages,
)
from console.tickets import pages as ticket_pages
from console.tickets import (
    waiver_pages as ticket_waiver_pages,
)
from console.upstream.client import Upstream
from console.versions import pages as version_pages
from console.visits import asset_pages
from console.visits.known_sessions import KnownSessions, is_known
from console.visits.routes import OpenRoute, SignedInRoute
from console.visits.visitor import IssuerClients
from console.waivers import pages as waiver_pages
from console.work import pages as work_pages

FORM_WITH_FILES: Final = 26 * MIB
"""A file of the size that intake takes, with the form around it."""
THROWN_AWAY: Final = 200 * MIB
"""Of a form that is larger, so that the browser reads the page that says so."""

SERVICE: Final = Service(
    name="console",
    schema="console",
    title="OpsDesk console",
    settings=ConsoleSettings,
    routers=(
        asset_pages.routes,
        sign_in_pages.open_routes,
        back_channel_pages.open_routes,
        sign_in_pages.routes,
        account_pages.routes,
        work_pages.routes,
        queue_pages.routes,
        bulk_pages.routes,
        view_pages.routes,
        new_pages.routes,  # before the tickets, whose keys it is none of
        help_pages.routes,  # before the parts of a ticket
        ticket_pages.routes,
        writing_pages.routes,
        before_sending_pages.routes,
        act_pages.routes,
        file_pages.routes,
        ticket_waiver_pages.routes,
        side_pages.routes,
        draft_pages.routes,
        presence_pages.routes,
        live_pages.routes,
        clock_pages.routes,
        status_pages.routes,
        on_call_pages.routes,
        escalation_pages.routes,
        waiver_pages.routes,
        delivery_list_pages.routes,
        delivery_request_pages.routes,  # before the deliveries, whose keys it is none of
        delivery_pages.routes,
        version_pages.routes,
        access_request_pages.routes,
        action_pages.routes,
        term_pages.routes,  # before the agreements, whose keys `new` is none of
        trial_pages.routes,
        agreement_pages.routes,
        article_pages.routes,
        availability_pages.routes,
        calendar_pages.routes,
        contact_pages.routes,
        customer_pages.routes,
        delivery_manager_pages.routes,
        goals_pages.routes,
        emergency_pages.routes,
        environment_pages.routes,
        entry_pages.routes,
        follow_up_pages.routes,
        forecast_pages.routes,
        improvement_pages.routes,
        leadership_pages.routes,
        mail_pages.routes,
        maintenance_pages.routes,
        notice_pages.routes,
        outage_rule_pages.routes,
        outage_pages.routes,
        people_pages.routes,
        priority_matrix_pages.routes,
        refusal_pages.routes,
        report_pages.routes,
        review_pages.routes,
        meeting_pages.routes,
        search_pages.routes,
        asset_pages.nothing_here,  # the last one: it knows every path
    ),
    handlers=HANDLERS,
    resources=(Upstream, IssuerClients, CompiledTemplates, Hub, KnownSessions),
    is_invited=is_known,
    request_loops=(run_hub,),
    retentions=(SESSIONS, LOGOUT_TOKENS, DRAFTS, PRESENCE),
    body_limits={
        "/tickets/*/reply": FORM_WITH_FILES,
        "/tickets/*/note": FORM_WITH_FILES,
        "/tickets/new": FORM_WITH_FILES,
    },
    discarded_bytes=THROWN_AWAY,
    guarded_by=(OpenRoute, SignedInRoute),
)
