"""The operational review over HTTP (S1)."""

from sla.routes.reviews import actions, leadership, meeting, publishing, seeing

ROUTERS = (
    seeing.routes,
    publishing.routes,
    publishing.audiences,
    meeting.routes,
    actions.routes,
    leadership.routes,
)
