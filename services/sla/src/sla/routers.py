"""HTTP in."""

from sla.agreements import routes as agreements
from sla.calendars.routes import calendars, feeds
from sla.calendars.routes import compute as computing
from sla.capacity.routes import forecasts as outlooks
from sla.capacity.routes import measured, samples, series
from sla.catalogue.routes import gaps, impact, services
from sla.clocks.routes import clocks
from sla.clocks.routes import explanation as explaining
from sla.clocks.routes import simulation as simulating
from sla.forecasts.routes import forecasts, subscriptions
from sla.forecasts.routes import score as scoring
from sla.outages.routes import availability, corrections, maintenance, outages
from sla.outages.routes import rules as outage_rules
from sla.punctuality import routes as punctuality
from sla.reports import routes as reports
from sla.reports.routes import compliance_summary as compliance
from sla.reviews import routes as reviews
from sla.status import page as status_page
from sla.status import routes as status
from sla.time_entries.routes import rate_cards as rates
from sla.time_entries.routes import time_entries as work
from sla.waivers import routes as waivers

ROUTERS = (
    computing.routes,
    calendars.routes,
    feeds.routes,
    simulating.routes,
    clocks.routes,
    clocks.of_tickets,
    explaining.routes,
    *agreements.ROUTERS,
    waivers.routes,
    compliance.routes,
    punctuality.routes,
    services.routes,
    impact.routes,
    gaps.routes,
    series.routes,
    samples.routes,
    samples.of_series,
    outlooks.routes,
    measured.routes,
    scoring.routes,
    forecasts.routes,
    subscriptions.routes,
    *reports.ROUTERS,
    *reviews.ROUTERS,
    status.routes,
    status.live,
    status_page.pages,
    outages.routes,
    corrections.routes,
    outage_rules.routes,
    maintenance.routes,
    availability.routes,
    work.routes,
    rates.routes,
)
