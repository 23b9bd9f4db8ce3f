"""Reports over HTTP: volume, compliance, response and backlog, all asked for in the same way."""

from sla.routes.reports import backlog, compliance, response, volume

ROUTERS = (volume.routes, compliance.routes, response.routes, backlog.routes)
