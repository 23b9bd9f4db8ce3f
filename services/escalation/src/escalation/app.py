"""What the escalation service is made of. Built here, run by `python -m escalation`."""

from typing import Final

from common.http import Service
from common.persistence.workload import NOTIFIER
from common.runtime import Runtime
from escalation import waiting
from escalation.cases.notification_outcomes import ESCALATION_ACCESS
from escalation.cases.routes import actions, escalations, links, notification_settings
from escalation.cases.routes import notifications as notification_routes
from escalation.directory import routes as directory_routes
from escalation.handlers import HANDLERS
from escalation.notifications import notifier
from escalation.notifications import store as notifications
from escalation.policies.routes import matrix, policies
from escalation.references import REFERENCES
from escalation.rotas.routes import on_call
from escalation.rotas.routes import rotas as rota_routes
from escalation.sequenced import NUMBERS, SEQUENCED
from escalation.settings import EscalationSettings
from escalation.timers import TIMERS


async def run_notifier(runtime: Runtime[EscalationSettings]) -> None:
    """Send notifications, with what the notifier needs of cases."""
    await notifier.run_notifier(runtime, ESCALATION_ACCESS)


SERVICE: Final = Service(
    name="escalation",
    schema="escalation",
    title="OpsDesk escalation",
    settings=EscalationSettings,
    routers=(
        policies.routes,
        matrix.routes,
        rota_routes.routes,
        on_call.routes,
        escalations.routes,
        actions.routes,
        links.routes,
        notification_routes.routes,
        directory_routes.routes,
        notification_settings.routes,
        waiting.routes,
    ),
    handlers=HANDLERS,
    timers=TIMERS,
    loops=(run_notifier,),
    workloads=(NOTIFIER,),
    pending=notifications.count_unsent,
    is_invited=links.is_signed_link,
    sequenced=SEQUENCED,
    numbers=NUMBERS,
    references=REFERENCES,
)
