"""The sla service: what it is made of."""

from common.http import Service
from sla.counting import keep_counted
from sla.forecasting import keep_forecasting
from sla.handlers import HANDLERS
from sla.heartbeat import keep_beating
from sla.routes import ROUTERS
from sla.routes.status import keep_status
from sla.settings import SlaSettings
from sla.store.directory import contact_at
from sla.store.rollups import pending
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
