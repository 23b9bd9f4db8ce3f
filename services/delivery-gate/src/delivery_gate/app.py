"""The delivery gate: nothing reaches a customer unversioned, or unseen by a second pair of eyes."""

from fastapi import FastAPI

from common.http import Service
from common.http import create_app as create
from delivery_gate.directory.store import find_contact_by_address
from delivery_gate.handlers import HANDLERS
from delivery_gate.routers import ROUTERS
from delivery_gate.settings import DeliveryGateSettings
from delivery_gate.timers import TIMERS

SERVICE = Service(
    name="delivery-gate",
    schema="delivery_gate",
    title="OpsDesk delivery gate",
    settings=DeliveryGateSettings,
    routers=ROUTERS,
    handlers=HANDLERS,
    timers=TIMERS,
    resolve_contact=find_contact_by_address,
)


def create_app() -> FastAPI:
    return create(SERVICE)
