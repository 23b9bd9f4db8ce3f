"""The operational review over HTTP (S1)."""

from sla.reviews.routes import action_items as actions
from sla.reviews.routes import executive_report as leadership
from sla.reviews.routes import meeting
from sla.reviews.routes import publication as publishing
from sla.reviews.routes import reviews as seeing

ROUTERS = (
    seeing.routes,
    publishing.routes,
    publishing.audiences,
    meeting.routes,
    actions.routes,
    leadership.routes,
)
