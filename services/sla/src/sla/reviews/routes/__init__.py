"""The routes of operational reviews (S1)."""

from sla.reviews.routes import (
    action_items,
    assessment,
    executive_report,
    meeting,
    publication,
    reviews,
)

ROUTERS = (
    reviews.routes,
    publication.routes,
    publication.audiences,
    assessment.routes,
    meeting.routes,
    action_items.routes,
    executive_report.routes,
)
