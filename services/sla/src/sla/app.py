"""The sla service: what it is made of."""

from common.http import Service
from sla.directory.store.directory import contact_at
from sla.forecasts.timers import keep_forecasting
from sla.handlers import HANDLERS
from sla.punctuality.heartbeat import keep_beating
from sla.reports.rollup_jobs import keep_counted
from sla.reports.store.rollups import pending
from sla.routers import ROUTERS
from sla.settings import SlaSettings
from sla.status.routes import keep_status
from sla.timers import TIMERS

SERVICE = Service(
    name="sla",
    schema="sla",
    title="OpsDesk sla: promises that can be computed, replayed and proven",
    settings=SlaSettings,
    routers=ROUTERS,
    handlers=HANDLERS,
    timers=TIMERS,
    background=(keep_counted, keep_forecasting, keep_status, keep_beating),
    pending=pending,
    resolve_contact=contact_at,
)
