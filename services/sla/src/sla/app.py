"""The one place that builds the sla service."""

from fastapi import FastAPI

from common.http import Service
from common.http import create_app as create
from sla.clocks.reactions import install
from sla.directory.store.directory import find_contact
from sla.forecasts.timers import ensure_round_scheduled
from sla.handlers import HANDLERS
from sla.punctuality.heartbeat import run_heartbeat
from sla.reactions import REACTIONS
from sla.references import REFERENCES
from sla.reports.rollup_jobs import recount_forever
from sla.reports.store.rollups import count_pending
from sla.routers import ROUTERS
from sla.settings import SlaSettings
from sla.status.routes import run_status_broadcaster
from sla.timers import TIMERS

install(REACTIONS)

SERVICE = Service(
    name="sla",
    schema="sla",
    title="OpsDesk sla: promises that can be computed, replayed and proven",
    settings=SlaSettings,
    routers=ROUTERS,
    handlers=HANDLERS,
    timers=TIMERS,
    background=(recount_forever, ensure_round_scheduled, run_status_broadcaster, run_heartbeat),
    pending=count_pending,
    resolve_contact=find_contact,
    references=REFERENCES,
)


def create_app() -> FastAPI:
    return create(SERVICE)
