"""What the console is made of. Built here, run by `python -m console`."""

from typing import Final

from common.http import Service
from console.account import pages as account_pages
from console.account import sign_in_pages
from console.actions import pages as action_pages
from console.agreements import pages as agreement_pages
from console.availability import pages as availability_pages
from console.calendars import pages as calendar_pages
from console.clocks import pages as clock_pages
from console.customers import goals_pages
from console.customers import pages as customer_pages
from console.deliveries import pages as delivery_pages
from console.emergencies import pages as emergency_pages
from console.environments import pages as environment_pages
from console.escalations import pages as escalation_pages
from console.follow_ups import pages as follow_up_pages
from console.forecasts import pages as forecast_pages
from console.leadership import pages as leadership_pages
from console.look.rendering import CompiledTemplates
from console.maintenance import pages as maintenance_pages
from console.on_call import pages as on_call_pages
from console.outages import pages as outage_pages
from console.refusals import pages as refusal_pages
from console.reports import pages as report_pages
from console.reviews import meeting_pages
from console.reviews import pages as review_pages
from console.search import pages as search_pages
from console.sessions.store import RETENTION
from console.settings import ConsoleSettings
from console.status import pages as status_pages
from console.tickets import pages as ticket_pages
from console.tickets import queue_pages
from console.upstream.client import Upstream
from console.visits import asset_pages
from console.visits.routes import OpenRoute, SignedInRoute
from console.visits.visitor import IssuerClients
from console.waivers import pages as waiver_pages
from console.work import pages as work_pages

SERVICE: Final = Service(
    name="console",
    schema="console",
    title="OpsDesk console",
    settings=ConsoleSettings,
    routers=(
        asset_pages.routes,
        sign_in_pages.open_routes,
        sign_in_pages.routes,
        account_pages.routes,
        work_pages.routes,
        queue_pages.routes,
        ticket_pages.routes,
        clock_pages.routes,
        status_pages.routes,
        on_call_pages.routes,
        escalation_pages.routes,
        waiver_pages.routes,
        delivery_pages.routes,
        action_pages.routes,
        agreement_pages.routes,
        availability_pages.routes,
        calendar_pages.routes,
        customer_pages.routes,
        goals_pages.routes,
        emergency_pages.routes,
        environment_pages.routes,
        follow_up_pages.routes,
        forecast_pages.routes,
        leadership_pages.routes,
        maintenance_pages.routes,
        outage_pages.routes,
        refusal_pages.routes,
        report_pages.routes,
        review_pages.routes,
        meeting_pages.routes,
        search_pages.routes,
        asset_pages.nothing_here,  # the last one: it knows every path
    ),
    resources=(Upstream, IssuerClients, CompiledTemplates),
    retentions=(RETENTION,),
    guarded_by=(OpenRoute, SignedInRoute),
)
