"""The tables of the delivery_gate schema; the migrations make them, a test holds both together.

Where two people are needed, the database asks for two as well.
"""

from delivery_gate.deliveries.tables import approvals, deliveries, verdicts
from delivery_gate.directory.tables import contacts
from delivery_gate.environments.tables import blockers, environments, running
from delivery_gate.follow_ups.tables import emergency_changes, follow_ups
from delivery_gate.metadata import METADATA
from delivery_gate.versions.tables import checks, criteria, products, versions

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
