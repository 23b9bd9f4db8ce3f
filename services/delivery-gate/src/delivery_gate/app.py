"""What the delivery gate is made of. Built here, run by `python -m delivery_gate`."""

from typing import Final

from common.http import Service
from delivery_gate import waiting
from delivery_gate.check_reports import routes as check_report_routes
from delivery_gate.criteria import routes as criteria_routes
from delivery_gate.deliveries.routes import (
    delivery_requests,
    matrix,
    reviews,
    rollouts,
    verdict_history,
)
from delivery_gate.directory.store import find_contact_by_address
from delivery_gate.emergencies import routes as emergency_routes
from delivery_gate.environments import routes as environment_routes
from delivery_gate.follow_ups import routes as follow_up_routes
from delivery_gate.handlers import HANDLERS
from delivery_gate.observations import routes as observation_routes
from delivery_gate.products import routes as product_routes
from delivery_gate.references import REFERENCES
from delivery_gate.sequenced import NUMBERS, SEQUENCED
from delivery_gate.settings import DeliveryGateSettings
from delivery_gate.timers import TIMERS
from delivery_gate.versions import routes as version_routes

SERVICE: Final = Service(
    name="delivery-gate",
    schema="delivery_gate",
    title="OpsDesk delivery gate",
    settings=DeliveryGateSettings,
    routers=(
        product_routes.routes,
        version_routes.routes,
        check_report_routes.routes,
        criteria_routes.routes,
        delivery_requests.routes,
        reviews.routes,
        rollouts.routes,
        verdict_history.routes,
        matrix.routes,
        follow_up_routes.routes,
        emergency_routes.routes,
        environment_routes.routes,
        observation_routes.routes,
        waiting.routes,
    ),
    handlers=HANDLERS,
    timers=TIMERS,
    resolve_contact=find_contact_by_address,
    sequenced=SEQUENCED,
    numbers=NUMBERS,
    references=REFERENCES,
)
