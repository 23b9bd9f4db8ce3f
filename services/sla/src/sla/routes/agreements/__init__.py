"""HTTP in: agreements, from the first draft to their end."""

from sla.routes.agreements import (
    changing,
    comparing,
    drafts,
    ending,
    extending,
    living,
    page,
    shortening,
    talking,
    trying,
)

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
