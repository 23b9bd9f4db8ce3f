"""HTTP in: the routes of every noun, in the order in which the API documents them."""

from intake.alerts import routes as alert_routes
from intake.articles.routes import of_tickets, read_articles, write_articles
from intake.blunt_words import routes as blunt_word_routes
from intake.customer_escalations import routes as customer_escalation_routes
from intake.directory import change_routes
from intake.directory import routes as directory_routes
from intake.erasures import routes as erasure_routes
from intake.feedback import routes as feedback_routes
from intake.improvements import routes as improvement_routes
from intake.investigations import routes as investigation_routes
from intake.linked_tickets.routes import linked_systems, links, webhooks
from intake.links import routes as link_routes
from intake.mail.routes import attachments, receive, stored
from intake.message_templates import routes as message_template_routes
from intake.revocations import routes as revocation_routes
from intake.splits import routes as split_routes
from intake.teams import routes as team_routes
from intake.tickets.routes import (
    actions,
    bulk,
    check_message,
    create_ticket,
    detection,
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
    check_message.routes,
    actions.routes,
    handover.routes,
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
    blunt_word_routes.routes,
    *message_template_routes.ROUTERS,
    read_articles.routes,
    write_articles.routes,
    of_tickets.routes,
    linked_systems.routes,
    webhooks.routes,
    *links.ROUTERS,
)
