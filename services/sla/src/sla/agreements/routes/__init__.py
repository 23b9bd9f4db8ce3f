"""HTTP in: agreements, from the first draft to their end."""

from sla.agreements.routes import bulk_updates as changing
from sla.agreements.routes import comments as talking
from sla.agreements.routes import comparison as comparing
from sla.agreements.routes import coverage_end as shortening
from sla.agreements.routes import coverage_extend as extending
from sla.agreements.routes import drafts, page
from sla.agreements.routes import lifecycle as living
from sla.agreements.routes import simulation as trying
from sla.agreements.routes import termination as ending

ROUTERS = (
    comparing.routes,
    drafts.routes,
    living.routes,
    talking.routes,
    changing.routes,
    extending.routes,
    shortening.routes,
    ending.routes,
    page.routes,
    trying.routes,
)
"""In this order: `/matching` stands before what is called by any name."""
