"""The HTTP face of the gate.

A judgement is an answer, a denial is an error. Accepted, refused and deferred are recorded verdicts
over a version: submitting answers 201 and starting 200 with the delivery and its verdict, whatever
it says. A denial says that this person or this command may not: 403 where it is about the person,
422 where the command lacks something, 409 where the state does not allow it; problem+json with the
stable reason code, nothing changed but the audit trail.
"""

from delivery_gate.criteria import routes as criteria_routes
from delivery_gate.deliveries.routes import delivery_requests, reviews, rollouts, verdict_history
from delivery_gate.emergencies import routes as emergency_routes
from delivery_gate.environments import routes as environment_routes
from delivery_gate.follow_ups import routes as follow_up_routes
from delivery_gate.products import routes as product_routes
from delivery_gate.versions import routes as version_routes

ROUTERS = (
    product_routes.routes,
    version_routes.routes,
    criteria_routes.routes,
    delivery_requests.routes,
    reviews.routes,
    rollouts.routes,
    verdict_history.routes,
    follow_up_routes.routes,
    emergency_routes.routes,
    environment_routes.routes,
)
