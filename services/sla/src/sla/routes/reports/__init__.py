"""Reports over HTTP: all asked for in the same way, but the reserved hours, which go by month."""

from sla.routes.reports import availability, backlog, compliance, costs, hours, response, volume

ROUTERS = (
    volume.routes,
    compliance.routes,
    response.routes,
    backlog.routes,
    availability.routes,
    costs.routes,
    hours.routes,
)
