"""HTTP in."""

from sla.routes import (
    agreements,
    calendars,
    clocks,
    compliance,
    computing,
    impact,
    measured,
    outlooks,
    samples,
    series,
    services,
    simulating,
    waivers,
)

ROUTERS = (
    computing.routes,
    calendars.routes,
    simulating.routes,
    clocks.routes,
    clocks.of_tickets,
    *agreements.ROUTERS,
    waivers.routes,
    compliance.routes,
    services.routes,
    impact.routes,
    series.routes,
    samples.routes,
    samples.of_series,
    outlooks.routes,
    measured.routes,
)
