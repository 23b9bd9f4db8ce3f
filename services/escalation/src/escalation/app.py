"""The one place that builds the escalation service."""

from fastapi import FastAPI

from common.http import Service
from common.http import create_app as create
from escalation.handlers import HANDLERS
from escalation.notifications import store as notifications
from escalation.notifications.notifier import run_notifier
from escalation.routers import ROUTERS
from escalation.settings import EscalationSettings
from escalation.timers import TIMERS

SERVICE = Service(
    name="escalation",
    schema="escalation",
    title="OpsDesk escalation",
    settings=EscalationSettings,
    routers=ROUTERS,
    handlers=HANDLERS,
    timers=TIMERS,
    background=(run_notifier,),
    pending=notifications.count_unsent,
)


def create_app() -> FastAPI:
    return create(SERVICE)
