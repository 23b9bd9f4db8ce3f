"""What intake is made of. Built here, run by `python -m intake`."""

from typing import Final

from common.http import MIB, Service
from intake.contacts import resolve_contact
from intake.routes import (
    accept,
    alerts,
    classifying,
    directory,
    emails,
    handing,
    moves,
    opening,
    priorities,
    replies,
    tickets,
)
from intake.settings import IntakeSettings
from intake.timers import TIMERS

SERVICE: Final = Service(
    name="intake",
    schema="intake",
    title="OpsDesk intake",
    settings=IntakeSettings,
    routers=(
        opening.routes,
        tickets.routes,
        replies.routes,
        moves.routes,
        handing.routes,
        priorities.routes,
        classifying.routes,
        emails.taking,
        emails.listing,
        alerts.routes,
        *directory.ROUTERS,
    ),
    thin=(accept.ROUTE,),
    timers=TIMERS,
    background=(accept.end_accepting,),
    resolve_contact=resolve_contact,
    larger_bodies={"/v1/emails": 25 * MIB},
)
