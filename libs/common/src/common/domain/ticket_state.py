"""The states of a ticket: intake moves it through them, others filter by them."""

from typing import Literal

TicketState = Literal[
    "new",
    "in_progress",
    "on_hold",
    "forwarded",
    "resolved",
    "verified",
    "closed",
    "reopened",
    "merged",
]
