"""HTTP in: the routes of every noun, in the order in which the API documents them."""

from intake.alerts import routes as alert_routes
from intake.directory import change_routes
from intake.directory import routes as directory_routes
from intake.erasures import routes as erasure_routes
from intake.mail.routes import attachments, receive, stored
from intake.revocations import routes as revocation_routes
from intake.tickets.routes import (
    actions,
    create_ticket,
    handover,
    priorities,
    queue,
    read_tickets,
    reclassification,
    replies,
    ticket_history,
    triage,
    waiting,
)
from intake.views import routes as view_routes

ROUTERS = (
    create_ticket.routes,
    read_tickets.routes,
    replies.routes,
    actions.routes,
    handover.routes,
    priorities.routes,
    reclassification.routes,
    triage.routes,
    queue.routes,
    ticket_history.routes,
    waiting.routes,
    view_routes.routes,
    attachments.routes,
    receive.routes,
    stored.routes,
    stored.slow_routes,
    alert_routes.list_routes,
    alert_routes.post_routes,
    alert_routes.ingest_routes,
    *directory_routes.ROUTERS,
    *change_routes.ROUTERS,
    erasure_routes.routes,
    revocation_routes.routes,
)
