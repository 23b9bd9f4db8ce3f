"""HTTP in: the routes of every noun, in the order in which the API documents them."""

from intake.access_requests import routes as access_request_routes
from intake.alerts import routes as alert_routes
from intake.articles.routes import of_tickets, read_articles, write_articles
from intake.blunt_words import routes as blunt_word_routes
from intake.callers import routes as caller_routes
from intake.change_requests import routes as change_request_routes
from intake.chats import routes as chat_routes
from intake.contact_exports import routes as contact_export_routes
from intake.contact_imports import routes as contact_import_routes
from intake.customer_escalations import routes as customer_escalation_routes
from intake.directory import change_routes, ending_routes, portal_routes, update_routes
from intake.directory import routes as directory_routes
from intake.directory_imports import routes as directory_import_routes
from intake.erasures import routes as erasure_routes
from intake.feedback import routes as feedback_routes
from intake.forms import routes as form_routes
from intake.improvements import routes as improvement_routes
from intake.investigations import routes as investigation_routes
from intake.linked_tickets.routes import linked_systems, links, webhooks
from intake.links import routes as link_routes
from intake.mail.routes import attachments, receive, stored
from intake.message_templates import routes as message_template_routes
from intake.notices import routes as notice_routes
from intake.problems.routes import giving_up, problems, suggestions
from intake.responsibilities import routes as responsibility_routes
from intake.revocations import routes as revocation_routes
from intake.splits import routes as split_routes
from intake.teams import routes as team_routes
from intake.ticket_imports import file_routes as imported_file_routes
from intake.ticket_imports import routes as ticket_import_routes
from intake.tickets.routes import (
    actions,
    bulk,
    check_message,
    create_ticket,
    detection,
    endings,
    forms,
    hand_overs,
    handover,
    priorities,
    priority_matrix,
    queue,
    read_tickets,
    reads,
    reclassification,
    replies,
    tags,
    ticket_history,
    triage,
    unmerge,
    uploads,
)
from intake.views import routes as view_routes
from intake.waiting import routes as waiting_routes
from intake.watchers import routes as watcher_routes

ROUTERS = (
    create_ticket.routes,
    read_tickets.routes,
    replies.routes,
    check_message.routes,
    actions.routes,
    endings.routes,
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
    queue.routes,
    ticket_history.routes,
    reads.routes,
    waiting_routes,
    view_routes.routes,
    tags.routes,
    uploads.routes,
    forms.routes,
    form_routes.routes,
    problems.routes,
    giving_up.routes,
    suggestions.routes,
    change_request_routes.routes,
    access_request_routes.evidence_routes,
    access_request_routes.routes,
    notice_routes.routes,
    attachments.routes,
    receive.routes,
    stored.routes,
    stored.slow_routes,
    chat_routes.routes,
    contact_import_routes.routes,
    directory_import_routes.routes,
    ticket_import_routes.routes,
    imported_file_routes.routes,
    caller_routes.routes,
    alert_routes.list_routes,
    alert_routes.post_routes,
    alert_routes.ingest_routes,
    *directory_routes.ROUTERS,
    *change_routes.ROUTERS,
    *ending_routes.ROUTERS,
    *update_routes.ROUTERS,
    portal_routes.routes,
    *responsibility_routes.ROUTERS,
    contact_export_routes.routes,
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
