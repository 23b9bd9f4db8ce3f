"""What intake is made of. Built here, run by `python -m intake`."""

from typing import Final

from common.http import MIB, Service
from intake.alerts import routes as alert_routes
from intake.directory import routes as directory_routes
from intake.directory.contact_resolver import resolve_contact
from intake.mail import routes as mail_routes
from intake.settings import IntakeSettings
from intake.tickets.routes import (
    actions,
    create_ticket,
    create_ticket_fast,
    handover,
    priorities,
    read_tickets,
    reclassification,
    replies,
)
from intake.timers import TIMERS

SERVICE: Final = Service(
    name="intake",
    schema="intake",
    title="OpsDesk intake",
    settings=IntakeSettings,
    routers=(
        create_ticket.routes,
        read_tickets.routes,
        replies.routes,
        actions.routes,
        handover.routes,
        priorities.routes,
        reclassification.routes,
        mail_routes.ingest_routes,
        mail_routes.list_routes,
        alert_routes.routes,
        *directory_routes.ROUTERS,
    ),
    fast_routes=(create_ticket_fast.ROUTE,),
    timers=TIMERS,
    background=(create_ticket_fast.drain_batcher,),
    resolve_contact=resolve_contact,
    body_limits={"/v1/emails": 25 * MIB},
)
