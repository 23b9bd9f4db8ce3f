"""What waits for the caller, in every service in one shape and one order: `GET /v1/waiting-for-me`.

A noun names what of it can wait (`WaitingSource`), a service collects these in its `waiting.py`.
"""

from common.waiting.reading import read_waiting
from common.waiting.schemas import WaitingItem, WaitingPage
from common.waiting.source import Audience, WaitingSource, operations_of

__all__ = [
    "Audience",
    "WaitingItem",
    "WaitingPage",
    "WaitingSource",
    "operations_of",
    "read_waiting",
]
