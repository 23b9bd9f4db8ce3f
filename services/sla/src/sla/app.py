"""The sla service: its routes, handlers, timers, loops and resources."""

from functools import partial

from common.auth.contacts import find_contact
from common.http import Service
from sla.clocks.reactions import install
from sla.directory.tables import contacts
from sla.evidence.fact_sealing import FactSealer
from sla.evidence.workloads import SEALING
from sla.forecasts.timers import ensure_round_scheduled
from sla.goals.timers import ensure_goals_scheduled
from sla.handlers import HANDLERS
from sla.punctuality.heartbeat import run_heartbeat
from sla.reactions import REACTIONS
from sla.references import REFERENCES
from sla.reports.rollup_jobs import recount_forever
from sla.reports.store.rollups import count_pending
from sla.routers import ROUTERS
from sla.sequenced import NUMBERS, SEQUENCED
from sla.settings import SlaSettings
from sla.status.broadcaster import StatusBroadcaster
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
    resources=(StatusBroadcaster,),
    components={"evidence": FactSealer},
    loops=(recount_forever, ensure_round_scheduled, ensure_goals_scheduled, run_heartbeat),
    request_loops=(run_status_broadcaster,),
    pending=count_pending,
    resolve_contact=partial(find_contact, contacts=contacts),
    sequenced=SEQUENCED,
    numbers=NUMBERS,
    references=REFERENCES,
    workloads=(SEALING,),
)
