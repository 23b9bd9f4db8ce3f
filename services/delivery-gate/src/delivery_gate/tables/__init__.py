"""The tables of the delivery_gate schema; the migrations make them, a test holds both together.

Where two people are needed, the database asks for two as well.
"""

from delivery_gate.tables.contacts import contacts
from delivery_gate.tables.deliveries import approvals, deliveries, verdicts
from delivery_gate.tables.metadata import METADATA
from delivery_gate.tables.obligations import emergency_changes, follow_ups
from delivery_gate.tables.places import blockers, environments, running
from delivery_gate.tables.versions import checks, criteria, products, versions

__all__ = [
    "METADATA",
    "approvals",
    "blockers",
    "checks",
    "contacts",
    "criteria",
    "deliveries",
    "emergency_changes",
    "environments",
    "follow_ups",
    "products",
    "running",
    "verdicts",
    "versions",
]
