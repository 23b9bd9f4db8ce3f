"""The HTTP face of the gate.

A judgement is an answer, a denial is an error. Accepted, refused and deferred are recorded verdicts
over a version: submitting answers 201 and starting 200 with the delivery and its verdict, whatever
it says. A denial says that this person or this command may not: 403 where it is about the person,
422 where the command lacks something, 409 where the state does not allow it; problem+json with the
stable reason code, nothing changed but the audit trail.
"""

from delivery_gate.routes import (
    criteria,
    deliveries,
    emergencies,
    environments,
    follow_ups,
    products,
    reviews,
    rollouts,
    verdicts,
    versions,
)

ROUTERS = (
    products.routes,
    versions.routes,
    criteria.routes,
    deliveries.routes,
    reviews.routes,
    rollouts.routes,
    verdicts.routes,
    follow_ups.routes,
    emergencies.routes,
    environments.routes,
)
