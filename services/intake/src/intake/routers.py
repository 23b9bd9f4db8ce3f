"""HTTP in: the routes of every noun, in the order in which the API documents them."""

from intake.alerts import routes as alert_routes
from intake.callers import routes as caller_routes
from intake.chats import routes as chat_routes
from intake.contact_imports import routes as contact_import_routes
from intake.directory import change_routes, portal_routes, update_routes
from intake.directory import routes as directory_routes
from intake.erasures import routes as erasure_routes
from intake.forms import routes as form_routes
from intake.mail.routes import attachments, receive, stored
from intake.revocations import routes as revocation_routes
from intake.ticket_imports import routes as ticket_import_routes
from intake.tickets.routes import (
    actions,
    create_ticket,
    forms,
    handover,
    priorities,
    read_tickets,
    reclassification,
    replies,
    triage,
    uploads,
)

ROUTERS = (
    create_ticket.routes,
    read_tickets.routes,
    replies.routes,
    actions.routes,
    handover.routes,
    priorities.routes,
    reclassification.routes,
    triage.routes,
    uploads.routes,
    forms.routes,
    form_routes.routes,
    attachments.routes,
    receive.routes,
    stored.routes,
    stored.slow_routes,
    chat_routes.routes,
    contact_import_routes.routes,
    ticket_import_routes.routes,
    caller_routes.routes,
    alert_routes.list_routes,
    alert_routes.post_routes,
    alert_routes.ingest_routes,
    *directory_routes.ROUTERS,
    *change_routes.ROUTERS,
    *update_routes.ROUTERS,
    portal_routes.routes,
    erasure_routes.routes,
    revocation_routes.routes,
)
