"""The tables of the delivery_gate schema; the migrations make them, a test compares both.

Where two people are needed, a constraint of the database asks for two as well.
"""

from delivery_gate.criteria import tables as criteria
from delivery_gate.deliveries import tables as deliveries
from delivery_gate.directory import tables as directory
from delivery_gate.emergencies import tables as emergencies
from delivery_gate.environments import tables as environments
from delivery_gate.follow_ups import tables as follow_ups
from delivery_gate.metadata import METADATA
from delivery_gate.products import tables as products
from delivery_gate.versions import tables as versions

__all__ = [
    "METADATA",
    "criteria",
    "deliveries",
    "directory",
    "emergencies",
    "environments",
    "follow_ups",
    "products",
    "versions",
]
