"""The routes of reports. All have the same query, except that of reserved hours, by month."""

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
