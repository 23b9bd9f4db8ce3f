"""The one place that builds the intake service."""

from typing import Final

from common.http import MIB, Service
from common.persistence.workload import NOTIFIER
from intake.alerts.monitor_route import shown_token
from intake.alerts.post_queue import PostQueue
from intake.directory.contact_resolver import resolve_contact
from intake.directory.reference_cache import ReferenceCache
from intake.files.domain.upload import MAX_FILE_BYTES
from intake.files.sweeper import run_file_sweeper
from intake.handlers import HANDLERS
from intake.linked_tickets.linked_ticket_sender import create_sender
from intake.mail.mail_reader import prepare_reading
from intake.mail.rereading import run_rereading
from intake.outgoing.sender import run_outgoing_mail
from intake.outgoing.store.due import count_due
from intake.reads.recorder import ReadRecorder, run_read_recorder
from intake.references import REFERENCES
from intake.retentions import RETENTIONS
from intake.routers import ROUTERS
from intake.search.indexing import run_indexing
from intake.sequenced import NUMBERS, SEQUENCED
from intake.settings import IntakeSettings
from intake.tickets.matrix_cache import MatrixCache
from intake.tickets.opening_check import CustomerNames
from intake.tickets.routes import create_ticket_fast
from intake.tickets.ticket_batcher import TICKETS, TicketBatcher
from intake.timers import TIMERS
from intake.waiting import run_second_eyes

UPLOAD_BYTES: Final = MAX_FILE_BYTES + 16 * 1024
"""A file, with what a form says around it."""

SERVICE = Service(
    name="intake",
    schema="intake",
    title="OpsDesk intake",
    settings=IntakeSettings,
    routers=ROUTERS,
    fast_routes=(create_ticket_fast.ROUTE,),
    handlers=HANDLERS,
    timers=TIMERS,
    references=REFERENCES,
    retentions=RETENTIONS,
    resources=(
        ReferenceCache,
        MatrixCache,
        CustomerNames,
        TicketBatcher,
        PostQueue,
        ReadRecorder,
    ),
    request_components={"reads": ReadRecorder},
    loops=(run_outgoing_mail, run_rereading, run_indexing, run_file_sweeper, run_second_eyes),
    components={"linked_tickets": create_sender},
    request_loops=(create_ticket_fast.drain_batcher, prepare_reading, run_read_recorder),
    workloads=(TICKETS, NOTIFIER),
    pending=count_due,
    resolve_contact=resolve_contact,
    find_token=shown_token,
    body_limits={
        "/v1/emails": 25 * MIB,
        "/v1/alerts": 16 * MIB,
        "/v1/attachments": UPLOAD_BYTES,
        "/v1/imports/contacts": 5 * MIB,
        "/v1/imports/directory": 5 * MIB,
        "/v1/imports/tickets": 16 * MIB,
        "/v1/tickets/*/attachments": UPLOAD_BYTES,
    },
    sequenced=SEQUENCED,
    numbers=NUMBERS,
)
