"""HTTP in: the routes of every noun, in the order in which the API documents them."""

from intake.access_requests import routes as access_request_routes
from intake.alerts import routes as alert_routes
from intake.change_requests import routes as change_request_routes
from intake.customer_escalations import routes as customer_escalation_routes
from intake.directory import change_routes
from intake.directory import routes as directory_routes
from intake.erasures import routes as erasure_routes
from intake.feedback import routes as feedback_routes
from intake.improvements import routes as improvement_routes
from intake.investigations import routes as investigation_routes
from intake.links import routes as link_routes
from intake.mail.routes import attachments, receive, stored
from intake.notices import routes as notice_routes
from intake.problems.routes import problems, suggestions
from intake.responsibilities import routes as responsibility_routes
from intake.revocations import routes as revocation_routes
from intake.splits import routes as split_routes
from intake.teams import routes as team_routes
from intake.tickets.routes import (
    actions,
    bulk,
    create_ticket,
    detection,
    hand_overs,
    handover,
    priorities,
    priority_matrix,
    read_tickets,
    reclassification,
    replies,
    triage,
    unmerge,
)
from intake.watchers import routes as watcher_routes

ROUTERS = (
    create_ticket.routes,
    read_tickets.routes,
    replies.routes,
    actions.routes,
    handover.routes,
    hand_overs.routes,
    priorities.routes,
    priority_matrix.routes,
    reclassification.routes,
    unmerge.routes,
    detection.routes,
    link_routes.routes,
    split_routes.routes,
    watcher_routes.routes,
    watcher_routes.watched_routes,
    feedback_routes.routes,
    customer_escalation_routes.routes,
    investigation_routes.routes,
    improvement_routes.routes,
    bulk.routes,
    team_routes.routes,
    triage.routes,
    problems.routes,
    suggestions.routes,
    change_request_routes.routes,
    access_request_routes.routes,
    notice_routes.routes,
    attachments.routes,
    receive.routes,
    stored.routes,
    stored.slow_routes,
    alert_routes.list_routes,
    alert_routes.post_routes,
    alert_routes.ingest_routes,
    *directory_routes.ROUTERS,
    *change_routes.ROUTERS,
    *responsibility_routes.ROUTERS,
    erasure_routes.routes,
    revocation_routes.routes,
)
