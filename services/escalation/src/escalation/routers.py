"""HTTP in: everything under /v1 that escalation answers."""

from escalation.cases.routes import actions, escalations
from escalation.notifications import routes as notification_routes
from escalation.policies import routes as policy_routes
from escalation.rotas import routes as rota_routes

ROUTERS = (
    policy_routes.routes,
    rota_routes.routes,
    escalations.routes,
    actions.routes,
    notification_routes.routes,
)
