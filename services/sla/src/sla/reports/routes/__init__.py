"""Reports over HTTP: all asked for in the same way, but the reserved hours, which go by month."""

from sla.reports.routes import (
    availability,
    backlog,
    compliance,
    costs,
    reserved_hours,
    response,
    volume,
)

ROUTERS = (
    volume.routes,
    compliance.routes,
    response.routes,
    backlog.routes,
    availability.routes,
    costs.routes,
    reserved_hours.routes,
)
