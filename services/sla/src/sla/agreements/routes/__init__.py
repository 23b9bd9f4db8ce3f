"""The routes of agreements."""

from sla.agreements.routes import clock_moves as bulk_updates
from sla.agreements.routes import (
    comments,
    comparison,
    contact_export,
    coverage_end,
    coverage_extend,
    drafts,
    lifecycle,
    page,
    termination,
)

ROUTERS = (
    comparison.routes,
    drafts.routes,
    lifecycle.routes,
    comments.routes,
    bulk_updates.routes,
    coverage_extend.routes,
    coverage_end.routes,
    termination.routes,
    page.routes,
    contact_export.routes,
)
"""In this order: `/matching` must precede the routes with a `{name}`."""
