"""HTTP in: agreements, from the first draft to their end."""

from sla.routes.agreements import changing, drafts, ending, living

ROUTERS = (drafts.routes, living.routes, changing.routes, ending.routes)
"""In this order: fixed addresses stand before those with a name in them."""
