"""HTTP in: everything under /v1 that escalation answers."""

from escalation.routes import acts, escalations, notifications, oncall, policies

ROUTERS = (
    policies.routes,
    oncall.routes,
    escalations.routes,
    acts.routes,
    notifications.routes,
)
