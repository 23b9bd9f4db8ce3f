"""The routers of all nouns, in the order in which their routes are matched."""

from sla import waiting
from sla.agreements import routes as agreements
from sla.calendars.routes import calendars, compute, feeds, version_steps
from sla.capacity.routes import capacity_forecasts, measured, samples, series
from sla.catalogue.routes import gaps, services
from sla.catalogue.routes import service_graph as catalogue_graph
from sla.clocks.routes import agreement_trial, clocks, explanation, queue, simulation
from sla.evidence import routes as evidence
from sla.forecasts.routes import forecasts, score, subscriptions
from sla.goals import routes as goals
from sla.outages.routes import availability, corrections, maintenance, outages
from sla.outages.routes import outage_impact as impact
from sla.outages.routes import rules as outage_rules
from sla.punctuality import routes as punctuality
from sla.reports import routes as reports
from sla.reports.routes import compliance_summary as compliance
from sla.reviews import routes as reviews
from sla.status import routes as status
from sla.time_entries.routes import rate_cards, time_entries
from sla.waivers import routes as waivers

ROUTERS = (
    compute.routes,
    calendars.routes,
    version_steps.routes,
    feeds.routes,
    simulation.routes,
    queue.routes,
    clocks.routes,
    clocks.ticket_routes,
    explanation.routes,
    *agreements.ROUTERS,
    agreement_trial.routes,
    waivers.routes,
    compliance.routes,
    punctuality.routes,
    evidence.routes,
    services.routes,
    impact.routes,
    catalogue_graph.routes,
    gaps.routes,
    series.routes,
    samples.routes,
    samples.series_routes,
    capacity_forecasts.routes,
    measured.routes,
    score.routes,
    forecasts.routes,
    subscriptions.routes,
    *reports.ROUTERS,
    *reviews.ROUTERS,
    goals.routes,
    status.routes,
    status.stream_routes,
    outages.routes,
    corrections.routes,
    outage_rules.routes,
    maintenance.routes,
    availability.routes,
    time_entries.routes,
    rate_cards.routes,
    waiting.routes,
)
